"""Images that can't be had: what several runtimes and registries say, and what it comes to."""

from typing import Any

import pytest

from kubectl_mc.doctor.case import Known, Presence
from kubectl_mc.doctor.finding import Certainty, Grade
from tests.doctor.cases import MISSING, case, event, found, primary
from tests.pods import Json, container, ended, pod, running, waiting

IMAGE = "registry.example.com/shop/web:404"
_CONTAINERD = f'failed to pull and unpack image "{IMAGE}": failed to resolve reference "{IMAGE}": '


def pulling(message: str, reason: str = "ImagePullBackOff", *secrets: str, **spec: Any) -> Json:
    """A pod whose container app has no image, beside one that runs."""
    document = pod(
        container("app", waiting(reason, message), **{"image": IMAGE, **spec}),
        container("side", running(), ready=True, started=True),
        phase="Pending",
        conditions={"Ready": "False"},
    )
    document["spec"]["imagePullSecrets"] = [{"name": name} for name in secrets]
    return document


def backing_off(said: str) -> str:
    return f'Back-off pulling image "{IMAGE}": ErrImagePull: {said}'


@pytest.mark.parametrize(
    ("said", "id_", "words"),
    [
        (_CONTAINERD + f"{IMAGE}: not found", "image-not-found", f"the registry has no {IMAGE}"),
        (
            "rpc error: code = Unknown desc = Error response from daemon: manifest for nginx:nope not found: manifest "
            "unknown: manifest unknown",
            "image-not-found",
            "manifest for nginx:nope not found",
        ),
        (
            "rpc error: code = Unknown desc = reading manifest nope in docker.io/library/nginx: manifest unknown",
            "image-not-found",
            "the registry has no",
        ),
        (
            _CONTAINERD + "unexpected status from HEAD request to https://r/v2/web/manifests/1: 401 Unauthorized",
            "image-unauthorized",
            f"the registry doesn't let the node have {IMAGE}",
        ),
        (
            "rpc error: code = Unknown desc = Error response from daemon: Get https://r/v2/web/manifests/1: no basic "
            "auth credentials",
            "image-unauthorized",
            "no basic auth credentials",
        ),
        (
            _CONTAINERD + "failed to authorize: failed to fetch oauth token: unexpected status: 403 Forbidden",
            "image-unauthorized",
            "403 Forbidden",
        ),
        (
            "rpc error: code = Unknown desc = reading manifest 1 in docker.io/web: toomanyrequests: You have reached "
            "your pull rate limit. You may increase the limit by authenticating",
            "image-pull-failed",
            "a rate limit",
        ),
        (
            "rpc error: code = NotFound desc = failed to pull and unpack image: no match for platform in manifest: not "
            "found",
            "image-wrong-architecture",
            "isn't made for the architecture of node node-1",
        ),
        (
            "choosing image instance: no image found in manifest list for architecture arm64, variant v8, OS linux",
            "image-wrong-architecture",
            "isn't made for the architecture of node node-1",
        ),
        (
            _CONTAINERD + 'failed to do request: Head "https://r/v2/": tls: failed to verify certificate: x509: '
            "certificate signed by unknown authority",
            "image-pull-failed",
            "the node doesn't trust the connection",
        ),
        (
            _CONTAINERD + 'failed to do request: Head "https://r/v2/": dial tcp: lookup r on 10.0.0.1:53: no such host',
            "image-pull-failed",
            "the node can't find the registry",
        ),
        (
            _CONTAINERD + 'failed to do request: Head "https://r/v2/": dial tcp 10.0.0.1:443: i/o timeout',
            "image-pull-failed",
            "the node can't reach the registry",
        ),
        ("write /var/lib/containerd/x: no space left on device", "image-pull-failed", "the node has no room for"),
        ("failed to parse image reference: invalid reference format", "image-invalid-name", "can't be one"),
        ("something that nobody has thought of", "image-pull-failed", "something that nobody has thought of"),
    ],
)
@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff"])
def test_what_is_said_about_a_pull_tells_what_to_do(said: str, id_: str, words: str, reason: str) -> None:
    cause = primary(case(pulling(backing_off(said) if reason == "ImagePullBackOff" else said, reason)))

    assert cause is not None
    assert (cause.id, cause.container) == (id_, "app")
    assert words in cause.summary
    assert cause.at == "spec.containers[0].image"


def test_an_image_for_another_architecture_shows_that_of_the_node() -> None:
    cause = primary(case(pulling("no match for platform in manifest: not found", "ErrImagePull")))

    assert cause is not None
    assert cause.next[0].words == ("get", "node", "node-1", "-L", "kubernetes.io/arch")


def test_the_name_of_an_image_is_not_taken_for_an_answer() -> None:
    cause = primary(case(pulling(_CONTAINERD + "connection refused", "ErrImagePull")))

    assert cause is not None
    assert cause.id == "image-pull-failed"


