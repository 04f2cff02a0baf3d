"""What the containers do in the scenarios in which something is wrong, and in the jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kubectl_mc.demo.programs import Every, Exit, Failing, Line, Program, Stop, Stretch, Usage, When
from kubectl_mc.demo.stock import HTTPD, JSON_APP, NGINX, NO_TRAP, QUIET_NGINX, REDIS, SHIPPER, SMALL, ends
from kubectl_mc.demo.voices import (
    JAVA_TRACE,
    REQUEST_SECONDS,
    Request,
    fluent_bit_start,
    java_failure,
    kube_probe,
    nginx_access,
    nginx_start,
    traffic,
)

_EADDRINUSE = (
    Line(-0.05, "node:events:485", "stderr"),
    Line(-0.05, "      throw er; // Unhandled 'error' event", "stderr"),
    Line(-0.04, "Error: listen EADDRINUSE: address already in use :::8080", "stderr"),
    Line(-0.04, "    at Server.setupListenHandle [as _listen2] (node:net:1937:16)", "stderr"),
    Line(-0.03, "  code: 'EADDRINUSE', syscall: 'listen', address: '::', port: 8080", "stderr"),
)

_MIGRATION_ERROR = 'error: migration failed: table "orderz" does not exist (details: 0002_prices.up.sql)'


def _too_early(when: When) -> str:
    """The first instance starts before the sidecar listens."""
    if when.run.attempt == 0:
        return "wget: can't connect to remote host (127.0.0.1): Connection refused"
    return "[::ffff:127.0.0.1]:40000: url:/"


FAILURES: Mapping[str, Mapping[str, Program]] = {
    "app-with-migration": {
        "db-migration": ends(
            2,
            Line(0.2, "1/u orders (12.4ms)"),
            Line(-0.01, _MIGRATION_ERROR, "stderr"),
            code=1,
            message=_MIGRATION_ERROR + "\n",
        ),
    },
    "port-conflict": {
        "webapp": HTTPD,
        "admin": Program(_EADDRINUSE, Exit(3.2, 1), usage=Usage(40, 35)),
    },
    "volume-permission": {
        "seed": ends(0.2, Line(0.15, "seeded /data/uploads")),
        "webapp": ends(2.1, Line(-0.02, "touch: /data/uploads/.lock: Permission denied", "stderr"), code=1),
        "uploader": Program(usage=SMALL, files={"/data/uploads/now": "Thu Jan  1 00:00:00 UTC 1970\n"}),
    },
    "read-only-volume": {
        "exporter": ends(
            2.1, Line(-0.02, "sh: can't create /data/report.txt: Read-only file system", "stderr"), code=1
        ),
        "webapp": QUIET_NGINX,
    },
    "early-start": {
        "proxy": HTTPD,
        "api": Program((Line(0.2, _too_early, "stderr"),), Exit(0.4, 1, only_attempt=0), stop=NO_TRAP, usage=SMALL),
    },
    "exits-at-once": {"webapp": ends(0.1), "redis": REDIS},
    "ambassador-down": {
        "webapp": ends(
            1.1, Line(-0.02, "nc: can't connect to remote host (127.0.0.1): Connection refused", "stderr"), code=1
        ),
        "db-ambassador": ends(2.1, Line(-0.02, "fatal: no certificate", "stderr"), code=2),
    },
    "import-failed": {
        "import": ends(3.1, Line(0.02, "reading prices.csv"), Line(-0.02, "error: line 7: no price", "stderr"), code=3),
        "audit": ends(5.1, Line(5.05, "audited")),
    },
    "missing-dependency": {"webapp": QUIET_NGINX, "log-agent": Program(fluent_bit_start(), usage=Usage(5, 20))},
    "memory-hog": {
        "webapp": NGINX,
        "image-resizer": Program(
            (Line(0.02, "resizing 4000x3000"), Line(4, "resizing 6000x4000"), Line(7, "resizing 9000x6000")),
            Exit(8.4, oom_killed=True),
            usage=Usage(180, 12, growth_mib=6),
        ),
    },
    "image-typo": {"redis": REDIS},
    "command-typo": {"webapp": NGINX},
    "readiness-failing": {
        "api": Program(
            (
                kube_probe("/ready", 503, 5),
                Every(10, java_failure, 3.0, "stderr"),
                *(Every(10, line, 3.001 + number / 1000, "stderr") for number, line in enumerate(JAVA_TRACE)),
            ),
            failing=(Failing("readiness", "HTTP probe failed with statuscode: 503"),),
            usage=Usage(60, 210),
        ),
        "redis": REDIS,
    },
    "liveness-killed": {
        "worker": Program(
            (
                Every(10, lambda when: f"processed batch {when.n}", during=Stretch(0, 60)),
                Line(60, "waiting for lock jobs/42", "stderr"),
            ),
            failing=(Failing("liveness", "cat: can't open '/tmp/alive': No such file or directory\n", Stretch(60)),),
            stop=NO_TRAP,
            usage=Usage(25, 33),
        ),
        "redis": REDIS,
    },
    "slow-start": {
        "recommender": Program(
            (Line(0.1, "loading model"), Line(20, "loading model: 31 %"), Line(50, "loading model: 78 %")),
            failing=(Failing("startup", "dial tcp {ip}:8500: connect: connection refused"),),
            stop=NO_TRAP,
            usage=Usage(400, 120),
        ),
        "redis": REDIS,
    },
    "wrong-probe": {
        "webapp": Program(
            (*nginx_start(), traffic(nginx_access())),
            failing=(Failing("readiness", "HTTP probe failed with statuscode: 404"),),
            usage=Usage(3, 8),
        ),
    },
    "nearly-full": {"session-store": replace(REDIS, usage=Usage(12, 60.5)), "webapp": NGINX},
    "readiness-gate": {"webapp": NGINX, "redis": REDIS},
    "finished-first": {
        "c0": ends(2.1, Line(0.02, "exporting"), Line(2.05, "exported 1200 rows")),
        "c1": ends(3.1, Line(0.02, "uploading"), Line(-0.02, "upload failed: 401 Unauthorized", "stderr"), code=3),
    },
    "sidecar-down": {
        "vault-agent": ends(4.1, Line(-0.03, "token renewal failed: permission denied", "stderr"), code=2),
        "metrics": HTTPD,
        "webapp": NGINX,
    },
    "report-held": {
        "report": ends(10.2, Line(0.02, "collecting"), Line(10.1, "report written")),
        "proxy": QUIET_NGINX,
    },
    "report": {
        "report": ends(10.2, Line(0.02, "collecting"), Line(10.1, "report written")),
        "proxy": QUIET_NGINX,
    },
    "too-many-containers": {
        "frontend": NGINX,
        "orders": JSON_APP,
        "payments": Program(
            (
                traffic(lambda when: f"{when.iso} INFO  payments - accepted trace={Request(when.n).trace}", 0.02),
                Every(REQUEST_SECONDS * 8, java_failure, 2.0, "stderr"),
                *(Every(REQUEST_SECONDS * 8, line, 2.001 + i / 1000, "stderr") for i, line in enumerate(JAVA_TRACE)),
            ),
            usage=Usage(30, 160),
        ),
        "redis": REDIS,
        "log-agent": SHIPPER,
        "log-shipper": SHIPPER,
    },
    "disk-hog": {
        "webapp": NGINX,
        "thumbnails": Program(
            (Every(2, "4194304 bytes (4.0MB) copied, 0.004 seconds, 1.0GB/s", 0.1, "stderr"),),
            Exit(41, evicts="Pod ephemeral local storage usage exceeds the total limit of containers 64Mi. "),
        ),
    },
    "slow-shutdown": {
        "webapp": Program((*nginx_start(), traffic(nginx_access())), stop=Stop(pre_stop=3000), usage=Usage(3, 8)),
        "redis": REDIS,
    },
    "distroless-app": {
        "app": JSON_APP,
        "redis": REDIS,
        "debugger": Program(stop=NO_TRAP, usage=SMALL),
    },
}
"""Scenario → container → program."""
