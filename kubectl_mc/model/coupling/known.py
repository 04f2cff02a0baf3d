"""Images that many pods have beside their own, and what they are there for; told by the last part of the name."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a helper does, in the words that people use."""

    LOGS = "log shipper"
    METRICS = "metrics exporter"
    MESH = "service mesh proxy"
    PROXY = "proxy"
    GATE = "authentication proxy"
    CACHE = "cache"
    SYNC = "sync"
    RELOAD = "config reloader"
    SECRETS = "secrets agent"
    TELEMETRY = "telemetry agent"
    DATABASE = "database"
    SECURITY = "security scanner"
    READER = "reader"
    ADAPTER = "adapter"
    GATEWAY = "gateway"
    WAIT = "wait-for"
    CLONE = "clone"
    MIGRATE = "migrate"
    CONFIGURE = "configure"
    PERMISSIONS = "permissions"
    NETWORK = "network rules"
    OTHER = "other"
    DEBUG = "debug"
    MAIN = "main"


@dataclass(frozen=True, slots=True)
class Known:
    """What an image is known for."""

    kind: Kind
    ports: tuple[int, ...] = ()
    """Where it listens unless it is told otherwise."""


_IMAGES: tuple[tuple[str, Known], ...] = (
    (
        r"fluent-?bit|fluentd?|filebeat|promtail|vector|logstash|rsyslog|syslog-ng|"
        r"log-?(shipper|agent|forwarder)",
        Known(Kind.LOGS),
    ),
    (
        r"proxyv2|istio-?proxy|linkerd.*proxy|proxy-?linkerd|consul-dataplane|kuma-dp|aws-appmesh-envoy|"
        r"osm-sidecar",
        Known(Kind.MESH),
    ),
    (r"proxy-init|istio-?init|cni-repair", Known(Kind.NETWORK)),
    (r"cloud-?sql-proxy|alloydb-auth-proxy|cloudsql-proxy|gce-proxy", Known(Kind.PROXY)),
    (r"pgbouncer|pgpool|odyssey", Known(Kind.PROXY, (6432,))),
    (r"envoy|haproxy|twemproxy|mcrouter|squid|tinyproxy|ghostunnel|stunnel|daprd|proxysql", Known(Kind.PROXY)),
    (r"oauth2-proxy", Known(Kind.GATE, (4180,))),
    (r"kube-rbac-proxy|pomerium|authelia|vouch-proxy|louketo-proxy|gatekeeper", Known(Kind.GATE)),
    (r"statsd-exporter", Known(Kind.METRICS, (9102,))),
    (r"redis_exporter", Known(Kind.METRICS, (9121,))),
    (r"postgres[-_]exporter", Known(Kind.METRICS, (9187,))),
    (r"mysqld[-_]exporter", Known(Kind.METRICS, (9104,))),
    (r"(nginx-)?(prometheus-)?nginx.*exporter", Known(Kind.METRICS, (9113,))),
    (r".*[-_]exporter|exporter|jmx[-_].*|statsd|telegraf|collectd|node-problem-detector", Known(Kind.METRICS)),
    (
        r"opentelemetry-collector.*|otelcol.*|otel-collector.*|datadog-agent|agent-datadog|jaeger-agent|"
        r"grafana-agent|alloy|elastic-agent|newrelic.*|(aws-)?xray-daemon|cloudwatch-agent|"
        r"amazon-cloudwatch.*",
        Known(Kind.TELEMETRY),
    ),
    (r"git-?sync", Known(Kind.SYNC)),
    (r"k8s-sidecar|rclone|s3-sync|aws-cli-sync|rsync", Known(Kind.SYNC)),
    (r".*config(map)?-reload(er)?|reloader|prometheus-config-reloader", Known(Kind.RELOAD)),
    (r"vault(-agent)?|vault-k8s|secrets-store.*|conjur.*|consul-template", Known(Kind.SECRETS)),
    (r"falco.*|clamav.*|trivy.*|sysdig.*", Known(Kind.SECURITY)),
    (r"redis(-stack(-server)?)?|valkey|keydb|dragonfly", Known(Kind.CACHE, (6379,))),
    (r"memcached", Known(Kind.CACHE, (11211,))),
    (r"varnish", Known(Kind.CACHE)),
    (r"postgres(ql)?", Known(Kind.DATABASE, (5432,))),
    (r"mysql|mariadb", Known(Kind.DATABASE, (3306,))),
    (r"mongo(db)?", Known(Kind.DATABASE, (27017,))),
    (r"nginx|httpd|caddy|traefik|apache", Known(Kind.GATEWAY, (80,))),
    (r"nginx-unprivileged", Known(Kind.GATEWAY, (8080,))),
    (r"migrate|flyway|liquibase|alembic|atlas|goose|dbmate|bytebase|sqitch", Known(Kind.MIGRATE)),
    (r"k8s-wait-for|wait-for.*|dockerize|waitforit", Known(Kind.WAIT)),
    (r"(alpine-)?git|git-clone|git-init", Known(Kind.CLONE)),
)  # fmt: skip
"""The more exact come first. `nginx` and its like are a gateway only if the rest of the pod agrees."""

