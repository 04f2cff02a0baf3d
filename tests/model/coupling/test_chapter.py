"""The textbook's own pods: who is what in them, who speaks to whom, who writes and reads what."""

from pathlib import Path

import pytest
import yaml

from kubectl_mc.model.coupling.coupled import Coupling, coupling
from kubectl_mc.model.parsing import parse_pod

_DOCUMENTS = list(yaml.safe_load_all((Path(__file__).parents[2] / "chapter.yaml").read_text()))


def _coupling(name: str, index: int = 0) -> Coupling:
    document = [each for each in _DOCUMENTS if each["metadata"]["name"] == name][index]
    if document["kind"] == "Deployment":
        document = {"metadata": document["metadata"], "spec": document["spec"]["template"]["spec"]}
    return coupling(parse_pod(document))


PATTERNS = {
    "multi-container-pod": ["webapp: main", "log-agent: sidecar, log shipper"],
    "app-with-cache": ["webapp: main", "redis: sidecar, cache"],
    "shared-volume-pod": ["writer: main", "reader: sidecar, log shipper"],
    "ipc-pod": ["container1: main", "container2: main"],
    "webapp-with-logging": ["webapp: main", "log-shipper: sidecar, log shipper"],
    "app-with-metrics": ["webapp: main", "metrics-exporter: sidecar, metrics exporter"],
    "app-with-adapter": ["webapp: main", "log-adapter: adapter, adapter"],
    "database-with-adapter": ["database: main", "rest-adapter: adapter, adapter"],
    "app-with-ambassador": ["webapp: main", "db-ambassador: ambassador, proxy"],
    "app-with-gateway": ["webapp: main", "api-gateway: ambassador, gateway"],
    "init-demo": ["init-setup: init, other", "webapp: main"],
    "webapp": ["wait-for-db: init, wait-for", "wait-for-cache: init, wait-for", "webapp: main"],
    "git-sync-pod": ["git-clone: init, clone", "webapp: main"],
    "app-with-migration": ["db-migration: init, migrate", "webapp: main"],
    "config-downloader": ["download-config: init, configure", "webapp: main"],
    "permission-setup": ["setup-permissions: init, permissions", "webapp: main"],
    "production-app": [
        "wait-for-services: init, wait-for", "config-loader: init, configure", "webapp: main", "redis: sidecar, cache",
        "log-collector: sidecar, log shipper", "metrics-exporter: sidecar, metrics exporter",
    ],
}  # fmt: skip


def test_no_pod_of_the_chapter_is_left_out() -> None:
    assert {document["metadata"]["name"] for document in _DOCUMENTS} == PATTERNS.keys()


@pytest.mark.parametrize("name", PATTERNS)
def test_each_container_of_the_chapter_is_known_for_what_it_is(name: str) -> None:
    found = [
        f"{each.container}: {each.shape}" + (f", {each.kind}" if each.kind != "main" else "")
        for each in _coupling(name).patterns
    ]

    assert found == PATTERNS[name]


REASONS = [
    ("app-with-cache", "redis", "named redis; webapp speaks to it at localhost:6379"),
    ("shared-volume-pod", "reader", "reads volume shared-data (tail -f /data/log.txt), which writer writes"),
    ("webapp-with-logging", "log-shipper", "named log-shipper; reads volume logs, which webapp may write"),
    ("app-with-metrics", "metrics-exporter", "named metrics-exporter; reads webapp at -nginx.scrape-uri=http://localhost:8080"),
    ("app-with-adapter", "log-adapter", "reads logs, which webapp has too, and writes formatted-logs"),
    ("database-with-adapter", "rest-adapter", "speaks to database at localhost:5000 and offers port 8080"),
    ("app-with-ambassador", "db-ambassador", "webapp speaks to it at localhost:5432; it speaks to the world"),
    ("app-with-gateway", "api-gateway", "named api-gateway: stands between webapp and the world"),
    ("webapp", "wait-for-db", "until nslookup database-service"),
    ("git-sync-pod", "git-clone", "git clone https://github.com/user/repo.git /data"),
    ("config-downloader", "download-config", "curl -o /config/app.conf https://config-server/app.conf"),
    ("permission-setup", "setup-permissions", "chown -R 1000:1000 /data"),
]  # fmt: skip


@pytest.mark.parametrize(("pod", "container", "reason"), REASONS)
def test_a_pattern_says_why(pod: str, container: str, reason: str) -> None:
    pattern = _coupling(pod).pattern(container)

    assert pattern is not None
    assert pattern.reason == reason


VOLUMES = [
    ("shared-volume-pod", "shared-data", ["writer writes", "reader reads"]),
    ("webapp-with-logging", "logs", ["webapp may write", "log-shipper reads"]),
    ("webapp-with-logging", "config", ["log-shipper reads"]),
    ("app-with-adapter", "logs", ["webapp may write", "log-adapter reads"]),
    ("app-with-adapter", "formatted-logs", ["log-adapter writes"]),
    ("git-sync-pod", "git-repo", ["git-clone writes", "webapp may write"]),
    ("config-downloader", "config", ["download-config writes", "webapp may write"]),
    ("permission-setup", "data", ["setup-permissions writes", "webapp may write"]),
    ("production-app", "logs", ["webapp may write", "log-collector reads"]),
]


@pytest.mark.parametrize(("pod", "volume", "uses"), VOLUMES)
def test_who_writes_and_who_reads_is_known_by_what_is_said(pod: str, volume: str, uses: list[str]) -> None:
    [found] = [each for each in _coupling(pod).volumes if each.name == volume]

    assert [f"{use.container} {use.verb}" for use in found.uses] == uses


CALLS = [
    ("app-with-cache", "webapp -> redis at 6379: REDIS_HOST=localhost REDIS_PORT=6379"),
    ("app-with-metrics", "metrics-exporter -> webapp at 8080: -nginx.scrape-uri=http://localhost:8080"),
    ("database-with-adapter", "rest-adapter -> database at 5000: DB_HOST=localhost DB_PORT=5000"),
    ("app-with-ambassador", "webapp -> db-ambassador at 5432: DB_HOST=localhost DB_PORT=5432"),
    ("production-app", "webapp -> redis at 6379: CACHE_HOST=localhost CACHE_PORT=6379"),
]


@pytest.mark.parametrize(("pod", "call"), CALLS)
def test_who_speaks_to_whom_on_the_one_network(pod: str, call: str) -> None:
    said = [
        f"{each.container} -> {', '.join(each.to_others)} at {each.port}: {each.said}"
        for each in _coupling(pod).calls
        if each.to_others
    ]

    assert said == [call]


def test_processes_that_are_shared_are_known() -> None:
    assert _coupling("ipc-pod").processes.shared
    assert not _coupling("app-with-cache").processes.shared
