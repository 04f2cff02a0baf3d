"""Every id that a finding can have, with what it means. Ids are stable: scripts and `--ignore` rely on them."""

from dataclasses import dataclass
from enum import IntEnum


class Stage(IntEnum):
    """Where in a pod's life a cause sits; of several errors the earliest is the primary one."""

    END = 0
    """The whole pod was ended, or is being deleted: what its containers do is no cause any more."""
    SCHEDULING = 1
    VOLUMES = 2
    """Volumes and the sandbox: nothing can be created before."""
    INIT = 3
    """The init sequence's current step; whatever is wrong with it comes before the rest."""
    IMAGE = 4
    """Images and configuration."""
    CRASH = 5
    PROBE = 6
    GATE = 7
    REVIEW = 8
    """Found in manifests alone, or a risk that has not come true."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One id."""

    id: str
    stage: Stage
    about: str
    """What it means, in a few words, without a full stop."""


RUNNING = (
    Kind("evicted", Stage.END, "the node ran out of something and ended the pod"),
    Kind("node-lost", Stage.END, "the node doesn't answer any more, so nobody knows how the pod is"),
    Kind("deadline-exceeded", Stage.END, "a pod or a Job ran longer than it may"),
    Kind("admission-refused", Stage.END, "the node doesn't take the pod that it was given"),
    Kind("preempted", Stage.END, "a pod of higher priority took the place"),
    Kind("terminating-stuck", Stage.END, "a deleted pod doesn't go"),
    Kind("pre-stop-slow", Stage.END, "a preStop hook, or a process that ignores SIGTERM, uses up the grace period"),
    Kind("unschedulable", Stage.SCHEDULING, "no node can take the pod"),
    Kind("pods-not-created", Stage.SCHEDULING, "a workload's pods are refused before they come into being"),
    Kind("service-selects-nothing", Stage.SCHEDULING, "a Service selects no pod: none has its labels"),
    Kind("scheduling-gated", Stage.SCHEDULING, "somebody has to remove a gate before a node is looked for"),
    Kind("volume-missing", Stage.VOLUMES, "a ConfigMap, a Secret or a claim that a volume needs doesn't exist"),
    Kind("volume-mount-failed", Stage.VOLUMES, "a volume can't be attached or mounted"),
    Kind("sandbox-failed", Stage.VOLUMES, "the pod's sandbox or its network can't be made"),
    Kind("init-failed", Stage.INIT, "an init step ends with an error, so that nothing after it starts"),
    Kind("init-stuck", Stage.INIT, "an init step runs and doesn't end"),
    Kind("sidecar-not-started", Stage.INIT, "a native sidecar's startup probe holds up all that comes after it"),
    Kind("image-not-found", Stage.IMAGE, "the registry has no such image or tag"),
    Kind("image-unauthorized", Stage.IMAGE, "the registry doesn't let the node have the image"),
    Kind("image-invalid-name", Stage.IMAGE, "the image's name can't be a name"),
    Kind("image-wrong-architecture", Stage.IMAGE, "the image isn't made for the node's architecture"),
    Kind("image-pull-failed", Stage.IMAGE, "the image can't be pulled, for another reason"),
    Kind("image-pull-slow", Stage.IMAGE, "the image has been on its way for long"),
    Kind("config-missing", Stage.IMAGE, "a ConfigMap that a container needs doesn't exist"),
    Kind("secret-missing", Stage.IMAGE, "a Secret that a container needs doesn't exist"),
    Kind("config-key-missing", Stage.IMAGE, "a ConfigMap or a Secret lacks the key that a container needs"),
    Kind("run-as-non-root", Stage.IMAGE, "the image runs as root and the pod forbids it"),
    Kind("command-not-found", Stage.IMAGE, "the command isn't in the image, or can't be run"),
    Kind("start-error", Stage.IMAGE, "the runtime can't create or start the container"),
    Kind("sidecar-crashloop", Stage.CRASH, "a native sidecar ends again and again"),
    Kind("crashloop", Stage.CRASH, "a container ends with an error again and again"),
    Kind("exits-normally", Stage.CRASH, "a container that is to go on ends without an error"),
    Kind("container-failed", Stage.CRASH, "a container ended with an error and isn't started again"),
    Kind("oom-killed", Stage.CRASH, "the kernel killed a container at its memory limit"),
    Kind("unknown-137", Stage.CRASH, "a container was killed, and nothing says by whom"),
    Kind("stopped", Stage.CRASH, "a container was stopped on request, and nothing says by whom"),
    Kind("port-conflict", Stage.CRASH, "two containers want one port of the pod's one network"),
    Kind("volume-permission", Stage.CRASH, "a process may not use a file or a directory of a volume"),
    Kind("volume-read-only", Stage.CRASH, "a container writes to a volume that it has read-only"),
    Kind("post-start-failed", Stage.CRASH, "a postStart hook failed, so that the container was killed"),
    Kind("liveness-killed", Stage.PROBE, "the kubelet restarts a container whose liveness probe fails"),
    Kind("startup-probe-failing", Stage.PROBE, "a container doesn't pass its startup probe"),
    Kind("readiness-probe-failing", Stage.PROBE, "a container runs and isn't ready, so that it gets no traffic"),
    Kind("probe-wrong-container", Stage.PROBE, "a probe asks a port that belongs to another container"),
    Kind("probe-flapping", Stage.PROBE, "a container is ready, and a probe of it fails now and then"),
    Kind("not-ready", Stage.PROBE, "a container without a readiness probe isn't reported ready"),
    Kind("post-start-stuck", Stage.PROBE, "a postStart hook doesn't end, and until then the container isn't running"),
    Kind("job-held-by-sidecar", Stage.PROBE, "a Job's work is done, and another container keeps its pod running"),
    Kind("readiness-gate-unset", Stage.GATE, "all containers are ready, and a readiness gate isn't set"),
    Kind("app-before-sidecar", Stage.REVIEW, "an app starts before the sidecar that it needs is ready"),
    Kind("resource-starved", Stage.REVIEW, "a container is at the limit of its CPU or memory"),
    Kind("restarted", Stage.REVIEW, "a container that is well now was restarted a while ago"),
)
"""What pods that are there tell; some of it manifests tell as well."""