_NAMES: tuple[tuple[str, Kind], ...] = (
    (r"istio-proxy|linkerd-proxy", Kind.MESH),
    (r"istio-init|linkerd-init", Kind.NETWORK),
    (r"vault-agent(-init)?", Kind.SECRETS),
    (r"(.*-)?adapt(e|o)r(-.*)?|(.*-)?(converter|transformer|formatter|translator)", Kind.ADAPTER),
    (r"(.*-)?ambassador(-.*)?", Kind.PROXY),
    (r"(.*-)?(api-)?gateway(-.*)?", Kind.GATEWAY),
    (r"(.*-)?exporter|(.*-)?metrics(-.*)?|(.*-)?(statsd|telegraf)", Kind.METRICS),
    (r"(.*-)?logs?-?(shipper|agent|collector|forwarder|tailer|tail|router|reader|stream(er)?|sidecar)|logging|"
     r"(.*-)?(filebeat|fluent-?bit|fluentd|promtail|vector)", Kind.LOGS),
    (r"(.*-)?(auth|oauth|oauth2)(-proxy)?", Kind.GATE),
    (r"(.*-)?proxy(-.*)?|envoy|haproxy|(.*-)?tunnel", Kind.PROXY),
    (r"(.*-)?cache|redis|memcached", Kind.CACHE),
    (r"(.*-)?reload(er)?", Kind.RELOAD),
    (r"(.*-)?sync(er|-.*)?|(.*-)?syncer|(.*-)?(mirror|backup|replicator)", Kind.SYNC),
    (r"(.*-)?(tracing|trace|otel|telemetry|apm|monitor(ing)?)(-agent|-collector)?", Kind.TELEMETRY),
    (r"(.*-)?(security|virus|vuln)-?scan(ner)?|scanner", Kind.SECURITY),
)  # fmt: skip

_COMPILED_IMAGES = tuple((re.compile(pattern), known) for pattern, known in _IMAGES)
_COMPILED_NAMES = tuple((re.compile(pattern), kind) for pattern, kind in _NAMES)


def base_of(image: str) -> str:
    """The last part of an image's name: `fluent-bit` of `cr.example.com/fluent/fluent-bit:2.1@sha256:…`."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()


def known_image(image: str) -> Known | None:
    """What an image is known for; None for any that isn't."""
    base = base_of(image)
    return next((known for pattern, known in _COMPILED_IMAGES if pattern.fullmatch(base)), None)


def kind_of_name(name: str) -> Kind | None:
    """What a container's name says that it does; None where it says nothing."""
    return next((kind for pattern, kind in _COMPILED_NAMES if pattern.fullmatch(name.lower())), None)
