"""The ephemeral container beside a target: what it gets, and when one that runs will do."""

from typing import Any

import pytest

from kubectl_mc.model.debugging import (
    DEFAULT_PROFILE,
    IDLE,
    PROFILES,
    Planned,
    ineffective,
    planned,
    reusable,
    shares_processes,
)
from kubectl_mc.model.parsing import parse_pod

Json = dict[str, Any]

DATA = {"name": "data", "mountPath": "/data", "readOnly": True}
OTHER = {"name": "other", "mountPath": "/other"}
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def pod(target: Json | None = None, *ephemeral: Json, state: str = "running", **spec: Any) -> Json:
    """A pod with the container `app`, and debug containers in a state."""
    app = {"name": "app", "image": "distroless/app:1", **(target or {})}
    return {
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "containers": [{"name": "side", "image": "side:1", "volumeMounts": [OTHER]}, app],
            "initContainers": [{"name": "setup", "image": "setup:1", "volumeMounts": [DATA]}],
            "ephemeralContainers": list(ephemeral),
            **spec,
        },
        "status": {
            "phase": "Running",
            "ephemeralContainerStatuses": [
                {"name": each["name"], "state": {state: {"startedAt": f"2026-03-01T12:00:{second:02d}Z"}}}
                for second, each in enumerate(ephemeral)
            ],
        },
    }


def plan(document: Json, profile: str = DEFAULT_PROFILE, *, target: str = "app", joins: bool = True) -> Planned:
    return planned(document, target, "debugger-1", "busybox:1", profile, joins=joins)


def test_a_debug_container_idles_in_the_processes_of_its_target_and_has_nothing_that_the_api_refuses() -> None:
    refused = {"ports": [{"containerPort": 80}], "livenessProbe": {}, "resources": {"limits": {"cpu": "1"}}}
    assert plan(pod({**refused, "lifecycle": {}, "command": ["/app"], "workingDir": "/srv"})).document == {
        "name": "debugger-1",
        "image": "busybox:1",
        "command": list(IDLE),
        "stdin": True,
        "targetContainerName": "app",
        "securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}},
    }


def test_without_a_process_to_join_it_targets_none() -> None:
    assert "targetContainerName" not in plan(pod(), joins=False).document


@pytest.mark.parametrize(
    ("profile", "security"),
    [
        ("general", {"capabilities": {"add": ["SYS_PTRACE"]}}),
        ("baseline", None),
        ("restricted", RESTRICTED),
        ("netadmin", {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}}),
        ("sysadmin", {"privileged": True}),
    ],
)
def test_the_profiles_are_kubectls(profile: str, security: Json | None) -> None:
    assert plan(pod(), profile).document.get("securityContext") == security


@pytest.mark.parametrize(
    ("own", "everyones", "user"),
    [
        ({"runAsUser": 1000, "runAsGroup": 2000}, {}, {"runAsUser": 1000, "runAsGroup": 2000}),
        ({"runAsUser": 1000}, {"runAsUser": 1000}, {}),
        ({"runAsUser": 0}, {}, {}),
        ({}, {"runAsUser": 1000}, {}),
    ],
)
def test_the_restricted_profile_takes_the_targets_own_user(own: Json, everyones: Json, user: Json) -> None:
    document = pod({"securityContext": own}, securityContext=everyones)
    assert plan(document, "restricted").document["securityContext"] == {**RESTRICTED, **user}
    assert "runAsUser" not in plan(document, "general").document["securityContext"]


@pytest.mark.parametrize(
    ("mount", "profile", "gets", "left_out"),
    [
        (DATA, "general", DATA, ()),
        ({**DATA, "mountPath": "/usr/share/data"}, "general", {**DATA, "mountPath": "/usr/share/data"}, ()),
        (
            {**DATA, "subPath": "a"},
            "general",
            None,
            ("volume data at /data (a subPath, which an ephemeral container may not have)",),
        ),
        (
            {**DATA, "subPathExpr": "$(A)"},
            "general",
            None,
            ("volume data at /data (a subPath, which an ephemeral container may not have)",),
        ),
        (
            {**DATA, "mountPath": "/usr/bin/"},
            "general",
            None,
            ("volume data at /usr/bin/ (it would hide the debug image's programs)",),
        ),
        (
            {**DATA, "mountPropagation": "Bidirectional"},
            "general",
            {**DATA, "mountPropagation": "HostToContainer"},
            (),
        ),
        (
            {**DATA, "mountPropagation": "Bidirectional"},
            "sysadmin",
            {**DATA, "mountPropagation": "Bidirectional"},
            (),
        ),
    ],
)
def test_a_mount_is_the_targets_where_an_ephemeral_container_may_have_it(
    mount: Json, profile: str, gets: Json | None, left_out: tuple[str, ...]
) -> None:
    found = plan(pod({"volumeMounts": [mount]}), profile)
    assert found.document.get("volumeMounts") == ([gets] if gets else None)
    assert found.left_out == left_out


def test_an_init_containers_mounts_are_found_as_well() -> None:
    assert plan(pod(), target="setup").document["volumeMounts"] == [DATA]


