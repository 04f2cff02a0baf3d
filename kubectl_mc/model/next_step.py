"""The command to type next: where more is known about what is wrong."""

import shlex
from collections.abc import Sequence

from kubectl_mc import PROGRAM
from kubectl_mc.model.fact import Fact, Look
from kubectl_mc.model.health import Severity, pod_severity
from kubectl_mc.model.pod import Pod


def next_command(pod: Pod, found: Sequence[Fact], program: str, connection: Sequence[str] = ()) -> str | None:
    """A command line, ready to paste; None when there is nothing to look into.

    Args:
        found: what `truth.facts` says of the pod.
        program: how this tool is called; the demo's cluster is out of plain kubectl's reach.
        connection: the connection flags to reach the same cluster with.
    """
    if not found or pod_severity(pod) is Severity.DONE:
        return None
    fact = found[0]
    where = [*connection, "-n", pod.namespace]
    if fact.container is None or fact.look is Look.EVENTS or program != PROGRAM:
        return f"{program} {shlex.join(['events', pod.name, *where])}"
    words = ["kubectl", "logs", pod.name, "-c", fact.container.name, *where]
    return shlex.join([*words, "--previous"] if fact.look is Look.PREVIOUS else words)
