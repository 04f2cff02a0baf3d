"""A volume that can't be had holds all containers back, also those that don't mount it."""

from collections.abc import Sequence
from typing import Any

import pytest

from kubectl_mc.doctor.case import Known, Presence
from kubectl_mc.doctor.finding import Certainty, Grade
from tests.doctor.cases import MISSING, case, event, found, primary
from tests.pods import Json, container, pod, running, waiting

CREATING = waiting("ContainerCreating")


def creating(*volumes: Json, mounting: Sequence[str] = ("app",), **status: Any) -> Json:
    """A pod with the containers app and side, none of which has been created."""
    mounts = [{"name": volume["name"], "mountPath": f"/{volume['name']}"} for volume in volumes]
    document = pod(
        *(container(n, CREATING, volumeMounts=mounts if n in mounting else []) for n in ("app", "side")),
        phase="Pending",
        conditions={"PodScheduled": "True", "Ready": "False"},
    )
    document["spec"]["volumes"] = list(volumes)
    document["status"].update(status)
    return document


def of(kind: str, **source: Any) -> Json:
    return {"name": "data", kind: source}


def failed(said: str, reason: str = "FailedMount", **more: Any) -> Any:
    return event(reason, said, **more)


_SETUP = 'MountVolume.SetUp failed for volume "data" : '


@pytest.mark.parametrize(
    ("volume", "said", "kind"),
    [
        (of("configMap", name="tls"), 'configmap "tls" not found', "ConfigMap"),
        (of("secret", secretName="tls"), 'secret "tls" not found', "Secret"),
        (of("secret", secretName="tls"), 'secrets "tls" not found', "Secret"),
        (of("projected", sources=[{"secret": {"name": "tls"}}]), '[secret "tls" not found]', "Secret"),
    ],
)
@pytest.mark.parametrize(("known", "certainty"), [(MISSING, Certainty.OBSERVED), (None, Certainty.LIKELY)])
def test_what_a_volume_needs_and_is_not_there_is_named_with_who_mounts_it(
    volume: Json, said: str, kind: str, known: Known | None, certainty: Certainty
) -> None:
    objects = {(kind, "tls"): known} if known is not None else {}
    cause = primary(case(creating(volume), failed(_SETUP + said), objects=objects))

    assert cause is not None
    assert (cause.id, cause.container, cause.certainty) == ("volume-missing", "app", certainty)
    assert (
        cause.summary == f"{kind} tls doesn't exist; volume data of app needs it, so none of the containers is created"
    )
    assert "side waits for it too, without mounting it" in cause.consequences
    assert not any("started" in text for text in cause.consequences), "nobody has, as the sentence says"
    assert cause.at.startswith("spec.volumes[0]")


def test_no_event_is_needed_where_the_object_was_looked_for() -> None:
    judged = case(creating(of("configMap", name="tls")), objects={("ConfigMap", "tls"): MISSING})

    assert list(found(judged)) == ["volume-missing"]


def test_what_is_optional_may_be_missing() -> None:
    optional = case(creating(of("configMap", name="tls", optional=True)), objects={("ConfigMap", "tls"): MISSING})

    assert found(optional) == {}


def test_a_volume_that_nobody_mounts_holds_the_pod_back_as_well() -> None:
    judged = case(creating(of("configMap", name="tls"), mounting=()), objects={("ConfigMap", "tls"): MISSING})
    cause = primary(judged)

    assert cause is not None
    assert cause.container == ""
    assert "although no container mounts it" in cause.summary


@pytest.mark.parametrize(
    ("volume", "said", "kind"),
    [
        (
            of("configMap", name="settings", items=[{"key": "colour", "path": "c"}]),
            "configmap references non-existent config key: colour",
            "ConfigMap",
        ),
        (
            of("projected", sources=[{"secret": {"name": "settings", "items": [{"key": "colour", "path": "c"}]}}]),
            "references non-existent secret key: colour",
            "Secret",
        ),
    ],
)
def test_a_key_that_is_missing_is_named_with_those_that_are_there(volume: Json, said: str, kind: str) -> None:
    known = Known(Presence.THERE, keys=frozenset({"color", "size"}))
    cause = primary(case(creating(volume), failed(_SETUP + said), objects={(kind, "settings"): known}))

    assert cause is not None
    assert cause.id == "volume-missing"
    assert f"{kind} settings has no key colour (it has color and size); volume data of app" in cause.summary


