"""Where a pod's spec comes from: the object that has to be changed, since a pod itself is rarely written by hand."""

from kubectl_mc.doctor.finding import Step, kubectl
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.resources import resource_of_kind


def template_of(pod: Pod) -> str:
    """`deployment/web`, `daemonset/agent`, or `pod/web` for one that nobody has made from a template."""
    owner = next((owner for owner in pod.owners if owner.controller), None)
    if owner is None:
        return f"pod/{pod.name}"
    kind, name = owner.kind, owner.name
    # A Deployment names its ReplicaSets after itself and the hash of their template, which their pods have as a label.
    template_hash = pod.labels.get("pod-template-hash")
    if kind == "ReplicaSet" and template_hash and name.endswith(f"-{template_hash}"):
        kind, name = "Deployment", name.removesuffix(f"-{template_hash}")
    resource = resource_of_kind(kind)
    return f"{resource.singular if resource is not None else kind.lower()}/{name}"


def edit(pod: Pod, *, image: bool = False) -> tuple[Step, ...]:
    """The command that opens what has to be changed; none for a bare pod, of which only images can be.

    Args:
        image: whether it is an image.
    """
    template = template_of(pod)
    return (kubectl("edit", template),) if image or template != f"pod/{pod.name}" else ()
