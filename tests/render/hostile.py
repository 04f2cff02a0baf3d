"""Pods and events from a server that means harm: escapes, markup and deceit in every text there is."""

from typing import Any

from kubectl_mc.model.event import Event, parse_event
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Pod
from tests.pods import Json, ago, container, ended, pod, running, sidecar, waiting

EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\u202e\u2066[red][/]漢字\x00\ud800"
"""Clears a screen, sets a title, colours, returns, turns the direction of reading; closes markup; cannot be encoded."""


def poisoned(value: Any) -> Any:
    """A JSON value with `EVIL` at the end of each of its texts, but for words that decide what an object is."""
    if isinstance(value, dict):
        kept = ("phase", "type", "status", "restartPolicy", "creationTimestamp", "startedAt", "finishedAt", "uid")
        return {
            key: inner if key in kept and isinstance(inner, str) else poisoned(inner) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [poisoned(inner) for inner in value]
    return value + EVIL if isinstance(value, str) else value


def many_containers(count: int = 60) -> Json:
    """A pod of so many containers, in every state, with messages of 4 KB."""
    long = "no such file or directory: /var/lib/data " * 100
    states = [
        running(),
        waiting("CrashLoopBackOff", long),
        ended(137, "OOMKilled", message=long),
        waiting("ImagePullBackOff", f"Back-off pulling image\n{long}"),
        running(9999),
    ]
    names = [f"container-number-{number}" for number in range(count)]
    full: Json = {
        "ports": [{"containerPort": 8000 + number, "name": f"port-{number}"} for number in range(12)],
        "readinessProbe": {"httpGet": {"path": "/a/long/path/to/the/readiness/of/this/service", "port": 8080}},
        "resources": {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
        "volumeMounts": [{"name": f"volume-{number}", "mountPath": f"/mnt/{number}"} for number in range(12)],
    }
    apps = [
        container(name, states[number % 5], ready=number % 5 == 0, restarts=number, last=ended(1, "Error"), **full)
        for number, name in enumerate(names)
    ]
    init = [
        container("prepare", ended(0, "Completed")),
        sidecar("proxy", running(), started=False, last=ended(1, "Error"), restarts=2),
        *(container(f"later-{number}", waiting("PodInitializing")) for number in range(20)),
    ]
    gate = "target-health.example.com/k8s-shop-web-of-the-whole-long-name-5a8b9c7d6e"
    return pod(
        *apps,
        init=init,
        ephemeral=[container("debug", running())],
        name="checkout-service-of-the-shop-7d4b9c6f5-x2x7k",
        gates=[gate],
        conditions={
            "Initialized": {"status": "False", "reason": "ContainersNotInitialized", "message": " ".join(names)},
            "Ready": {"status": "False", "reason": "ContainersNotReady", "message": " ".join(names)},
            gate: "False",
        },
    )


def hostile_pods() -> list[Pod]:
    """Large ones, poisoned ones, and one of which nothing is known."""
    done = pod(container("app", ended(0, "Completed")), phase="Succeeded")
    evicted = pod(container("app", ended(137, "Error")), phase="Failed", status={"reason": "Evicted", "message": "no"})
    late = pod(container("app"), phase="Pending", node="", deleted=ago(-5))
    plain = [many_containers(), done, evicted, late, {}]
    return [parse_pod(document) for document in (*plain, *map(poisoned, plain))]


def hostile_events() -> list[Event]:
    """Events with long names and messages, and poisoned ones."""
    about = {"kind": "Pod", "name": "checkout-service-of-the-shop-7d4b9c6f5-x2x7k", "uid": "u"}
    plain: list[Json] = [
        {
            "metadata": {"uid": str(number), "namespace": "a-namespace-with-a-long-name"},
            "involvedObject": {**about, "fieldPath": "spec.containers{a-container-with-a-long-name}"},
            "type": "Warning" if number % 2 else "Normal",
            "reason": "FailedToRetrieveImagePullSecret",
            "message": "Unable to retrieve some image pull secrets " * number * 3,
            "count": 1 + number * 7,
            "firstTimestamp": ago(9000),
            "lastTimestamp": ago(60 * number),
        }
        for number in range(4)
    ]
    poison = poisoned(plain)
    for event in poison:
        event["involvedObject"]["fieldPath"] = "spec.containers{" + EVIL + "}"
    return [parse_event(document) for document in (*plain, {}, *poison)]
