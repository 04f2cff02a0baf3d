"""What well-known programs write into their logs, line by line as they do, from one traffic that all of a pod sees.

A request has a number; whoever handles it computes the rest from the number, so that containers speak of the same
request without knowing each other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from kubectl_mc.demo.programs import ALWAYS, Every, Line, Stretch, Text, When

REQUEST_SECONDS = 6.0
"""One request every so often, in every pod that has traffic."""

_PATHS = ("/", "/api/orders", "/api/orders/4711", "/assets/app.js", "/api/cart", "/api/prices?sku=88", "/login")
_AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "curl/8.11.1", "Go-http-client/2.0")


@dataclass(frozen=True)
class Request:
    """One request of the pod's traffic."""

    number: int

    @property
    def path(self) -> str:
        """What was asked for."""
        return _PATHS[self.number * 5 % len(_PATHS)]

    @property
    def method(self) -> str:
        """GET, and sometimes POST."""
        return "POST" if self.path == "/api/cart" else "GET"

    @property
    def client(self) -> str:
        """Who asked."""
        return f"10.244.0.{20 + self.number * 7 % 40}"

    @property
    def millis(self) -> int:
        """How long the answer took."""
        return 3 + self.number * 37 % 90

    @property
    def size(self) -> int:
        """Bytes of the answer."""
        return 180 + self.number * 977 % 5000

    @property
    def trace(self) -> str:
        """The id by which the containers name it."""
        return f"{self.number * 2654435761 % 2**32:08x}"


def traffic(text: Text, offset: float = 0.0, stretch: Stretch = ALWAYS) -> Every:
    """A line for each request; `offset` is how much later than the first container this one speaks."""
    return Every(REQUEST_SECONDS, text, offset, during=stretch)


def nginx_start(version: str = "1.27.3") -> tuple[Line, ...]:
    """The image's entrypoint and the master process."""
    entry = "/docker-entrypoint.sh: "

    def notice(text: str) -> Text:
        return lambda when: f"{when.strftime('%Y/%m/%d %H:%M:%S')} [notice] 1#1: {text}"

    return (
        Line(0.02, entry + "/docker-entrypoint.d/ is not empty, will attempt to perform configuration"),
        Line(0.03, entry + "Looking for shell scripts in /docker-entrypoint.d/"),
        Line(0.08, entry + "Configuration complete; ready for start up"),
        Line(0.11, notice('using the "epoll" event method'), "stderr"),
        Line(0.11, notice(f"nginx/{version}"), "stderr"),
        Line(0.12, notice("start worker processes"), "stderr"),
    )


def nginx_access(status: int = 200) -> Text:
    """The combined format."""

    def text(when: When) -> str:
        request = Request(when.n)
        asked = f'"{request.method} {request.path} HTTP/1.1" {status} {request.size} "-" "{_AGENTS[when.n % 3]}"'
        return f'{request.client} - - [{when.clf}] {asked} "-"'

    return text


def kube_probe(path: str, status: int, period: float) -> Every:
    """What a web server logs of the kubelet's probes."""
    return Every(
        period,
        lambda when: f'10.244.0.1 - - [{when.clf}] "GET {path} HTTP/1.1" {status} 27 "-" "kube-probe/1.34" "-"',
        0.6,
    )


def busybox_httpd(when: When) -> str:
    """`httpd -v` writes to stderr; the address is the IPv6-mapped one."""
    request = Request(when.n)
    return f"[::ffff:127.0.0.1]:{40000 + when.n * 13 % 9000}: url:{request.path}"


def json_request(when: When) -> str:
    """An application that logs JSON lines."""
    request = Request(when.n)
    level = "warn" if request.millis > 80 else "info"
    fields = {
        "time": when.iso_ms,
        "level": level,
        "msg": "slow request" if level == "warn" else "request",
        "method": request.method,
        "path": request.path,
        "status": 200,
        "ms": request.millis,
        "trace": request.trace,
    }
    return json.dumps(fields, separators=(",", ":"))