def test_an_object_that_has_come_meanwhile_is_no_error_any_more() -> None:
    judged = case(
        creating(of("secret", secretName="tls")),
        failed(_SETUP + 'secret "tls" not found'),
        objects={("Secret", "tls"): Known(Presence.THERE, keys=frozenset({"tls.crt"}))},
    )
    [finding] = found(judged).values()

    assert finding.grade is Grade.WARNING
    assert "Secret tls: exists; the kubelet tries again within two minutes" in finding.evidence


def test_containers_that_run_have_their_volumes_whatever_an_old_event_says() -> None:
    document = creating(of("secret", secretName="tls"))
    for status in document["status"]["containerStatuses"]:
        status["state"] = running()
        status["ready"] = status["started"] = True

    assert found(case(document, failed(_SETUP + 'secret "tls" not found'))) == {}


@pytest.mark.parametrize("reason", ["Pulling", "Pulled"])
def test_a_pod_whose_images_are_pulled_has_its_volumes(reason: str) -> None:
    pulling = event(reason, 'image "app:1"', "app", seconds=5, type_="Normal")
    judged = case(
        creating(of("secret", secretName="tls")), failed(_SETUP + 'secret "tls" not found', seconds=60), pulling
    )

    assert found(judged) == {}


def test_a_claim_that_does_not_exist_is_the_cause_and_not_the_scheduler() -> None:
    document = creating(of("persistentVolumeClaim", claimName="uploads"))
    document["spec"]["nodeName"] = ""
    document["status"]["conditions"] = [
        {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": '0/1 nodes are available: persistentvolumeclaim "uploads" not found. not found',
        }
    ]
    findings = found(case(document, objects={("PersistentVolumeClaim", "uploads"): MISSING}))

    assert list(findings) == ["volume-missing"]
    assert findings["volume-missing"].container == "app"
    assert findings["volume-missing"].summary == (
        "the claim uploads doesn't exist; volume data of app needs it, so no node can be chosen for the pod"
    )


@pytest.mark.parametrize(
    ("event_", "words"),
    [
        (
            failed(_SETUP + "hostPath type check failed: /no/such is not a directory"),
            "volume data of app can't be mounted: hostPath type check failed: /no/such is not a directory; none",
        ),
        (
            failed(
                _SETUP + "mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs a:/x /y\n"
                "Output: mount.nfs: Connection timed out\n"
            ),
            "can't be mounted: mount.nfs: Connection timed out;",
        ),
        (
            failed(
                'MountVolume.MountDevice failed for volume "pvc-1" : rpc error: code = Internal desc = wrong fs type',
            ),
            "volume data of app can't be mounted: wrong fs type;",
        ),
        (
            failed(
                'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node and '
                "can't be attached to another",
                "FailedAttachVolume",
            ),
            "volume data of app can't be attached to the node, since it is attached to another node;",
        ),
        (
            failed(
                'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-0', "FailedAttachVolume"
            ),
            "since it is attached to another node, for web-0;",
        ),
        (
            failed(
                'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = NotFound desc = Instance not found',
                "FailedAttachVolume",
            ),
            "volume data of app can't be attached to the node: Instance not found;",
        ),
        (
            failed(
                "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data kube-api]: "
                "timed out waiting for the condition"
            ),
            "volume data of app can't be mounted in time, and nothing says why;",
        ),
    ],
)
def test_a_volume_that_is_there_and_cannot_be_mounted_says_why(event_: Any, words: str) -> None:
    cause = primary(case(creating(of("persistentVolumeClaim", claimName="uploads")), event_))

    assert cause is not None
    assert (cause.id, cause.container) == ("volume-mount-failed", "app")
    assert words in cause.summary


def test_a_timeout_is_not_told_beside_its_reason() -> None:
    timeout = failed(
        "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[]: timed out waiting for the "
        "condition",
        seconds=5,
    )
    reason = failed(_SETUP + "hostPath type check failed: /no/such is not a directory", seconds=60)
    findings = case(creating(of("hostPath", path="/no/such")), reason, timeout)

    assert "hostPath type check failed" in found(findings)["volume-mount-failed"].summary


def test_a_missing_object_is_not_told_twice_by_the_timeout_that_follows() -> None:
    timeout = failed(
        "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[]: timed out waiting for the "
        "condition",
        seconds=5,
    )
    judged = case(creating(of("configMap", name="tls")), timeout, objects={("ConfigMap", "tls"): MISSING})

    assert list(found(judged)) == ["volume-missing"]