def test_a_back_off_without_a_reason_takes_the_newest_from_the_events() -> None:
    judged = case(
        pulling(f'Back-off pulling image "{IMAGE}"'),
        event("Failed", f'Failed to pull image "{IMAGE}": rpc error: code = Unknown desc = x: not found', "app"),
        event("Failed", f'Failed to pull image "{IMAGE}": 401 Unauthorized', "app", seconds=600),
        event("Failed", "Error: ImagePullBackOff", "app", seconds=1),
        event("Failed", 'Failed to pull image "other": 429 Too Many Requests', "side", seconds=2),
    )
    cause = primary(judged)

    assert cause is not None
    assert cause.id == "image-not-found"
    assert any(line.startswith("event Failed, 30s ago: Failed to pull image") for line in cause.evidence)


def test_a_name_that_cannot_be_one_is_never_pulled() -> None:
    cause = primary(case(pulling('couldn\'t parse image name "Web"', "InvalidImageName", image="Web")))

    assert cause is not None
    assert cause.id == "image-invalid-name"
    assert "the image name Web can't be one" in cause.summary


def test_an_image_that_may_not_be_pulled_is_missing_on_the_node() -> None:
    cause = primary(
        case(pulling("not present with pull policy of Never", "ErrImageNeverPull", imagePullPolicy="Never"))
    )

    assert cause is not None
    assert cause.id == "image-pull-failed"
    assert f"node node-1 doesn't have {IMAGE}, and imagePullPolicy Never forbids to pull it" in cause.summary
    assert cause.at == "spec.containers[0].imagePullPolicy"


_EITHER = "pull access denied, repository does not exist or may require authorization: insufficient_scope"


def test_a_registry_that_leaves_it_open_is_believed_half_way() -> None:
    cause = primary(case(pulling(backing_off(_EITHER))))

    assert cause is not None
    assert (cause.id, cause.certainty) == ("image-not-found", Certainty.LIKELY)


def test_a_pull_secret_makes_a_private_image_likelier() -> None:
    known = Known(Presence.THERE, type="kubernetes.io/dockerconfigjson")
    cause = primary(case(pulling(backing_off(_EITHER), "ImagePullBackOff", "reg"), objects={("Secret", "reg"): known}))

    assert cause is not None
    assert (cause.id, cause.certainty) == ("image-unauthorized", Certainty.LIKELY)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (MISSING, "the pull secret reg doesn't exist"),
        (
            Known(Presence.THERE, type="Opaque"),
            "the pull secret reg is of type Opaque, not kubernetes.io/dockerconfigjson",
        ),
    ],
)
def test_a_pull_secret_that_is_none_is_the_cause(known: Known, words: str) -> None:
    judged = case(pulling("401 Unauthorized", "ErrImagePull", "reg"), objects={("Secret", "reg"): known})
    cause = primary(judged)

    assert cause is not None
    assert (cause.id, cause.certainty) == ("image-unauthorized", Certainty.OBSERVED)
    assert words in cause.summary


def test_a_pull_secret_that_only_the_kubelet_misses_is_told_as_evidence() -> None:
    said = "Unable to retrieve some image pull secrets (reg); attempting to pull the image may not succeed."
    judged = case(pulling("x: not found", "ErrImagePull", "reg"), event("FailedToRetrieveImagePullSecret", said))
    cause = primary(judged)

    assert cause is not None
    assert cause.id == "image-not-found"
    assert "the kubelet can't read the pull secret reg" in cause.evidence


def test_a_container_that_ran_once_has_its_image() -> None:
    looping = pod(container("app", waiting("CrashLoopBackOff"), restarts=2, last=ended(1, "Error")))
    old = event("Failed", 'Failed to pull image "app:1": not found', "app", seconds=3000)

    assert set(found(case(looping, old))) == {"crashloop"}


def creating(*events: Any) -> dict[str, Any]:
    document = pod(container("app", waiting("ContainerCreating"), image=IMAGE), phase="Pending")
    return found(case(document, *events))


_PULLING = event("Pulling", f'Pulling image "{IMAGE}"', "app", seconds=600, type_="Normal")


def test_a_pull_that_takes_long_is_a_warning() -> None:
    [finding] = creating(_PULLING).values()

    assert (finding.id, finding.container, finding.grade) == ("image-pull-slow", "app", Grade.WARNING)
    assert finding.summary == f"node node-1 has been pulling {IMAGE} for 10m, and app waits for it"


@pytest.mark.parametrize(
    "events",
    [
        (event("Pulling", f'Pulling image "{IMAGE}"', "app", seconds=20, type_="Normal"),),
        (_PULLING, event("Pulled", "Successfully pulled image", "app", seconds=30, type_="Normal")),
        (event("Pulling", 'Pulling image "other"', "side", seconds=600, type_="Normal"),),
    ],
    ids=["just begun", "over", "another's"],
)
def test_a_pull_that_has_just_begun_or_is_over_is_not_slow(events: tuple[Any, ...]) -> None:
    assert "image-pull-slow" not in creating(*events)
