"""Helpers that many pods have are known, and what only looks like one is not taken for it."""

from typing import Any

import pytest

from kubectl_mc.model.coupling.coupled import Coupling, coupling
from kubectl_mc.model.parsing import parse_pod
from tests.pods import Entry, container, pod, sidecar


def _beside(*helpers: Entry, init: tuple[Entry, ...] = (), **app: Any) -> Coupling:
    return coupling(parse_pod(pod(container("shop", image="shop:1", **app), *helpers, init=init)))


def _named(coupled: Coupling, name: str) -> str:
    pattern = coupled.pattern(name)
    assert pattern is not None
    return f"{pattern.shape}, {pattern.kind}"


HELPERS: list[tuple[str, str, dict[str, Any], str]] = [
    ("istio-proxy", "istio/proxyv2:1.23", {"args": ["proxy", "sidecar"]}, "sidecar, service mesh proxy"),
    ("linkerd-proxy", "cr.l5d.io/linkerd/proxy:edge", {}, "sidecar, service mesh proxy"),
    ("envoy", "envoyproxy/envoy:v1.30", {}, "ambassador, proxy"),
    ("cloud-sql-proxy", "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2", {"args": ["--port=5432", "p:r:i"]},
     "ambassador, proxy"),
    ("pooler", "bitnami/pgbouncer", {}, "ambassador, proxy"),
    ("fluent-bit", "fluent/fluent-bit:3.1@sha256:abc", {}, "sidecar, log shipper"),
    ("shipper", "timberio/vector:0.40", {}, "sidecar, log shipper"),
    ("filebeat", "elastic/filebeat:8", {}, "sidecar, log shipper"),
    ("vault-agent", "hashicorp/vault:1.17", {}, "sidecar, secrets agent"),
    ("metrics", "oliver006/redis_exporter:v1", {}, "sidecar, metrics exporter"),
    ("pg", "quay.io/prometheuscommunity/postgres-exporter", {}, "sidecar, metrics exporter"),
    ("oauth2-proxy", "quay.io/oauth2-proxy/oauth2-proxy:v7", {"args": ["--upstream=http://localhost:8080"]},
     "ambassador, authentication proxy"),
    ("kube-rbac-proxy", "brancz/kube-rbac-proxy", {"args": ["--upstream=http://127.0.0.1:8080/"]},
     "ambassador, authentication proxy"),
    ("redis", "redis:7", {}, "sidecar, cache"),
    ("config-reloader", "quay.io/prometheus-operator/prometheus-config-reloader:v0.75", {}, "sidecar, config reloader"),
    ("git-sync", "registry.k8s.io/git-sync/git-sync:v4", {}, "sidecar, sync"),
    ("otc", "otel/opentelemetry-collector-contrib:0.1", {}, "sidecar, telemetry agent"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "image", "spec", "pattern"), HELPERS, ids=[each[0] for each in HELPERS])
def test_a_well_known_helper_is_known_as_a_classic_and_as_a_native_sidecar(
    name: str, image: str, spec: dict[str, Any], pattern: str
) -> None:
    spec = {"image": image, **spec}
    ports = [{"containerPort": 8080}]
    classic = _beside(container(name, **spec), ports=ports)
    native = _beside(init=(sidecar(name, **spec),), ports=ports)

    assert (_named(classic, name), _named(native, name)) == (pattern, pattern)
    assert [each.native for coupled in (classic, native) for each in coupled.patterns if each.helper] == [False, True]
    assert _named(classic, "shop") == _named(native, "shop") == "main, main"


