"""What a pod's screen shows beside the pod: events and causes, read again when the pod has changed."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from kubectl_mc.cluster.cases import cases_of
from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.event_feed import event_changes
from kubectl_mc.cluster.watch import Interrupted
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.errors import McError
from kubectl_mc.model.event import Event, folded, parse_event
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.targets import Query, Target
from kubectl_mc.tui.judgement import Judgement

_AGAIN_SECONDS = 3.0
"""A pod that changes all the time is judged no more often than this."""


def named(pod: Pod) -> Query:
    """The question for one pod."""
    return Query((Target(PODS, pod.name),))


async def watch_events(client: Client, pod: Pod, show: Callable[[Sequence[Event] | str], None]) -> None:
    """Show the events of a pod, its owners and its claims, whenever they change; or why they can't be had."""
    known: dict[str, Event] = {}
    try:
        async for change in event_changes(client.within(pod.namespace), named(pod), lambda _: None):
            if not isinstance(change, Interrupted):
                known.update((event.uid, event) for event in map(parse_event, change))
                show(folded(known.values()))
    except McError as error:
        show(error.message)


class Judge:
    """Asks the doctor about a pod when there is reason to.

    Args:
        show: told what came of it.
    """

    def __init__(self, client: Client, now: Callable[[], datetime], show: Callable[[Judgement], None]) -> None:
        self._client, self._now, self._show = client, now, show
        self._wanted = asyncio.Event()
        self._pod: Pod | None = None

    def changed(self, pod: Pod) -> None:
        """The pod is not as it was."""
        if pod != self._pod:
            self._pod = pod
            self._wanted.set()

    async def run(self) -> None:
        """Judge for ever."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            assert self._pod is not None
            self._show(await self._judgement(self._pod))
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _judgement(self, pod: Pod) -> Judgement:
        left_out: dict[str, None] = {}  # the same is said once
        deleted = pod.deleted is not None
        try:
            client = self._client.within(pod.namespace)
            [case] = await cases_of(client, [pod], self._now, lambda text: left_out.update({text: None}))
        except McError as error:
            return Judgement(error.message, deleted=deleted)
        return Judgement(diagnose(case), tuple(left_out), deleted)
