"""`wait` at work: looks, says what has changed, asks the doctor about what looks broken, and ends when it may.

What is missing is decided in `model.goal` and `model.rollout`, what is hopeless in `doctor.hope`.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from kubectl_mc.cluster.feed import PodFeed, Resumed, open_feed
from kubectl_mc.cluster.judge import Judge
from kubectl_mc.cluster.subjects import Parsed, Subject, identities, pulling, pulls_of, standing, subjects
from kubectl_mc.cluster.watch import Interrupted
from kubectl_mc.doctor.finding import Finding
from kubectl_mc.errors import ExitCode, McError
from kubectl_mc.live import LivePage, live_page
from kubectl_mc.model.goal import Goal
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.targets import Query
from kubectl_mc.model.times import human_duration
from kubectl_mc.model.workload import Workload
from kubectl_mc.render.doctor import Reach, doctor_page
from kubectl_mc.render.document import as_json, as_yaml
from kubectl_mc.render.wait import (
    Outcome,
    Progress,
    Told,
    changes,
    missing_page,
    outcome_document,
    progress_page,
    timed,
    told,
)
from kubectl_mc.session import Session

_REDRAW_SECONDS = 1.0
"""The elapsed time changes once a second; without news the doctor is asked again after it, too."""
_LAST_LOOK_SECONDS = 10.0
"""How long the doctor may take for its last word, once the time is up."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to wait for, and how."""

    query: Query
    goal: Goal
    timeout: float
    """Seconds; with 0 there is one look."""
    patience: int
    """Failures of a container after which it is not waited for."""
    output: str
    """`json`, `yaml`, or empty."""


async def wait(session: Session, asked: Asked) -> int:
    """Wait, say what happens meanwhile and how it came out; the exit code.

    Raises:
        McError: a name doesn't exist, or something cannot be read.
    """
    clock = _Clock(asked.timeout)
    voice = _Voice(session, asked.output)
    outcome = None
    while outcome is None:
        outcome = await _watched(session, asked, clock, voice)
    return _end(session, asked, outcome)


