"""A debug container's way into its pod, and, from within it, to its target's processes."""

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.remote import Channel, RemoteRequest, open_remote
from kubectl_mc.errors import Forbidden, McError, NotFound
from kubectl_mc.model.debugging import Planned
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.resources import PODS


async def add_container(client: Client, pod: Pod, wanted: Planned) -> None:
    """Put it into the pod's spec.

    Raises:
        McError: the server refuses; the hint says what may help.
    """
    change = {"spec": {"ephemeralContainers": [wanted.document]}}
    try:
        await client.patch(PODS, pod.namespace, pod.name, change, "ephemeralcontainers")
    except Forbidden as error:
        if " cannot patch " in error.message:
            raise
        hint = "an admission rule of the cluster refuses it"
        if "PodSecurity" in error.message:
            hint = "--profile restricted asks for what the strictest Pod Security level allows"
        raise Forbidden(error.message, hint, code=error.code, reason=error.reason) from None
    except NotFound as error:
        if "could not find the requested resource" not in error.message:
            raise
        why = "this server has no ephemeral containers, or they are switched off (Kubernetes has them since 1.23)"
        raise McError(why, "kubectl debug --copy-to makes a copy of the pod to look at") from None


async def main_process(client: Client, pod: Pod, debugger: str, target: Container) -> int | None:
    """The process id that the target's first process has as seen from a debug container; None where it can't be told.

    A process's cgroup is called after its container, in whichever order a runtime nests them.
    """
    container_id = target.status.container_id.rpartition("/")[2]
    if not container_id.isalnum():
        return None
    script = (
        "for file in /proc/[0-9]*/cgroup; do while read -r line; do case $line in "
        f"*{container_id}*) file=${{file%/cgroup}}; echo ${{file#/proc/}}; break;; esac; done <$file; done 2>/dev/null"
    )
    request = RemoteRequest(pod.namespace, pod.name, debugger, ("sh", "-c", script))
    found = bytearray()
    try:
        async with open_remote(client, request) as remote:
            while (piece := await remote.read()) is not None:
                found += piece[1] if piece[0] is Channel.STDOUT else b""
    except McError:  # whatever it is, the session that follows will say it
        return None
    return min((int(word) for word in found.split() if word.isdigit()), default=None)
