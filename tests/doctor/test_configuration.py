"""What a container's configuration needs and doesn't find: which object, which key, which variable."""

from typing import Any

import pytest

from kubectl_mc.doctor.case import Known, Presence
from kubectl_mc.doctor.finding import Certainty, Grade
from tests.doctor.cases import MISSING, case, found, primary
from tests.pods import Json, container, pod, running, waiting


def configured(message: str, reason: str = "CreateContainerConfigError", **spec: Any) -> Json:
    """A pod whose container app can't be created, beside one that runs."""
    return pod(
        container("app", waiting(reason, message), **spec),
        container("side", running(), ready=True, started=True),
        phase="Pending",
        conditions={"Ready": "False"},
    )


def variable(kind: str, name: str, key: str, **more: Any) -> Json:
    return {"name": "COLOUR", "valueFrom": {f"{kind}KeyRef": {"name": name, "key": key, **more}}}


@pytest.mark.parametrize(
    ("spec", "said", "kind", "id_", "words", "at"),
    [
        (
            {"env": [variable("configMap", "settings", "colour")]},
            'configmap "settings" not found',
            "ConfigMap",
            "config-missing",
            "ConfigMap settings doesn't exist; app takes its variable COLOUR from it, so it can't be created",
            "spec.containers[0].env[0].valueFrom.configMapKeyRef",
        ),
        (
            {"env": [variable("secret", "settings", "colour")]},
            'secrets "settings" not found',
            "Secret",
            "secret-missing",
            "Secret settings doesn't exist; app takes its variable COLOUR from it, so it can't be created",
            "spec.containers[0].env[0].valueFrom.secretKeyRef",
        ),
        (
            {
                "envFrom": [
                    {"configMapRef": {"name": "other", "optional": True}},
                    {"configMapRef": {"name": "settings"}},
                ]
            },
            'configmap "settings" not found',
            "ConfigMap",
            "config-missing",
            "ConfigMap settings doesn't exist; app takes its environment (envFrom) from it, so it can't be created",
            "spec.containers[0].envFrom[1].configMapRef",
        ),
        (
            {"envFrom": [{"secretRef": {"name": "settings"}}], "env": [variable("secret", "settings", "colour")]},
            'secret "settings" not found',
            "Secret",
            "secret-missing",
            "app takes its variable COLOUR and its environment (envFrom) from it",
            "spec.containers[0].env[0].valueFrom.secretKeyRef",
        ),
    ],
)
@pytest.mark.parametrize(("known", "certainty"), [(MISSING, Certainty.OBSERVED), (None, Certainty.LIKELY)])
def test_an_object_that_is_missing_is_named_with_what_it_is_for(
    spec: Json, said: str, kind: str, id_: str, words: str, at: str, known: Known | None, certainty: Certainty
) -> None:
    objects = {(kind, "settings"): known} if known is not None else {}
    cause = primary(case(configured(said, **spec), objects=objects))

    assert cause is not None
    assert (cause.id, cause.container, cause.certainty, cause.at) == (id_, "app", certainty, at)
    assert words in cause.summary


@pytest.mark.parametrize(("member", "kind"), [("configMap", "ConfigMap"), ("secret", "Secret")])
@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"color", "size"}, "has no key colour (is color meant?); app takes its variable COLOUR from it"),
        ({"user"}, "has no key colour (it has user); app"),
        (set(), "has no key colour, nor any other; app"),
    ],
)
def test_a_key_that_is_missing_is_named_with_what_may_be_meant(
    member: str, kind: str, keys: set[str], words: str
) -> None:
    judged = case(
        configured(f"couldn't find key colour in {kind} shop/settings", env=[variable(member, "settings", "colour")]),
        objects={(kind, "settings"): Known(Presence.THERE, keys=frozenset(keys))},
    )
    cause = primary(judged)

    assert cause is not None
    assert (cause.id, cause.certainty) == ("config-key-missing", Certainty.OBSERVED)
    assert words in cause.summary


def test_what_has_come_meanwhile_is_a_warning() -> None:
    judged = case(
        configured('configmap "settings" not found', envFrom=[{"configMapRef": {"name": "settings"}}]),
        objects={("ConfigMap", "settings"): Known(Presence.THERE, keys=frozenset({"a"}))},
    )
    [finding] = found(judged).values()

    assert (finding.id, finding.grade) == ("config-missing", Grade.WARNING)
    assert "did not exist a moment ago" in finding.summary


def test_an_init_step_that_lacks_it_is_the_guilty_one() -> None:
    judged = case(
        pod(
            container("app", waiting("PodInitializing")),
            init=[
                container(
                    "setup",
                    waiting("CreateContainerConfigError", 'configmap "settings" not found'),
                    envFrom=[{"configMapRef": {"name": "settings"}}],
                )
            ],
            phase="Pending",
            conditions={"Initialized": "False"},
        ),
        objects={("ConfigMap", "settings"): MISSING},
    )
    cause = primary(judged)

    assert cause is not None
    assert (cause.id, cause.container) == ("config-missing", "setup")
    assert "app has not started" in cause.consequences


@pytest.mark.parametrize(
    ("said", "spec", "words", "at"),
    [
        (
            "container has runAsNonRoot and image will run as root (pod: ..., container: app)",
            {"securityContext": {"runAsNonRoot": True}},
            "its image runs as root and no runAsUser says otherwise",
            "spec.containers[0].securityContext.runAsUser",
        ),
        (
            "container's runAsUser breaks non-root policy (pod: ..., container: app)",
            {"securityContext": {"runAsUser": 0, "runAsNonRoot": True}},
            "runAsUser is 0, which is root",
            "spec.containers[0].securityContext.runAsUser",
        ),
        (
            "container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root",
            {"securityContext": {"runAsNonRoot": True}},
            "its image's user is the name nginx, which may be root: only a number would show that it isn't",
            "spec.containers[0].securityContext.runAsUser",
        ),
    ],
)
def test_a_container_that_would_run_as_root_says_what_makes_it_so(said: str, spec: Json, words: str, at: str) -> None:
    cause = primary(case(configured(said, **spec)))

    assert cause is not None
    assert (cause.id, cause.container, cause.at) == ("run-as-non-root", "app", at)
    assert words in cause.summary


def test_any_other_refusal_of_the_kubelet_is_told_in_its_words() -> None:
    cause = primary(case(configured("missing value for NOPE")))

    assert cause is not None
    assert cause.id == "start-error"
    assert "app can't be created: missing value for NOPE" in cause.summary


def test_what_is_optional_keeps_nobody() -> None:
    document = configured("")
    document["status"]["containerStatuses"][0].update({"state": running(), "ready": True, "started": True})
    document["spec"]["containers"][0]["envFrom"] = [{"configMapRef": {"name": "settings", "optional": True}}]
    document["status"]["phase"] = "Running"

    assert found(case(document, objects={("ConfigMap", "settings"): MISSING})) == {}
