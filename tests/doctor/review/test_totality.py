"""The review is total: whatever stands where something else belongs, it finds what it finds and never fails."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from kubectl_mc.doctor.review.review import review
from kubectl_mc.doctor.review.workload import Around, workload
from kubectl_mc.model.pod import Pod

_RICH: dict[str, Any] = {
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {
                "labels": {"app": "wep"},
                "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": "9"},
            },
            "spec": {
                "shareProcessNamespace": True,
                "securityContext": {"runAsUser": 1000},
                "terminationGracePeriodSeconds": 5,
                "initContainers": [
                    {
                        "name": "setup",
                        "image": "busybox",
                        "command": ["sh", "-c", "wget http://localhost:8080/x; curl -o /data/x http://db"],
                        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
                        "livenessProbe": {"exec": {"command": ["a"]}},
                        "resources": {"requests": {"cpu": "3"}},
                    },
                    {"name": "proxy", "image": "envoy:1", "restartPolicy": "Always", "ports": [{"containerPort": 81}]},
                ],
                "containers": [
                    {
                        "name": "app",
                        "image": "app:latest",
                        "command": ["sh", "-c", "redis-server & python app.py --port=8080"],
                        "args": ["--db=$(DB)", "--password", "x"],
                        "env": [
                            {"name": "DB_HOST", "value": "localhost"},
                            {"name": "DB_PORT", "value": "81"},
                            {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                        ],
                        "envFrom": [{"configMapRef": {"name": "c"}}],
                        "ports": [{"name": "http", "containerPort": 8080, "hostPort": 80, "hostIP": "10.0.0.1"}],
                        "readinessProbe": {"httpGet": {"path": "/", "port": "web"}, "failureTreshold": 3},
                        "livenessProbe": {"tcpSocket": {"port": 81}},
                        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "60"]}}},
                        "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": True, "subPath": "a"}],
                        "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}},
                        "securityContext": {"runAsUser": 0},
                    },
                    {
                        "name": "log",
                        "image": "fluentd",
                        "ports": [{"name": "http", "containerPort": 8080}],
                        "volumeMounts": [{"name": "missing", "mountPath": "/l"}],
                    },
                ],
                "volumes": [
                    {"name": "data", "emptyDir": {}},
                    {"name": "conf", "configMap": {"name": "c", "items": [{"key": "a", "path": "b"}]}},
                    {"name": "host", "hostPath": {"path": "/srv"}},
                ],
            },
        },
    },
}
_JUNK: tuple[Any, ...] = (
    None, True, 10**30, "", "$(", [], {}, [None], [{}], ["sh", "-c", "; && | ) ( } done"], ["sleep", ""],
)  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _paths(child, (*path, key))


@pytest.mark.parametrize("junk", _JUNK, ids=repr)
def test_junk_anywhere_in_a_manifest_is_no_failure(junk: object) -> None:
    around = Around.of([("ConfigMap", {"metadata": {"name": "c"}, "data": {"b": "1"}}), ("Secret", {"data": junk})])
    for path in _paths(_RICH):
        document = copy.deepcopy(_RICH)
        parent = document
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = copy.deepcopy(junk)
        work = workload(document, "Deployment", "web", around)
        assert work is not None

        assert isinstance(work.pod, Pod)
        for finding in review(work):
            assert isinstance(finding.summary, str), path