def test_a_secret_stays_a_reference() -> None:
    secret = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
    everything = [{"secretRef": {"name": "all"}, "prefix": "X_"}, {"configMapRef": {"name": "cm", "optional": True}}]
    found = plan(pod({"env": [secret], "envFrom": everything})).document
    assert (found["env"], found["envFrom"]) == ([secret], everything)


def test_a_limit_in_the_environment_stays_the_targets() -> None:
    limit = {"name": "LIMIT", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "0"}}}
    [variable] = plan(pod({"env": [limit]})).document["env"]
    assert variable["valueFrom"]["resourceFieldRef"]["containerName"] == "app"


@pytest.mark.parametrize("name", ["PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "ENV", "BASH_ENV"])
def test_a_variable_that_would_break_the_debug_images_programs_is_left_out(name: str) -> None:
    found = plan(pod({"env": [{"name": name, "value": "/app"}, {"name": "KEPT", "value": "1"}]}))
    assert found.document["env"] == [{"name": "KEPT", "value": "1"}]
    assert found.left_out == (f"the variable {name} (the debug image has its own)",)


@pytest.mark.parametrize(
    ("user", "profile", "vain"),
    [
        (1000, "general", ("SYS_PTRACE",)),
        (1000, "netadmin", ("NET_ADMIN", "NET_RAW")),
        (1000, "baseline", ()),
        (1000, "restricted", ()),
        (0, "general", ()),
        (None, "general", ()),
    ],
)
def test_capabilities_are_added_in_vain_to_a_pod_of_a_plain_user(
    user: int | None, profile: str, vain: tuple[str, ...]
) -> None:
    document = pod(securityContext={} if user is None else {"runAsUser": user})
    assert ineffective(document, plan(document, profile)) == vain


@pytest.mark.parametrize(
    ("spec", "shares"),
    [
        ({}, False),
        ({"shareProcessNamespace": False}, False),
        ({"shareProcessNamespace": True}, True),
        ({"hostPID": True}, True),
    ],
)
def test_the_target_is_not_process_1_where_processes_are_shared(spec: Json, shares: bool) -> None:
    assert shares_processes(pod(**spec)) is shares


KUBECTLS: Json = {"name": "debugger-k", "image": "busybox:1", "targetContainerName": "app"}
OWN: Json = {**KUBECTLS, "volumeMounts": [DATA], "securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}}}
ENV = [{"name": "A", "value": "1"}]


@pytest.mark.parametrize(
    ("ephemeral", "image", "profile", "found"),
    [
        ([OWN], "", "", ("debugger-k", ())),
        ([OWN], "busybox:1", "general", ("debugger-k", ())),
        ([OWN], "netshoot:1", "", None),
        ([OWN], "", "netadmin", None),
        ([KUBECTLS], "", "baseline", ("debugger-k", ("/data",))),
        ([KUBECTLS], "", "general", None),
        ([{**OWN, "securityContext": {**RESTRICTED, "runAsUser": 7}}], "", "restricted", ("debugger-k", ())),
        ([{**OWN, "targetContainerName": "side"}], "", "", None),
        ([{**OWN, "targetContainerName": ""}], "", "", None),
        ([], "", "", None),
        ([OWN, {**OWN, "name": "newer"}], "", "", ("newer", ())),
        ([OWN, {**KUBECTLS, "name": "newer"}], "", "", ("debugger-k", ())),
    ],
)
def test_a_debug_container_is_entered_again_unless_something_else_was_asked_for(
    ephemeral: list[Json], image: str, profile: str, found: tuple[str, tuple[str, ...]] | None
) -> None:
    document = pod({"volumeMounts": [DATA]}, *ephemeral)
    again = reusable(document, parse_pod(document), plan(document, profile or DEFAULT_PROFILE), image, profile)
    assert (again and (again.container.name, again.lacks)) == found


@pytest.mark.parametrize("state", ["waiting", "terminated"])
def test_only_one_that_runs_is_entered_again(state: str) -> None:
    document = pod({"volumeMounts": [DATA]}, OWN, state=state)
    assert reusable(document, parse_pod(document), plan(document), "", "") is None


def test_one_without_the_targets_environment_is_said_to_lack_it() -> None:
    document = pod({"env": ENV}, KUBECTLS)
    again = reusable(document, parse_pod(document), plan(document), "", "")
    assert again is not None
    assert again.lacks == ("its environment",)
    document = pod({"env": ENV}, {**KUBECTLS, "env": ENV})
    again = reusable(document, parse_pod(document), plan(document), "", "")
    assert again is not None
    assert again.lacks == ()


def test_without_a_process_to_join_only_one_with_the_same_volumes_is_the_targets() -> None:
    stray = {"name": "stray", "image": "busybox:1"}
    for ephemeral, name in ((stray, None), ({**stray, "volumeMounts": [DATA]}, "stray"), (OWN, None)):
        document = pod({"volumeMounts": [DATA]}, ephemeral)
        again = reusable(document, parse_pod(document), plan(document, joins=False), "", "")
        assert (again and again.container.name) == name


def test_every_profile_can_be_compared_with_what_the_api_stores() -> None:
    for profile in PROFILES:
        ephemeral = plan(pod({"volumeMounts": [DATA]}), profile).document
        document = pod({"volumeMounts": [DATA]}, ephemeral)
        assert reusable(document, parse_pod(document), plan(document, profile), "busybox:1", profile) is not None
