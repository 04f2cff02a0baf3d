"""What the API refuses, or silently takes for something else, told before anything is applied."""

from collections.abc import Iterator
from typing import Any

from kubectl_mc.doctor.finding import Finding, Grade
from kubectl_mc.doctor.review.workload import Workload
from kubectl_mc.model.fields import Json, labels, mapping, text

_SELECTING = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"})


def wrong_type(work: Workload) -> Iterator[Finding]:
    """YAML makes numbers and truth values of words without quotes, and the API wants texts."""
    for spec in work.specs:
        raw = work.raw(spec)
        for number, variable in enumerate(_list(raw, "env")):
            value = variable.get("value") if isinstance(variable, dict) else None
            if value is not None and not isinstance(value, str):
                name = text(variable, "name")
                yield Finding(
                    "wrong-type",
                    f"the value of {name} in {spec.name} is {_type(value)}, and the API takes a text only",
                    container=spec.name,
                    at=f"{spec.at}.env[{number}].value",
                    instead='value: "..."',
                )
        for field in ("command", "args"):
            words = raw.get(field)
            if isinstance(words, str):
                yield Finding(
                    "wrong-type",
                    f"the {field} of {spec.name} is a text, and the API takes a list of texts only",
                    container=spec.name,
                    at=f"{spec.at}.{field}",
                    instead=f'{field}: ["sh", "-c", "..."]',
                )
            for number, word in enumerate(words if isinstance(words, list) else []):
                if not isinstance(word, str):
                    yield Finding(
                        "wrong-type",
                        f"{field} of {spec.name} has {_type(word)} in it, and the API takes texts only",
                        container=spec.name,
                        at=f"{spec.at}.{field}[{number}]",
                        instead='- "..."',
                    )


def no_container(work: Workload) -> Iterator[Finding]:
    """What stands where the API takes a list of containers, or one of them, and is none."""
    for field in ("initContainers", "containers"):
        value = work.spec.get(field)
        if value is not None and not isinstance(value, list):
            yield _no_container(f"spec.{field}", value, "a list of containers", f"{field}:\n- name: app\n  image: ...")
        for number, item in enumerate(value if isinstance(value, list) else []):
            if not isinstance(item, dict):
                yield _no_container(f"spec.{field}[{number}]", item, "a container", "- name: app\n  image: ...")


def _no_container(at: str, value: object, wanted: str, instead: str) -> Finding:
    return Finding("wrong-type", f"{at} is {_type(value)}, and the API takes {wanted} only", at=at, instead=instead)


def selector_mismatch(work: Workload) -> Iterator[Finding]:
    """A workload has to select the pods that it makes."""
    if work.kind not in _SELECTING:
        return
    spec = mapping(work.document, "spec")
    selector = mapping(spec, "selector")
    wanted = labels(selector, "matchLabels")
    have = labels(mapping(work.template, "metadata"), "labels")
    if not wanted and not selector.get("matchExpressions"):
        yield Finding(
            "selector-mismatch",
            f"the {work.kind} selects no pods, which the API refuses",
            at="spec.selector",
            instead="selector:\n  matchLabels:\n"
            + "\n".join(f"    {key}: {value}" for key, value in (have or {"app": work.name}).items()),
        )
        return
    if off := {key: value for key, value in wanted.items() if have.get(key) != value}:
        yield Finding(
            "selector-mismatch",
            f"the {work.kind} selects {', '.join(f'{key}={value}' for key, value in off.items())}, and the pods "
            "that it "
            "makes don't have that, which the API refuses",
            at="spec.selector.matchLabels",
            instead="the same labels in the template:\nmetadata:\n  labels:\n"
            + "\n".join(f"    {key}: {value}" for key, value in off.items()),
        )


def restart_policy(work: Workload) -> Iterator[Finding]:
    """A Job's pods end, all other workloads' pods are always restarted."""
    said = text(work.spec, "restartPolicy")
    at = f"{work.prefix}spec.restartPolicy"
    if work.is_job and said not in ("Never", "OnFailure"):
        what = f"restartPolicy {said}" if said else "no restartPolicy, which means Always"
        yield Finding(
            "restart-policy",
            f"the {work.kind} has {what}, and the API takes Never and OnFailure only",
            at=at,
            instead="restartPolicy: Never",
        )
    elif work.kind in {*_SELECTING, "ReplicationController"} and said not in ("", "Always"):
        yield Finding(
            "restart-policy",
            f"the {work.kind} has restartPolicy {said}, and the API takes Always only",
            at=at,
            instead="restartPolicy: Always; or a Job",
        )


def duplicate_key(path: str, key: str, before: int) -> Finding:
    """A key that stands twice in one mapping."""
    return Finding(
        "duplicate-key",
        f"{key} stands here for the second time, after line {before}: only this one counts",
        grade=Grade.WARNING,
        at=f"{path}.{key}" if path else key,
        instead=f"one {key} with the content of both",
    )


def _list(parent: Json, key: str) -> list[Any]:
    value = parent.get(key)
    return value if isinstance(value, list) else []


def _type(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "empty" if value is None else "a mapping" if isinstance(value, dict) else "a list"
