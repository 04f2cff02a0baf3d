"""Reads the logs that a question asks for, once or for as long as they go on."""

import asyncio
import resource
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kubectl_mc import PROGRAM
from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.feed import PodFeed, Update, open_feed
from kubectl_mc.cluster.log_events import LogEvents
from kubectl_mc.cluster.log_hub import ROOM_BYTES, LogHub, Output
from kubectl_mc.cluster.log_reader import BUSY
from kubectl_mc.cluster.targets import Selection, find_pods, select
from kubectl_mc.cluster.watch import Changed, Deleted, Interrupted
from kubectl_mc.errors import ApiError, ConnectionLost, ExitCode, McError, NotFound
from kubectl_mc.logs.choice import Choice
from kubectl_mc.logs.reach import Reach
from kubectl_mc.model.fields import mapping, objects
from kubectl_mc.model.health import ORDINARY_WAITS
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.resources import JOBS
from kubectl_mc.model.restarts import has_ended, latest_end
from kubectl_mc.model.summary import summarize
from kubectl_mc.model.targets import Query

_SPARE_FILES = 64
"""Open files beside the logs' connections."""
_LOOK_SECONDS = 5.0
"""So often is a Job asked whether it is over."""
_LAST_WORDS_SECONDS = 0.5
_NAMED = 3
"""Pods that are named in a note; of more the number."""


@dataclass(frozen=True)
class Question:
    """Which logs, and how they are to be read."""

    query: Query
    choice: Choice
    reach: Reach
    ordered: bool = True
    events: bool = False
    until_done: bool = False
    room: int = ROOM_BYTES
    """Bytes that may wait in all, to be ordered or taken."""


@dataclass(frozen=True)
class Outcome:
    """How it went."""

    exit_code: int
    errors: list[McError]
    """Targets that could not be found."""


