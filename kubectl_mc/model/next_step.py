"""The commands to type next: where more is known about what is wrong."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from kubectl_mc.model.fact import Fact, Look
from kubectl_mc.model.health import Severity, pod_severity
from kubectl_mc.model.pod import Pod


@dataclass(frozen=True, slots=True)
class Step:
    """A command line, ready to paste."""

    label: str
    """What it answers: `next`, what the container said; `why`, the cause."""
    command: str


def next_steps(pod: Pod, found: Sequence[Fact], program: str, connection: Sequence[str] = ()) -> tuple[Step, ...]:
    """What to type, the first thing first; empty when there is nothing to look into.

    Args:
        found: what `truth.facts` says of the pod.
        program: how this tool is called.
        connection: the connection flags to reach the same cluster with.
    """
    if not found or pod_severity(pod) is Severity.DONE:
        return ()
    return tuple(
        Step(label, f"{program} {shlex.join([*words, *connection, '-n', pod.namespace])}")
        for label, words in (("next", _words(pod, found[0])), ("why", ["doctor", pod.name]))
    )


def _words(pod: Pod, fact: Fact) -> list[str]:
    if fact.container is None or fact.look is Look.EVENTS:
        return ["events", pod.name]
    words = ["logs", pod.name, "-c", fact.container.name]
    return [*words, "--previous"] if fact.look is Look.PREVIOUS else words
