"""Who writes and who reads a volume, by what the spec says."""

from typing import Any

import pytest

from kubectl_mc.model.coupling.coupled import coupling
from kubectl_mc.model.coupling.paths import Sure
from kubectl_mc.model.coupling.sharing import SharedVolume
from kubectl_mc.model.parsing import parse_pod
from tests.pods import container, pod


def _volume(*apps: Any, **volume: Any) -> SharedVolume:
    document = pod(*apps)
    document["spec"]["volumes"] = [{"name": "data", **(volume or {"emptyDir": {}})}]
    [found] = coupling(parse_pod(document)).volumes
    return found


def _mounted(name: str = "app", path: str = "/data", *, mount: dict[str, Any] | None = None, **spec: Any) -> Any:
    return container(name, volumeMounts=[{"name": "data", "mountPath": path, **(mount or {})}], **spec)


def _sh(script: str) -> dict[str, Any]:
    return {"command": ["sh", "-c", script]}


SAID: list[tuple[dict[str, Any], str, str]] = [
    (_sh("echo x >> /data/x"), "writes", "echo >> /data/x"),
    (_sh("echo x | tee -a /data/x"), "writes", "tee -a /data/x"),
    (_sh("cp /etc/x /data/"), "writes", "cp /etc/x /data/"),
    (_sh("cp /data/x /etc/"), "reads", "cp /data/x /etc/"),
    (_sh("curl -o /data/app.conf https://config/app.conf"), "writes", "curl -o /data/app.conf https://config/app.conf"),
    (_sh("wget -q -O /data/x http://x"), "writes", "wget -q -O /data/x http://x"),
    (_sh("mkdir -p /data/a && chown -R 1000 /data"), "writes", "mkdir -p /data/a"),
    (_sh("tar -xzf /tmp/a.tgz -C /data"), "writes", "tar -xzf /tmp/a.tgz -C /data"),
    (_sh("tar -czf /tmp/a.tgz /data"), "reads", "tar -czf /tmp/a.tgz /data"),
    (_sh("sed -i s/a/b/ /data/x"), "writes", "sed -i s/a/b/ /data/x"),
    (_sh("sed s/a/b/ /data/x"), "reads", "sed s/a/b/ /data/x"),
    (_sh("tail -F /data/x.log"), "reads", "tail -F /data/x.log"),
    (_sh("envsubst < /data/in > /tmp/out"), "reads", "envsubst < /data/in"),
    (_sh("cat /data/a; date > /data/b"), "writes and reads", "date > /data/b"),
    ({"command": ["git", "clone", "https://me:hunter2@git/x", "/data"]}, "writes", "git clone https://***@git/x /data"),
    ({"args": ["--storage.path=/data"]}, "writes", "--storage.path=/data"),
    ({"args": ["--config=/data/app.yaml"]}, "reads", "--config=/data/app.yaml"),
    ({"env": [{"name": "LOG_FILE", "value": "/data/app.log"}]}, "writes", "LOG_FILE=/data/app.log"),
    (_sh("echo x > /database/x"), "may write", ""),
    ({}, "may write", ""),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "verb", "said"), SAID)
def test_a_command_says_what_it_does_with_a_volume(spec: dict[str, Any], verb: str, said: str) -> None:
    [use] = _volume(_mounted(**spec)).uses

    assert (use.verb, use.said) == (verb, said)


@pytest.mark.parametrize(
    ("volume", "mount", "said"),
    [
        ({"emptyDir": {}}, {"readOnly": True}, "readOnly"),
        ({"configMap": {"name": "c"}}, {}, "a configMap can only be read"),
        ({"secret": {"secretName": "c"}}, {}, "a secret can only be read"),
    ],
)
def test_what_cannot_be_written_is_read(volume: dict[str, Any], mount: dict[str, Any], said: str) -> None:
    [use] = _volume(_mounted(mount=mount, **_sh("echo x > /data/x")), **volume).uses

    assert (use.writes, use.verb, use.said, use.at) == (Sure.NO, "reads", said, "spec.containers[0].volumeMounts[0]")


def test_the_deepest_mount_is_the_one_that_is_written() -> None:
    mounts = [{"name": "data", "mountPath": "/data"}, {"name": "logs", "mountPath": "/data/logs"}]
    document = pod(container("app", volumeMounts=mounts, **_sh("date > /data/logs/x")))
    document["spec"]["volumes"] = [{"name": "data", "emptyDir": {}}, {"name": "logs", "emptyDir": {}}]

    assert [volume.uses[0].verb for volume in coupling(parse_pod(document)).volumes] == ["may write", "writes"]


@pytest.mark.parametrize(
    ("one", "other", "shared"), [("", "", True), ("a", "b", False), ("a", "a/b", True), ("a", "", True)]
)
def test_sub_paths_that_do_not_meet_share_nothing(one: str, other: str, shared: bool) -> None:
    volume = _volume(_mounted("a", mount={"subPath": one}), _mounted("b", mount={"subPath": other}))

    assert volume.shared is shared


def test_a_volume_that_one_container_mounts_twice_is_not_shared() -> None:
    mounts = [{"name": "data", "mountPath": "/a"}, {"name": "data", "mountPath": "/b"}]

    assert not _volume(container("app", volumeMounts=mounts)).shared


def test_the_token_that_every_container_has_couples_nothing() -> None:
    mounts = [{"name": "kube-api-access-x7abc", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]
    document = pod(container("a", volumeMounts=mounts), container("b", volumeMounts=mounts))
    document["spec"]["volumes"] = [{"name": "kube-api-access-x7abc", "projected": {"sources": []}}]

    assert coupling(parse_pod(document)).volumes == ()


def test_unused_and_missing_volumes_are_there_too() -> None:
    document = pod(container("app", volumeMounts=[{"name": "lost", "mountPath": "/x"}]))
    document["spec"]["volumes"] = [{"name": "idle", "emptyDir": {}}]
    idle, lost = coupling(parse_pod(document)).volumes

    assert (idle.name, idle.uses) == ("idle", ())
    assert (lost.name, lost.kind, lost.uses[0].container) == ("lost", "", "app")
