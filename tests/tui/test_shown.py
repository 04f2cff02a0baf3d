"""A pod's document shows no secret that somebody wrote into it, and all else as it is."""

from typing import Any

import pytest

from kubectl_mc.model.secrecy import MASK
from kubectl_mc.tui.shown import shown_document


def _container(**fields: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "app", **fields}]}}


@pytest.mark.parametrize(
    "document",
    [
        _container(env=[{"name": "DB_PASSWORD", "value": "hunter2"}]),
        _container(env=[{"name": "DB_URL", "value": "postgres://app:hunter2@db/app"}]),
        _container(env=[{"name": "OPTIONS", "value": "--password=hunter2 -v"}]),
        _container(args=["--password=hunter2"]),
        _container(args=["--password", "hunter2"]),
        _container(command=["sh", "-c", "export TOKEN=hunter2; run"]),
        _container(livenessProbe={"exec": {"command": ["redis-cli", "--password", "hunter2", "ping"]}}),
        _container(livenessProbe={"httpGet": {"httpHeaders": [{"name": "Authorization", "value": "Bearer hunter2"}]}}),
        _container(livenessProbe={"httpGet": {"httpHeaders": [{"name": "X-Api-Key", "value": "hunter2"}]}}),
        {"metadata": {"annotations": {"example.com/api-token": "hunter2"}}},
        {"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": '{"x": "hunter2"}'}}},
        {"status": {"containerStatuses": [{"state": {"waiting": {"message": "bad password=hunter2 given"}}}]}},
    ],
    ids=str,
)
def test_secrets_are_covered(document: dict[str, Any]) -> None:
    shown = str(shown_document(document))
    assert "hunter2" not in shown
    assert MASK in shown


def test_all_else_is_shown_as_it_is() -> None:
    document = {
        "metadata": {"name": "web", "annotations": {"checksum/config": "abc"}, "labels": {"app": "web"}},
        **_container(
            args=["--port", "8080"],
            env=[
                {"name": "MODE", "value": "fast"},
                {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                {"name": "DB_PASSWORD_FILE", "value": "/run/secrets/db"},
            ],
        ),
        "status": {"message": "The node was low on resource: memory."},
    }
    assert shown_document(document) == {"apiVersion": "v1", "kind": "Pod", **document}


def test_the_document_itself_is_left_alone() -> None:
    document = _container(env=[{"name": "DB_PASSWORD", "value": "hunter2"}])
    shown_document(document)
    assert document["spec"]["containers"][0]["env"][0]["value"] == "hunter2"