def logfmt_request(when: When) -> str:
    """An application that logs key=value pairs."""
    request = Request(when.n)
    spent = f"dur={request.millis}ms rows={request.size % 40}"
    return f'ts={when.iso_ms} level=info msg="query done" {spent} trace={request.trace}'


def fluent_bit_start() -> tuple[Line, ...]:
    """The banner and the start of its plugins."""

    def info(tag: str, text: str) -> Text:
        return lambda when: f"[{when.strftime('%Y/%m/%d %H:%M:%S')}] [ info] [{tag}] {text}"

    return (
        Line(0.03, "Fluent Bit v3.2.4", "stderr"),
        Line(0.03, "* Copyright (C) 2015-2024 The Fluent Bit Authors", "stderr"),
        Line(0.05, info("fluent bit", "version=3.2.4, commit=5e9b1b1c2d, pid=1"), "stderr"),
        Line(0.06, info("storage", "ver=1.5.2, type=memory, sync=normal, checksum=off, max_chunks_up=128"), "stderr"),
        Line(0.08, info("sp", "stream processor started"), "stderr"),
        Line(
            0.1,
            info("input:tail:tail.0", "inotify_fs_add(): inode=1048601 watch_fd=1 name=/var/log/nginx/access.log"),
            "stderr",
        ),
    )


def fluent_bit_ships(when: When) -> str:
    """What its stdout output prints for the request that the web server has just logged."""
    request = Request(when.n)
    record = {"log": f"{request.client} {request.method} {request.path} 200 {request.size}"}
    return f"[{when.n}] tail.0: [[{when.time - 0.9:.9f}, {{}}], {json.dumps(record)}]"


def redis_start(port: int = 6379) -> tuple[Line, ...]:
    """The server's first lines: role and pid, day, month, milliseconds."""

    def line(mark: str, text: str, role: str = "M") -> Text:
        return lambda when: (
            f"1:{role} {when.strftime('%d %b %Y %H:%M:%S')}.{int(when.time % 1 * 1000):03d} {mark} {text}"
        )

    return (
        Line(0.01, line("*", "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", "C")),
        Line(0.01, line("*", "Redis version=7.4.2, bits=64, commit=00000000, modified=0, pid=1, just started", "C")),
        Line(0.02, line("*", f"Running mode=standalone, port={port}.")),
        Line(0.03, line("*", "Server initialized")),
        Line(0.03, line("*", "Ready to accept connections tcp")),
    )


def redis_saves(seconds: float = 60.0) -> tuple[Every, ...]:
    """A snapshot now and then."""

    def line(role: str, text: str) -> Text:
        return lambda when: f"{role} {when.strftime('%d %b %Y %H:%M:%S')}.{int(when.time % 1 * 1000):03d} * {text}"

    return (
        Every(seconds, line("1:M", "100 changes in 300 seconds. Saving..."), 11.0),
        Every(seconds, line("1:M", "Background saving started by pid 24"), 11.004),
        Every(seconds, line("24:C", "DB saved on disk"), 11.02),
        Every(seconds, line("1:M", "Background saving terminated with success"), 11.1),
    )


def klog(severity: str, place: str, text: str) -> Text:
    """The format of Kubernetes' own components: `I0102 15:04:05.000000       1 file.go:12] "text"`."""

    def write(when: When) -> str:
        return f"{severity}{when.strftime('%m%d %H:%M:%S.%f')}       1 {place}] {text}"

    return write


def java_failure(when: When) -> str:
    """The first line of a failure in a Java program."""
    return (
        f"{when.iso_ms} ERROR [http-8080-{when.n % 4 + 1}] c.example.orders.OrderService - cannot load order {when.n}"
    )


JAVA_TRACE = (
    "java.sql.SQLTransientConnectionException: orders-pool - Connection is not available, timed out after 2000ms.",
    "\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:686)",
    "\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:179)",
    "\tat com.example.orders.OrderService.load(OrderService.java:57)",
    "\tat com.example.orders.OrderController.get(OrderController.java:31)",
    "Caused by: java.net.ConnectException: Connection refused",
    "\t... 12 more",
)
"""What follows `java_failure`, a line at a time."""