class LogRun:
    """One reading of logs; `hub` has what came of each container, also after an interruption."""

    def __init__(
        self,
        client: Client,
        question: Question,
        output: Output,
        absence: Callable[[list[Selection]], Iterable[str]] = lambda _: (),
    ) -> None:
        """Nothing is read yet.

        Args:
            absence: what to say where there are no pods.
        """
        self._client = client
        self._question = question
        self._output = output
        self._absence = absence
        self.hub = LogHub(client, question.reach, output, ordered=question.ordered, room=question.room)
        self._events = LogEvents(client, question.reach, self.hub) if question.events else None

    async def run(self) -> Outcome:
        """Until everything is read or, when following, until nothing can come any more.

        Raises:
            McError: the pods cannot be found, or no container is meant by the choice.
        """
        emitting = asyncio.create_task(self.hub.run())
        try:
            outcome = await (self._follow(emitting) if self._question.reach.follow else self._once(emitting))
            await self.hub.close()
            self.hub.finish()
            await emitting
        finally:
            # After an interruption nobody may be reading: what is held gets a moment, and no more.
            await self.hub.close()
            self.hub.finish()
            await asyncio.wait([emitting], timeout=_LAST_WORDS_SECONDS)
            if not emitting.cancel() and not emitting.cancelled():
                emitting.exception()  # it is raised above, or comes too late to matter
        return outcome

    async def _once(self, emitting: asyncio.Task[None]) -> Outcome:
        question = self._question
        found = await find_pods(self._client, question.query)
        pods = [parse_pod(pod) for pod in found.pods]
        question.choice.require_any(pods)
        if not pods and not found.errors:
            self._say_absence(found.selections)
        await self._begin(pods)
        self.hub.finish()
        await emitting
        self._say_if_empty(pods)
        return Outcome(ExitCode.ERROR if found.errors or self.hub.hopeless else ExitCode.DONE, found.errors)

    async def _follow(self, emitting: asyncio.Task[None]) -> Outcome:
        question = self._question
        selections = await select(self._client, question.query)
        async with open_feed(self._client, selections) as feed:
            await feed.require_named()
            pods = [parse_pod(pod) for pod in feed.pods.values()]
            question.choice.require_any(pods)
            if not pods:
                self._say_absence(selections)
                self._output.note("Waiting for the first pod.")
            await self._begin(pods)
            self._say_what_has_not_started(pods)
            telling = None
            if self._events is not None:
                telling = asyncio.create_task(self._events.follow(self._namespace))
            try:
                return Outcome(await self._ended(feed, selections, emitting), [])
            finally:
                if telling is not None:
                    telling.cancel()
                    await asyncio.wait([telling])

    async def _begin(self, pods: list[Pod]) -> None:
        past = await self._events.past(pods) if self._events is not None else []
        self._add(pods)
        if self._events is not None:
            self._events.tell(past)

    def _say_absence(self, selections: list[Selection]) -> None:
        for said in self._absence(selections):
            self._output.note(said)

    def _say_if_empty(self, pods: list[Pod]) -> None:
        """Nothing to read is no error, but who looks at nothing should know that there is no more to come."""
        reach, members = self._question.reach, list(self.hub.members.values())
        if not members or self.hub.failed or reach.tail == 0 or any(member.tally.lines for member in members):
            return
        if not self._say_what_has_not_started(pods):
            bounds = " in the time asked for" if reach.since is not None or reach.until is not None else ""
            self._output.note(f"No lines{bounds} (containers read: {len(members)}).")

    def _say_what_has_not_started(self, pods: list[Pod]) -> bool:
        """Name the pods without a log; False when there is none."""
        unbegun = [pod for pod in pods if not any(each.status.container_id for each in self._question.choice.of(pod))]
        follows = "; waiting for {}" if self._question.reach.follow else ""
        if len(unbegun) > _NAMED:
            self._output.note(f"{len(unbegun)} pods have not started{follows.format('them')}.")
            return True
        for pod in unbegun:
            status = summarize(pod).status
            self._output.note(f"{pod.name} has not started ({status}){follows.format('it')}.")
            look = shlex.join(["status", pod.name, *self._client.connection.access.reach, "-n", pod.namespace])
            self._output.note(f"hint: see what holds it up: {PROGRAM} {look}")
        for pod in pods if self._question.reach.follow else ():
            self._say_what_is_stuck(pod)
        return bool(unbegun)

    def _say_what_is_stuck(self, pod: Pod) -> None:
        """Name the containers that have never started beside others that have, and not because it isn't their turn."""
        chosen = self._question.choice.of(pod)
        if not any(each.status.container_id for each in chosen):
            return
        for each in chosen:
            if each.state.waiting and each.state.reason not in ORDINARY_WAITS and not each.status.container_id:
                self._output.note(f"{pod.name}/{each.name} has not started ({each.state.reason}); waiting for it.")

    async def _ended(self, feed: PodFeed, selections: list[Selection], emitting: asyncio.Task[None]) -> int:
        """Take in changes until there is nothing to wait for; the exit code."""
        while True:
            self.hub.news.clear()  # before the look: what comes meanwhile asks for another one
            if (code := await self._code(feed, selections)) is not None:
                return code
            updates = asyncio.ensure_future(feed.updates(_LOOK_SECONDS))
            news = asyncio.ensure_future(self.hub.news.wait())
            try:
                await asyncio.wait([emitting, updates, news], return_when=asyncio.FIRST_COMPLETED)
                self._take_in(updates.result() if updates.done() else [])
            finally:
                updates.cancel()
                news.cancel()
            if emitting.done():
                emitting.result()

    async def _code(self, feed: PodFeed, selections: list[Selection]) -> int | None:
        """How it ended; None while there is something to wait for."""
        if self.hub.hopeless:
            return ExitCode.ERROR
        if self._question.until_done and (code := await self._code_of_all(feed, selections)) is not None:
            return code
        if self.hub.idle and _all_over(feed) and all([await self._is_over(selection) for selection in selections]):
            return ExitCode.DONE
        return None

    async def _is_over(self, selection: Selection) -> bool:
        """Whether no pod can follow those that have ended."""
        return selection.one_pod or (selection.is_job and await self._verdict(selection) is not None)

    def _take_in(self, updates: list[Update]) -> None:
        for update in updates:
            if isinstance(update, Changed):
                self._add([parse_pod(update.item)])
            elif isinstance(update, Deleted):
                self.hub.gone(parse_pod(update.item))
            elif isinstance(update, Interrupted):
                self._output.note(f"{update.error.message}; trying again")

    def _add(self, pods: Iterable[Pod]) -> None:
        for pod in sorted(pods, key=lambda pod: (pod.namespace, pod.name)):
            self.hub.add(pod, self._question.choice.of(pod))
            if self._events is not None:
                self._events.add(pod)
        self._make_room(len(self.hub.members))

    def _make_room(self, count: int) -> None:
        """A log that is read is an open file to the system, as is one that is saved: allow as many as there may be."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wished = 2 * count + _SPARE_FILES
        most = wished if hard == resource.RLIM_INFINITY else min(wished, hard)
        if soft == resource.RLIM_INFINITY or wished <= soft:
            return
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
        if count + _SPARE_FILES > most:
            self._output.note(
                f"more logs are to be read than this process may open files ({hard}), and some will fail: "
                "raise the limit (ulimit -Hn), or choose fewer containers"
            )

    async def _code_of_all(self, feed: PodFeed, selections: list[Selection]) -> int | None:
        """The first exit code of an app container that is not 0, else 0, once all have ended; None before.

        1 for a pod that has failed without them.
        """
        pods = [parse_pod(pod) for pod in feed.pods.values()]
        if not pods or not all(map(has_ended, pods)) or not self._read_to_end(pods):
            return None
        ends = [end for pod in pods for container in pod.apps if (end := latest_end(container)) is not None]
        failed = [end for end in ends if end.exit_code]
        first = min(failed, key=lambda end: (end.finished_at is None, end.finished_at), default=None)
        # A pod may fail before its apps begin, in an init container for example.
        unbegun = ExitCode.ERROR if any(pod.phase == "Failed" for pod in pods) else None
        code = first.exit_code if first is not None else unbegun
        for selection in selections:
            if selection.is_job:
                verdict = await self._verdict(selection)
                if verdict is None:
                    return None  # another pod is going to try
                code = None if verdict else code or ExitCode.ERROR
        return code or ExitCode.DONE

    def _read_to_end(self, pods: list[Pod]) -> bool:
        """Whether the logs of containers that have ended have been read; a sidecar may go on for a while."""
        return not any(self.hub.reads(pod, container.name) for pod in pods for container in pod.apps)

    async def _verdict(self, selection: Selection) -> bool | None:
        """Whether a Job has succeeded; None while it goes on, or nobody says."""
        assert selection.target is not None
        try:
            job = await self._client.get(JOBS, selection.scope.namespace or "", selection.target.name)
        except NotFound:
            return False
        except (ConnectionLost, ApiError) as error:
            if isinstance(error, ApiError) and error.code not in BUSY:
                raise
            return None
        conditions = objects(mapping(job, "status"), "conditions")
        over = {condition.get("type") for condition in conditions if condition.get("status") == "True"}
        return True if "Complete" in over else False if "Failed" in over else None

    @property
    def _namespace(self) -> str | None:
        return None if self._question.query.all_namespaces else self._client.namespace


def _all_over(feed: PodFeed) -> bool:
    return all(parse_pod(pod).terminal for pod in feed.pods.values())