class _Clock:
    """The time that has passed and that is left, whatever happens to the system's clock."""

    def __init__(self, timeout: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._timeout = timeout

    @property
    def elapsed(self) -> float:
        return self._loop.time() - self._began

    @property
    def left(self) -> float:
        return max(self._timeout - self.elapsed, 0.0)


async def _watched(session: Session, asked: Asked, clock: _Clock, voice: "_Voice") -> Outcome | None:
    """Wait with one set of watches; None when a workload was made anew, since its pods have other marks now."""
    client = session.client()
    found = await subjects(client, asked.query)
    events = pulling([subject.pods for subject in found])
    judge = Judge(client, session.now, session.note, asked.patience)
    async with open_feed(client, [*(each for subject in found for each in subject.selections), *events]) as feed:
        await feed.require_named()
        for refusal in feed.refusals:
            session.note(f"{refusal.message}: the wait goes on without")
        look = _Look(asked, clock, feed, found, judge)
        known = identities(found, feed)
        with voice.display():
            while True:
                outcome = await look.once()
                voice.show(look.progress, feed, judge)
                if outcome is not None:
                    return outcome
                voice.hear(await feed.updates(min(_REDRAW_SECONDS, clock.left)))
                if any(identity not in known for identity in identities(found, feed)):
                    return None


@dataclass
class _Look:
    """What is seen at one moment, and whether that ends the wait."""

    asked: Asked
    clock: _Clock
    feed: PodFeed
    subjects: Sequence[Subject]
    judge: Judge
    parsed: Parsed = field(default_factory=Parsed)

    def __post_init__(self) -> None:
        self.progress = self._progress()

    async def once(self) -> Outcome | None:
        """Look; the outcome if there is one."""
        self.progress = progress = self._progress()
        if progress.held:
            return Outcome(progress)
        over = next((each for each in progress.standings.values() if each.over), None)
        if over is not None:
            await self._ask(over.pods or self._lacking(), progress.short, last=True)
            return Outcome(progress, over.over, cause=self._cause(over.pods, [over.short] if over.short else []))
        last = not self.clock.left
        await self._ask(self._lacking(), progress.short, last=last)
        unmet = f"{', '.join(name for name, each in progress.standings.items() if not each.held)}: not {progress.goal}"
        if (finding := next(self._hopeless(), None)) is not None:
            return Outcome(progress, f"{unmet}, and will not be without a change", cause=finding)
        if not last:
            return None
        waited = f"timed out after {human_duration(self.asked.timeout)}: " if self.asked.timeout else ""
        return Outcome(progress, waited + unmet, timed_out=True, cause=self._cause(self._lacking(), progress.short))

    def _progress(self) -> Progress:
        asked = self.asked
        pulls = pulls_of(self.feed, pulling([subject.pods for subject in self.subjects]))
        return Progress(
            asked.goal,
            {each.name: standing(each, self.feed, self.parsed, asked.goal, pulls) for each in self.subjects},
            pulls,
            self.clock.elapsed,
            asked.timeout,
            namespaces=asked.query.all_namespaces,
        )

    async def _ask(self, pods: Sequence[Pod], short: Sequence[Workload], *, last: bool) -> None:
        """Let the doctor look, who must not hold up the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_LOOK_SECONDS if last else self.clock.left):
                await self.judge.look(pods, short, last=last)

    def _lacking(self) -> list[Pod]:
        """The pods that are not yet as they are to be."""
        missing = {part.object for part in self.progress.missing}
        return [pod for pod in self.progress.pods if f"pod/{pod.name}" in missing]

    def _hopeless(self) -> Iterator[Finding]:
        lacking = {pod.uid for pod in self._lacking()}
        for each in self.progress.standings.values():
            for pod in each.pods:
                if pod.uid in lacking and (finding := self.judge.hopeless(pod, retried=each.retried)) is not None:
                    yield finding
            if each.short is not None and (unmade := self.judge.hopeless_to_make(each.short)) is not None:
                yield unmade

    def _cause(self, pods: Sequence[Pod], short: Sequence[Workload]) -> Finding | None:
        return next(iter(self.judge.causes(pods, short)), None)


@dataclass
class _Voice:
    """What is said meanwhile: a live page on a terminal, a line for each change elsewhere."""

    session: Session
    output: str
    page: LivePage | None = None
    said: Told | None = None
    """What was so at the last look; None before the first."""

    @contextmanager
    def display(self) -> Iterator[None]:
        """Inside, the live page is open, where there is one."""
        if not self.session.redraws or self.output:
            yield
            return
        with live_page(self.session) as self.page:
            yield

    def show(self, progress: Progress, feed: PodFeed, judge: Judge) -> None:
        """Show how it stands now."""
        session = self.session
        if self.page is not None:
            causes = judge.causes(progress.pods, progress.short)
            self.page.show(progress_page(progress, session.width, session.theme, causes))
            return
        before, self.said = self.said, told(progress)
        if before is None and progress.held:
            # There was nothing to wait for: what is to be known of the targets themselves is enough.
            self.said = {key: sentence for key, sentence in self.said.items() if key[0] in progress.standings}
        for sentence in changes(before or {}, self.said, feed.pods):
            self._line(timed(sentence, progress.elapsed))

    def _line(self, text: str) -> None:
        """A document has stdout for itself."""
        if self.output:
            self.session.stderr.write(text)
            self.session.stderr.flush()
        else:
            self.session.write(text)

    def hear(self, updates: Sequence[object]) -> None:
        """Say that the server doesn't answer, and on a page only as long as it doesn't."""
        for update in updates:
            if isinstance(update, Interrupted):
                trouble = f"{update.error.message}; the wait goes on"
                if self.page is not None:
                    self.page.trouble = trouble
                else:
                    self.session.note(trouble)
            elif isinstance(update, Resumed) and self.page is not None:
                self.page.trouble = ""


def _end(session: Session, asked: Asked, outcome: Outcome) -> int:
    """Say how it came out; the exit code."""
    progress, reach = outcome.progress, Reach(session.program, tuple(session.flags.as_arguments()))
    if asked.output:
        document = outcome_document(outcome, reach)
        session.write(as_json(document) if asked.output == "json" else as_yaml(document))
    elif outcome.held:
        for name in progress.standings:
            session.write(timed(f"{name} is {progress.goal}", progress.elapsed))
    else:
        if outcome.timed_out:
            session.print(missing_page(progress.missing, session.width))
        if outcome.cause is not None:
            session.print(doctor_page([outcome.cause], session.width, session.theme, reach))
    if outcome.held:
        return ExitCode.DONE
    session.report(McError(outcome.why))
    return ExitCode.TIMED_OUT if outcome.timed_out else ExitCode.FAULT_FOUND
