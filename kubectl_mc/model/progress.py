"""Where a pod is in its init sequence: init containers and native sidecars, one after the other."""

from dataclasses import dataclass

from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import Role


@dataclass(frozen=True, slots=True)
class InitProgress:
    """Steps of the sequence, counted as kubectl's `Init:1/3` does: sidecars are steps too."""

    done: int
    total: int
    current: Container | None
    """The step that everything after it waits for; None when the sequence is over."""


def init_progress(pod: Pod) -> InitProgress | None:
    """The progress of a pod; None when it has no init containers at all."""
    steps = pod.init_sequence
    if not steps:
        return None
    if pod.initialized or pod.phase == "Succeeded":
        return InitProgress(len(steps), len(steps), None)
    done = next((index for index, step in enumerate(steps) if not step_passed(step)), len(steps))
    return InitProgress(done, len(steps), steps[done] if done < len(steps) else None)


def step_passed(step: Container) -> bool:
    """Whether the kubelet goes on to the next step: an init container has succeeded, a sidecar has started.

    *Started* is the startup probe where there is one; readiness does not hold the sequence up
    (kubelet `kuberuntime_container.go` computeInitContainerActions).
    """
    if step.role is Role.SIDECAR:
        return step.state.succeeded or (step.state.running and step.status.started is not False)
    return step.state.succeeded


def subject(container: Container, pod: Pod) -> str:
    """A container as a sentence begins with it: `app`, `sidecar proxy`, `init step 2 of 3, migrate,`.

    A sidecar is told by its place only while all that comes after it waits for it.
    """
    name = f"sidecar {container.name}" if container.role is Role.SIDECAR else container.name
    progress = init_progress(pod)
    current = progress is not None and progress.current is container
    if container not in pod.init_sequence or not (current or container.role is Role.INIT):
        return name
    steps = pod.init_sequence
    return f"init step {steps.index(container) + 1} of {len(steps)}, {name},"