INITS: list[tuple[str, dict[str, Any], str]] = [
    ("a", {"command": ["sh", "-c", "until nc -z db 5432; do sleep 1; done"]}, "wait-for"),
    ("a", {"command": ["sh", "-c", "while ! pg_isready -h db; do\n sleep 2\ndone"]}, "wait-for"),
    ("a", {"image": "groundnuty/k8s-wait-for:v2", "args": ["job", "x"]}, "wait-for"),
    ("a", {"command": ["/wait-for-it.sh", "db:5432"]}, "wait-for"),
    ("a", {"command": ["kubectl", "wait", "--for=condition=complete", "job/x"]}, "wait-for"),
    ("a", {"image": "alpine/git", "args": ["clone", "https://x/y", "/data"]}, "clone"),
    ("a", {"command": ["python", "manage.py", "migrate"]}, "migrate"),
    ("a", {"command": ["sh", "-c", "bundle exec rake db:migrate"]}, "migrate"),
    ("a", {"image": "flyway/flyway:10", "args": ["info"]}, "migrate"),
    ("a", {"command": ["chown", "-R", "1000", "/data"]}, "permissions"),
    ("istio-init", {"image": "istio/proxyv2"}, "network rules"),
    ("vault-agent-init", {"image": "hashicorp/vault"}, "secrets agent"),
    ("render-config", {}, "configure"),
    ("a", {"command": ["sh", "-c", "for i in 1 2 3; do echo $i; done"]}, "other"),
    ("a", {"command": ["sysctl", "-w", "vm.max_map_count=262144"]}, "other"),
]


@pytest.mark.parametrize(("name", "spec", "kind"), INITS)
def test_an_init_container_is_known_by_what_it_runs(name: str, spec: dict[str, Any], kind: str) -> None:
    assert _named(_beside(init=(container(name, **spec),)), name) == f"init, {kind}"


def test_a_pod_whose_only_app_is_redis_has_no_helper() -> None:
    alone = coupling(parse_pod(pod(container("redis", image="redis:7"))))

    assert _named(alone, "redis") == "main, main"


def test_redis_with_its_exporter_is_the_main_container() -> None:
    spec: dict[str, Any] = {
        "image": "oliver006/redis_exporter",
        "env": [{"name": "REDIS_ADDR", "value": "redis://localhost:6379"}],
    }
    both = coupling(parse_pod(pod(container("redis", image="redis:7"), container("exporter", **spec))))

    assert (_named(both, "redis"), _named(both, "exporter")) == ("main, main", "sidecar, metrics exporter")


def test_the_annotation_says_which_is_the_main_container() -> None:
    document = pod(container("redis", image="redis:7"), container("shop"))
    document["metadata"]["annotations"] = {"kubectl.kubernetes.io/default-container": "redis"}

    assert _named(coupling(parse_pod(document)), "redis") == "main, main"


def test_helpers_without_a_telling_name_are_known_by_what_they_do() -> None:
    port: dict[str, Any] = {"ports": [{"containerPort": 8080}]}
    adapts = _beside(container("x", args=["http://localhost:8080"], ports=[{"containerPort": 9000}]), **port)
    speaks = _beside(container("x", ports=[{"containerPort": 5432}]), args=["--db=localhost:5432"])

    assert _named(adapts, "x") == "adapter, adapter"
    assert _named(speaks, "x") == "ambassador, proxy"


def test_an_ephemeral_container_is_for_debugging_and_its_target_is_known() -> None:
    document = pod(container("shop"), ephemeral=[container("debugger", targetContainerName="shop")])
    found = coupling(parse_pod(document))

    assert _named(found, "debugger") == "debug, debug"
    assert found.processes.targets == (("debugger", "shop"),)


def test_no_reason_has_a_password() -> None:
    init = container("a", image="migrate/migrate", args=["-database", "postgres://me:hunter2@db/x", "up"])
    clone = container("b", command=["git", "clone", "https://me:hunter2@git/x", "/data"])

    assert "hunter2" not in str([each.reason for each in _beside(init=(init, clone)).patterns])


def test_a_pod_without_app_containers_has_no_main_one() -> None:
    assert [each.shape for each in coupling(parse_pod(pod(init=[sidecar("")]))).patterns] == ["sidecar"]
