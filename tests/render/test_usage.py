"""Use is drawn against the limit where there is one, and what is near it stands out."""

from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.render.page import Page, Style, Theme
from kubectl_mc.render.usage import sparkline, usage_lines
from tests.pods import container, pod, running

_RESOURCES = {"requests": {"memory": "32Mi"}, "limits": {"cpu": "1", "memory": "64Mi"}}


def test_a_container_has_a_line_for_each_resource_with_its_request_and_limit() -> None:
    read = parse_pod(pod(container("app", running(), resources=_RESOURCES), container("side", running())))
    history = {"app": [Usage(0.1, 2**20 * 16), Usage(0.5, 2**20 * 62)]}
    lines = list(usage_lines(read, history, 120, Theme()))
    cpu, memory = Page(lines).text().splitlines()

    assert "app" in cpu
    assert "500m" in cpu
    assert "request none" in cpu
    assert "50% of its limit 1 " in cpu
    assert "62Mi" in memory
    assert "request 32Mi" in memory
    assert "97% of its limit 64Mi" in memory
    assert [span.style for span in lines[1] if "97%" in span.text] == [Style.BAD]
    assert [span.style for span in lines[0] if "50%" in span.text] == [Style.QUIET]


def test_a_course_is_as_high_as_its_part_of_the_limit() -> None:
    assert sparkline([0, 4, 8, 16], 8, unicode=True) == "▁▅██"
    assert sparkline([0, 8], 8, unicode=False) == "_#"
