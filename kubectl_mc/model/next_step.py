"""The command to type next: where more is known about what is wrong."""

import shlex
from collections.abc import Sequence

from kubectl_mc.model.fact import Fact, Look
from kubectl_mc.model.health import Severity, pod_severity
from kubectl_mc.model.pod import Pod


def next_command(pod: Pod, found: Sequence[Fact], program: str, connection: Sequence[str] = ()) -> str | None:
    """A command line, ready to paste; None when there is nothing to look into.

    Args:
        found: what `truth.facts` says of the pod.
        program: how this tool is called.
        connection: the connection flags to reach the same cluster with.
    """
    if not found or pod_severity(pod) is Severity.DONE:
        return None
    fact = found[0]
    words = ["events", pod.name]
    if fact.container is not None and fact.look is not Look.EVENTS:
        words = ["logs", pod.name, "-c", fact.container.name]
        if fact.look is Look.PREVIOUS:
            words.append("--previous")
    return f"{program} {shlex.join([*words, *connection, '-n', pod.namespace])}"
