"""A pod's spec, read with the place of each part in its document."""

from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.spec import Reference, Role, Security
from tests.pods import Json, container, pod, sidecar


def _with(spec: Json, *apps: Json) -> Json:
    document = pod(*(container(app.pop("name"), **app) for app in apps), init=[sidecar("proxy")])
    document["spec"].update(spec)
    return document


def test_each_part_knows_where_it_stands() -> None:
    ports = [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP", "name": "dns", "hostPort": 5353}]
    mounts = [{"name": "data", "mountPath": "/data"}]
    probe = {"httpGet": {"port": "http", "host": "127.0.0.1"}, "initialDelaySeconds": 30, "periodSeconds": 5}
    read = parse_pod(
        _with({}, {"name": "a"}, {"name": "b", "ports": ports, "volumeMounts": mounts, "livenessProbe": probe})
    )
    proxy, first, second = (each.spec for each in read.containers)

    assert (proxy.at, proxy.role) == ("spec.initContainers[0]", Role.SIDECAR)
    assert first.at == "spec.containers[0]"
    assert second.ports[1].at == "spec.containers[1].ports[1]"
    assert (second.port("dns"), second.port("80")) == (second.ports[1], second.ports[0])
    assert second.ports[1].host_port == 5353
    assert second.mounts[0].at == "spec.containers[1].volumeMounts[0]"
    liveness = second.probe("liveness")
    assert liveness is not None
    assert (liveness.at, liveness.port, liveness.host) == ("spec.containers[1].livenessProbe", "http", "127.0.0.1")
    assert liveness.budget == 30 + 5 * 3


def test_what_an_environment_needs_is_known_by_object_and_key() -> None:
    env = [
        {"name": "PLAIN", "value": "1"},
        {"name": "URL", "valueFrom": {"secretKeyRef": {"name": "db", "key": "url"}}},
        {"name": "LEVEL", "valueFrom": {"configMapKeyRef": {"name": "app", "key": "level", "optional": True}}},
    ]
    [_, app] = parse_pod(
        _with({}, {"name": "app", "env": env, "envFrom": [{"configMapRef": {"name": "all"}}]})
    ).containers

    assert app.spec.references == (
        Reference("Secret", "db", "url", False, "spec.containers[0].env[1].valueFrom.secretKeyRef"),
        Reference("ConfigMap", "app", "level", True, "spec.containers[0].env[2].valueFrom.configMapKeyRef"),
        Reference("ConfigMap", "all", "", False, "spec.containers[0].envFrom[0].configMapRef"),
    )


def test_what_volumes_need_is_known_by_object_and_key() -> None:
    volumes = [
        {"name": "cfg", "configMap": {"name": "app", "items": [{"key": "a", "path": "a"}]}},
        {"name": "tls", "secret": {"secretName": "tls", "optional": True}},
        {"name": "all", "projected": {"sources": [{"downwardAPI": {}}, {"secret": {"name": "token"}}]}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "uploads"}},
        {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {}}},
    ]
    read = parse_pod(_with({"volumes": volumes}, {"name": "app"}))

    assert [volume.kind for volume in read.shared.volumes] == [
        "configMap", "secret", "projected", "persistentVolumeClaim", "ephemeral",
    ]  # fmt: skip
    assert [volume.references for volume in read.shared.volumes[:3]] == [
        (Reference("ConfigMap", "app", "a", False, "spec.volumes[0].configMap.items[0]"),),
        (Reference("Secret", "tls", "", True, "spec.volumes[1].secret"),),
        (Reference("Secret", "token", "", False, "spec.volumes[2].projected.sources[1].secret"),),
    ]
    assert read.claims == ("uploads", "web-scratch")


def test_who_runs_and_what_is_shared() -> None:
    spec: Json = {
        "securityContext": {"runAsUser": 0, "fsGroup": 2000, "runAsNonRoot": False},
        "shareProcessNamespace": True,
        "terminationGracePeriodSeconds": 60,
        "imagePullSecrets": [{"name": "registry"}],
    }
    read = parse_pod(_with(spec, {"name": "app", "securityContext": {"runAsUser": 1000}}))

    assert read.shared.security == Security(user=0, fs_group=2000, non_root=False)
    assert (read.shared.processes, read.shared.grace, read.shared.pull_secrets) == (True, 60, ("registry",))
    assert read.containers[1].spec.security.user == 1000


def test_a_hook_is_worded_like_a_probe() -> None:
    hooks = {"postStart": {"exec": {"command": ["sh", "-c", "warm"]}}, "preStop": {"sleep": {"seconds": 5}}}
    [_, app] = parse_pod(_with({}, {"name": "app", "lifecycle": hooks})).containers

    assert [(hook.kind, hook.action, hook.sleep) for hook in app.spec.hooks] == [
        ("postStart", "exec [sh -c warm]", 0),
        ("preStop", "sleep 5s", 5),
    ]
    assert app.spec.hooks[1].at == "spec.containers[0].lifecycle.preStop"