REVIEW = (
    Kind("no-containers", Stage.REVIEW, "a pod or a template has no containers"),
    Kind("no-image", Stage.REVIEW, "a container has no image"),
    Kind(
        "wrong-type",
        Stage.REVIEW,
        "a number or a truth value stands where the API takes a text, or a text where it takes a list",
    ),
    Kind("unknown-field", Stage.REVIEW, "a field that there isn't in this place, for one that there is"),
    Kind("request-above-limit", Stage.REVIEW, "a container requests more than its limit"),
    Kind("duplicate-key", Stage.REVIEW, "a key stands twice in one mapping, of which only the last one counts"),
    Kind("selector-mismatch", Stage.REVIEW, "a workload doesn't select the pods that it makes"),
    Kind("restart-policy", Stage.REVIEW, "a restartPolicy that this kind of workload can't have"),
    Kind("container-name-conflict", Stage.REVIEW, "two containers of a pod have one name"),
    Kind("volume-undefined", Stage.REVIEW, "a container mounts a volume that the pod doesn't have"),
    Kind("host-port-conflict", Stage.REVIEW, "two containers want one port of the node"),
    Kind("init-with-probe", Stage.REVIEW, "an init container has a probe or a hook, which the API refuses"),
    Kind("probe-port-unknown", Stage.REVIEW, "a probe asks a port by a name that its container doesn't declare"),
    Kind("init-waits-for-later", Stage.REVIEW, "an init container speaks to a container that starts only after it"),
    Kind("init-hides-failure", Stage.REVIEW, "an init container ends well although one of its commands has failed"),
    Kind("init-not-retried", Stage.REVIEW, "one failure of an init container is the end of the pod"),
    Kind("start-order", Stage.REVIEW, "an app needs another container from its start on, and nothing makes it wait"),
    Kind("sidecar-misplaced", Stage.REVIEW, "restartPolicy: Always on an app container, where it makes no sidecar"),
    Kind(
        "port-name-conflict",
        Stage.REVIEW,
        "two containers have a port of one name, so that a Service reaches only one of them",
    ),
    Kind(
        "sibling-by-name",
        Stage.REVIEW,
        "a container looks for a sibling under its container's name instead of at localhost",
    ),
    Kind("metrics-port-unknown", Stage.REVIEW, "Prometheus is sent to a port on which no container listens"),
    Kind("volume-unwritten", Stage.REVIEW, "a volume is read, and nobody writes into it"),
    Kind("volume-unused", Stage.REVIEW, "no container mounts a volume"),
    Kind("volume-of-one", Stage.REVIEW, "a container writes into a volume that no sibling mounts"),
    Kind("host-path-shared", Stage.REVIEW, "containers share files by a directory of the node instead of an emptyDir"),
    Kind(
        "variable-undefined", Stage.REVIEW, "$(NAME) is not defined where it is used, so that it stays as it is written"
    ),
    Kind("secret-in-env", Stage.REVIEW, "a secret is written out in the environment or the arguments of a container"),
    Kind("several-processes", Stage.REVIEW, "one container runs several programs"),
    Kind("too-many-containers", Stage.REVIEW, "more than five containers run side by side in one pod"),
    Kind("log-collectors", Stage.REVIEW, "several containers collect the same logs"),
    Kind("image-tag", Stage.REVIEW, "an image without a tag, or with the tag latest"),
    Kind("no-requests", Stage.REVIEW, "a container asks for no CPU or memory, so that it is placed as if it took none"),
    Kind("no-limits", Stage.REVIEW, "a container has no memory limit, so that its leak is its neighbours' loss"),
    Kind("init-asks-most", Stage.REVIEW, "an init container makes the pod reserve more than it needs later"),
    Kind("no-readiness-probe", Stage.REVIEW, "a container gets traffic from its first moment on"),
    Kind("no-liveness-probe", Stage.REVIEW, "a main container that hangs is not restarted"),
    Kind("probes-identical", Stage.REVIEW, "a container is killed at the moment at which it would be spared traffic"),
    Kind("shared-processes", Stage.REVIEW, "each container can read the others' environment and end their processes"),
    Kind("signals-lost", Stage.REVIEW, "a shell as first process keeps SIGTERM from the program"),
    Kind("no-pre-stop", Stage.REVIEW, "a container is told to stop while traffic still comes"),
)
"""What only manifests tell; `docs/rules.md` has more about each."""

KINDS = {kind.id: kind for kind in (*RUNNING, *REVIEW)}


def stage_of(id_: str) -> Stage:
    """The stage of an id; KeyError for an unknown one."""
    return KINDS[id_].stage
