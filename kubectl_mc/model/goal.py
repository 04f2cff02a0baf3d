"""What pods are waited to be, and what is missing until they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kubectl_mc.model.fact import IMAGE_REASONS, end_words
from kubectl_mc.model.health import ORDINARY_WAITS, Health, container_health, unschedulable, unset_gates
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.progress import init_progress, step_passed
from kubectl_mc.model.restarts import will_restart
from kubectl_mc.model.spec import Role
from kubectl_mc.model.workload import Workload

_GENERATE_NAMES = frozenset({"ReplicaSet", "ReplicationController", "DaemonSet", "Job"})
"""Kinds whose pods have names with a random end."""


class Goal(StrEnum):
    """What is waited for."""

    READY = "ready"
    INITIALIZED = "initialized"
    """The init sequence is over."""
    DONE = "done"
    """The work has ended well."""


@dataclass(frozen=True, slots=True)
class Step:
    """One container on its way to the goal."""

    container: Container
    words: str
    """How it is, without anything that changes by the clock alone."""
    stage: int
    """Stages behind it, of `stages`; 0 as long as its turn has not come."""
    stages: int

    @property
    def held(self) -> bool:
        return self.stage >= self.stages


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not yet so."""

    object: str
    """`deployment/web`, `pod/web-7d4b9`."""
    words: str
    container: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far something that was named is from the goal."""

    missing: tuple[Missing, ...] = ()
    pods: tuple[Pod, ...] = ()
    """Those on which it depends; pods of an earlier revision are not among them."""
    over: str = ""
    """Why it cannot come true any more, as the workload itself says; empty while it can."""
    notes: tuple[str, ...] = ()
    """What has to be known about it, though nothing is missing because of it."""
    short: Workload | None = None
    """What has made fewer pods than it is to make now: itself, or the ReplicaSet or the Job that makes them for it."""
    retried: bool = False
    """Whether its controller makes a new pod for one that fails, and counts how often: a Job."""

    @property
    def held(self) -> bool:
        return not self.missing and not self.over


Pulls = Mapping[tuple[str, str], str]
"""The image that is being pulled, by the uid of the pod and the name of the container."""


def steps(pod: Pod, goal: Goal, pulls: Pulls) -> tuple[Step, ...]:
    """The containers on which the goal depends, in the order in which they start."""
    found = [_init_step(pod, step, goal, pulls) for step in pod.init_sequence]
    if goal is not Goal.INITIALIZED:
        found += [_app_step(pod, app, goal, pulls) for app in pod.apps if app.declared]
    return tuple(step for step in found if step is not None)


def _init_step(pod: Pod, step: Container, goal: Goal, pulls: Pulls) -> Step | None:
    if step.role is Role.SIDECAR and goal is Goal.READY and step.state.running and step.status.started is not False:
        ready = step.status.ready
        return Step(step, "ready" if ready else _unready(step), 4 if ready else 3, 4)
    if step.role is Role.SIDECAR:
        if goal is Goal.DONE and pod.initialized:
            return None
        stages = 4 if goal is Goal.READY else 3
        if step_passed(step):
            return Step(step, "started", stages, stages)
        if step.state.running:
            return Step(step, "running, and has not passed its startup probe", 2, stages)
        return _not_running(pod, step, stages, pulls)
    if step_passed(step) or pod.initialized:
        return Step(step, "exited 0", 3, 3)
    if step.state.running:
        return Step(step, "running", 2, 3)
    return _not_running(pod, step, 3, pulls)


def _app_step(pod: Pod, app: Container, goal: Goal, pulls: Pulls) -> Step:
    if goal is Goal.DONE:
        if app.state.succeeded:
            return Step(app, "exited 0", 3, 3)
        return Step(app, "running", 2, 3) if app.state.running else _not_running(pod, app, 3, pulls)
    if not app.state.running:
        return _not_running(pod, app, 4, pulls)
    if app.status.started is False:
        return Step(app, "running, and has not passed its startup probe", 2, 4)
    return Step(app, "ready" if app.status.ready else _unready(app), 4 if app.status.ready else 3, 4)


def _unready(container: Container) -> str:
    probed = container.spec.probe("readiness") is not None
    return "running, and has not passed its readiness probe" if probed else "running, and not reported ready yet"


def _not_running(pod: Pod, container: Container, stages: int, pulls: Pulls) -> Step:
    state, last = container.state, container.status.last
    if state.terminated:
        return Step(container, _ended(container), 1, stages)
    if state.reason in IMAGE_REASONS:
        # Two reasons alternate while the kubelet tries again: that is no news.
        return Step(container, f"has no image: {container.spec.image}", 1, stages)
    if container_health(container, pod) is Health.FAILED:
        ended = f" after {end_words(last)}{_failures(container)}" if last is not None else ""
        return Step(container, f"{state.reason}{ended}", 1, stages)
    progress = init_progress(pod)
    current = progress.current if progress is not None else None
    if not pod.node:
        return Step(container, "waits for a node", 0, stages)
    if current is not None and current is not container:
        return Step(container, f"waits for {current.name}", 0, stages)
    if image := pulls.get((pod.uid, container.name)):
        return Step(container, f"pulls its image: {image}", 1, stages)
    return Step(container, "is being created" if state.reason in ORDINARY_WAITS else state.reason, 1, stages)


def _ended(container: Container) -> str:
    return end_words(container.state).replace("exit", "exited", 1) + _failures(container)


def _failures(container: Container) -> str:
    count = ends(container)
    return f", {count} times so far" if count > 1 else ""


def ends(container: Container) -> int:
    """How often an instance of it has ended, for one that is down."""
    state = container.state
    if state.terminated or (state.waiting and container.status.last is not None):
        return container.status.restarts + 1
    return container.status.restarts


def pod_words(pod: Pod) -> str:
    """How the pod as a whole is, without anything that changes by the clock alone."""
    if pod.phase == "Succeeded":
        return "has succeeded"
    if pod.phase == "Failed":
        return f"has failed{_reason(pod)}"
    if pod.deleted is not None:
        return "is being deleted"
    if unschedulable(pod):
        condition = pod.condition("PodScheduled")
        return f"fits on no node: {condition.message or condition.reason}" if condition else "fits on no node"
    if not pod.node:
        gates = f", held by its scheduling gates {', '.join(pod.scheduling_gates)}" if pod.scheduling_gates else ""
        return f"waits for a node{gates}"
    if pod.condition_true("Ready"):
        return "is ready"
    if pod.condition_true("ContainersReady") and (gates_left := unset_gates(pod)):
        return f"waits for its readiness gates: {', '.join(gates_left)}"
    return f"is on node {pod.node}"


def _reason(pod: Pod) -> str:
    said = ": ".join(part for part in (pod.reason, pod.message) if part)
    return f": {said}" if said else ""


def pod_holds(pod: Pod, goal: Goal) -> bool:
    """Whether the goal has come true for one pod."""
    if goal is Goal.DONE:
        ended = bool(pod.apps) and all(app.state.succeeded for app in pod.apps)
        return pod.phase == "Succeeded" or (ended and pod.phase != "Failed" and pod.restart_policy != "Always")
    if pod.deleted is not None:
        return False
    if goal is Goal.INITIALIZED:
        progress = init_progress(pod)
        over = progress is None or progress.current is None
        return pod.phase == "Succeeded" or (pod.initialized and over)
    return pod.condition_true("Ready") and not pod.terminal


def pod_missing(pod: Pod, goal: Goal, pulls: Pulls) -> tuple[Missing, ...]:
    """What one pod lacks; empty if the goal has come true."""
    if pod_holds(pod, goal):
        return ()
    name = f"pod/{pod.name}"
    if not pod.node or pod.deleted is not None or pod.terminal:
        return (Missing(name, pod_words(pod)),)
    lacking = [step for step in steps(pod, goal, pulls) if not step.held]
    if not lacking:
        gates = unset_gates(pod)
        return (Missing(name, pod_words(pod) if gates else f"its kubelet has not reported it {goal} yet"),)
    return tuple(Missing(name, step.words, step.container.name) for step in lacking)


def pod_over(pod: Pod, goal: Goal) -> str:
    """Why the goal cannot come true for this very pod any more; empty while it can."""
    if pod_holds(pod, goal):
        return ""
    if pod.phase == "Failed":
        return f"pod/{pod.name} has failed{_reason(pod)}"
    if pod.phase == "Succeeded":
        return f"pod/{pod.name} has succeeded and ended, so it will not be {goal}"
    if goal is Goal.DONE and pod.restart_policy == "Always":
        return f"pod/{pod.name} is never done: its restartPolicy is Always"
    if goal is Goal.READY and (app := _ended_for_good(pod)) is not None:
        rest = f"restartPolicy {pod.restart_policy} doesn't start it again"
        return f"pod/{pod.name} will not be ready: {app.name} {_ended(app)}, and {rest}"
    return ""


def _ended_for_good(pod: Pod) -> Container | None:
    """An app whose work has succeeded beside others that go on: a pod is ready only while all of them run.

    One that has failed is left to the doctor, who says why; so are a Job's pods, which need not be ready to be well.
    """
    if pod.deleted is not None or any(owner.controller for owner in pod.owners):
        return None
    return next((app for app in pod.apps if app.state.succeeded and not will_restart(pod, app)), None)


def standing_of_pod(name: str, pods: Sequence[Pod], goal: Goal, pulls: Pulls, before: Pod | None = None) -> Standing:
    """A pod that was named; one that is gone or going is waited for to come back under its name.

    Args:
        before: the last pod of this name that was seen.
    """
    if not pods:
        missing = Missing(f"pod/{name}", "doesn't exist now; one of this name is waited for")
        return Standing((missing,), over=_never_again(before) if before is not None else "")
    [pod] = pods
    maker = next((owner for owner in pod.owners if owner.controller), None)
    over = ""
    if pod.deleted is None and (maker is None or maker.kind != "StatefulSet"):
        over = pod_over(pod, goal)
    elif pod.phase == "Failed" and maker is None and pod.finalizers and not pod_holds(pod, goal):
        # Without the finalizers it would be gone in a moment, and another one could have its name.
        over = f"{pod_over(pod, goal)}; it is being deleted, and its finalizers hold it: {', '.join(pod.finalizers)}"
    return Standing(pod_missing(pod, goal, pulls), (pod,), over)


def _never_again(gone: Pod) -> str:
    """Why no pod will have the name of one that is gone; empty where one may."""
    maker = next((owner for owner in gone.owners if owner.controller), None)
    if maker is None or maker.kind not in _GENERATE_NAMES:
        return ""
    return f"pod/{gone.name} is gone, and {maker.kind} {maker.name} gives the next one another name"


def standing_of_pods(name: str, pods: Sequence[Pod], goal: Goal, pulls: Pulls) -> Standing:
    """All pods of a selector or a Service.

    Those that are being deleted don't count, nor, unless the work's end is waited for, those that have ended and that
    a controller has made: it makes others in their place, or its work is over.
    """
    counted = [
        pod
        for pod in pods
        if pod.deleted is None and not (any(owner.controller for owner in pod.owners) and _past(pod, goal))
    ]
    if not counted:
        return Standing((Missing(name, "has no pods yet"),))
    over = next((why for pod in counted if (why := pod_over(pod, goal))), "")
    missing = tuple(part for pod in counted for part in pod_missing(pod, goal, pulls))
    return Standing(missing, tuple(counted), over)


def _past(pod: Pod, goal: Goal) -> bool:
    return pod.phase == "Failed" or (pod.phase == "Succeeded" and goal is Goal.READY)
