"""A pod that is gone stays as it was at last: only how long ago that was goes on."""

from dataclasses import replace
from datetime import timedelta

from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.render.page import Page, Theme
from kubectl_mc.render.status import View
from kubectl_mc.tui.pod_rows import container_list, head_lines
from kubectl_mc.tui.snapshot import Snapshot
from tests.pods import NOW, container, pod, running


def test_ages_of_a_pod_that_is_gone_stand_still() -> None:
    read = parse_pod(pod(container("app", running())))
    snapshot = Snapshot({read.uid: read}, gone={read.uid: NOW})
    view = View(NOW + timedelta(seconds=5), 120, Theme())
    later = replace(view, now=view.now + timedelta(minutes=5))

    [said, *head] = head_lines(read, view, snapshot)
    [said_later, *head_later] = head_lines(read, later, snapshot)
    assert "this pod is gone since 5s" in Page([said]).text()
    assert "this pod is gone since 5m5s" in Page([said_later]).text()
    assert head == head_later
    assert container_list(read, view, snapshot, set()) == container_list(read, later, snapshot, set())


def test_ages_of_a_pod_that_is_there_go_on() -> None:
    read = parse_pod(pod(container("app", running())))
    snapshot = Snapshot({read.uid: read})
    view = View(NOW + timedelta(seconds=5), 120, Theme())
    later = replace(view, now=view.now + timedelta(minutes=5))

    assert head_lines(read, view, snapshot) != head_lines(read, later, snapshot)
    assert container_list(read, view, snapshot, set()) != container_list(read, later, snapshot, set())
