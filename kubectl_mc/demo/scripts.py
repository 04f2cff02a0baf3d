"""What the containers of each scenario do: the programs that stand in for the images of its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from kubectl_mc.demo.programs import Every, Exit, Failing, Line, Program, Stop, Stretch, Usage
from kubectl_mc.demo.voices import (
    JAVA_TRACE,
    REQUEST_SECONDS,
    Request,
    busybox_httpd,
    fluent_bit_ships,
    fluent_bit_start,
    java_failure,
    json_request,
    klog,
    kube_probe,
    logfmt_request,
    nginx_access,
    nginx_start,
    redis_saves,
    redis_start,
    traffic,
)

NO_TRAP = Stop(after=inf)
"""A process with pid 1 and no handler does not get SIGTERM at all."""

_SMALL = Usage(1, 2)

NGINX = Program((*nginx_start(), traffic(nginx_access())), usage=Usage(4, 9))
QUIET_NGINX = Program(nginx_start(), usage=Usage(1, 7))
REDIS = Program((*redis_start(), *redis_saves()), usage=Usage(6, 14))
HTTPD = Program((traffic(busybox_httpd, 0.004),), stop=NO_TRAP, usage=Usage(2, 1.5))
SHIPPER = Program((*fluent_bit_start(), traffic(fluent_bit_ships, 0.9)), usage=Usage(5, 21))
JSON_APP = Program(
    (
        Line(0.4, lambda when: f'{{"time":"{when.iso_ms}","level":"info","msg":"listening","addr":":8080"}}'),
        traffic(json_request, 0.006),
    ),
    usage=Usage(18, 74),
)


def _ends(after: float, *says: Line | Every, code: int = 0, message: str = "") -> Program:
    """A step that comes to an end by itself."""
    return Program(says, Exit(after, code, message=message), stop=NO_TRAP, usage=_SMALL)


def _nslookup(name: str) -> tuple[Line, ...]:
    """A look-up that succeeds."""
    return (
        Line(0.1, "Server:\t\t10.96.0.10"),
        Line(0.1, "Address:\t10.96.0.10:53"),
        Line(0.11, f"Name:\t{name}.demo.svc.cluster.local"),
        Line(0.11, "Address: 10.96.41.7"),
    )


_CURL = (
    Line(0.3, "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current", "stderr"),
    Line(0.3, "                                 Dload  Upload   Total   Spent    Left  Speed", "stderr"),
    Line(0.9, "100    27  100    27    0     0  52123      0 --:--:-- --:--:-- --:--:-- 27000", "stderr"),
)

_EADDRINUSE = (
    Line(-0.05, "node:events:485", "stderr"),
    Line(-0.05, "      throw er; // Unhandled 'error' event", "stderr"),
    Line(-0.04, "Error: listen EADDRINUSE: address already in use :::8080", "stderr"),
    Line(-0.04, "    at Server.setupListenHandle [as _listen2] (node:net:1937:16)", "stderr"),
    Line(-0.03, "  code: 'EADDRINUSE', syscall: 'listen', address: '::', port: 8080", "stderr"),
)

_UNSYNCED = Stretch(-86_400, 60, "demo")

_AMBASSADOR_DOWN = Stretch(0, 26, "demo", every=66)

_MIGRATION_ERROR = 'error: migration failed: table "orderz" does not exist (details: 0002_prices.up.sql)'

_PRODUCTION: Mapping[str, Program] = {
    "wait-for-services": _ends(
        2.3, *_nslookup("database-service"), *_nslookup("cache-service"), Line(2.2, "Services are ready!")
    ),
    "config-loader": _ends(1.2, *_CURL),
    "webapp": Program(
        (*nginx_start(), traffic(nginx_access()), kube_probe("/ready", 200, 5), kube_probe("/health", 200, 10)),
        usage=Usage(85, 190),
    ),
    "redis": REDIS,
    "log-collector": SHIPPER,
    "metrics-exporter": Program(
        (
            Line(0.1, lambda when: f"ts={when.iso_ms} level=info msg=Listening address=[::]:9102"),
            Every(30, lambda when: f"ts={when.iso_ms} level=debug msg=scraped metrics={40 + when.n % 9}"),
        ),
        usage=Usage(2, 11),
    ),
}

SCRIPTS: Mapping[str, Mapping[str, Program]] = {
    "webapp-with-logging": {"webapp": NGINX, "log-shipper": SHIPPER},
    "app-with-cache": {"webapp": HTTPD, "redis": REDIS},
    "shared-volume-pod": {
        "writer": Program(stop=NO_TRAP, usage=_SMALL, files={"/data/log.txt": "Thu Jan  1 00:00:00 UTC 1970\n"}),
        "reader": Program(
            (Every(5, lambda when: when.strftime("%a %b %e %H:%M:%S UTC %Y"), 0.02),), stop=NO_TRAP, usage=_SMALL
        ),
    },
    "ipc-pod": {"container1": QUIET_NGINX, "container2": Program((Every(20, "nginx is alive"),), usage=_SMALL)},
    "app-with-metrics": {
        "webapp": QUIET_NGINX,
        "metrics-exporter": Program(
            (
                Line(0.05, lambda when: f'ts={when.iso_ms} level=info msg="nginx-prometheus-exporter" version=1.4.0'),
                Line(0.06, lambda when: f'ts={when.iso_ms} level=info msg="Listening on" address=[::]:9113'),
            ),
            usage=Usage(3, 12),
        ),
    },
    "app-with-adapter": {
        "webapp": Program(
            (traffic(lambda when: f"{when.strftime('%H:%M:%S')}|REQ|{when.n}|OK"),), stop=NO_TRAP, usage=_SMALL
        ),
        "log-adapter": Program(
            (
                traffic(
                    lambda when: f'{{"time":"{when.strftime("%H:%M:%S")}","event":"REQ","id":{when.n},"result":"OK"}}',
                    0.03,
                ),
            ),
            stop=NO_TRAP,
            usage=_SMALL,
        ),
    },
    "database-with-adapter": {
        "database": Program((*redis_start(5000), *redis_saves()), usage=Usage(9, 38)),
        "rest-adapter": Program((traffic(logfmt_request, 0.012),), stop=NO_TRAP, usage=Usage(4, 9)),
    },
    "app-with-gateway": {
        "api-gateway": Program((*nginx_start(), traffic(nginx_access(), 0.01)), usage=Usage(5, 10)),
        "webapp": JSON_APP,
    },
    "app-with-ambassador": {
        "webapp": Program(
            (
                traffic(json_request, 0.006),
                Every(
                    5,
                    lambda when: (
                        f'{{"time":"{when.iso_ms}","level":"error","msg":"query failed",'
                        f'"error":"localhost:5432: server closed the connection"}}'
                    ),
                    1.5,
                    during=_AMBASSADOR_DOWN,
                ),
            ),
            stop=NO_TRAP,
            usage=Usage(12, 40),
        ),
        "db-ambassador": Program(
            (
                Line(0.1, "[NOTICE]   (1) : New worker (8) forked", "stderr"),
                Line(0.1, "[NOTICE]   (1) : Loading success.", "stderr"),
                traffic(lambda when: f"10.244.1.9:{41000 + when.n} postgres database/db-0 1/0/{5 + when.n % 7} 312 --"),
                Every(
                    66,
                    "Server database/db-0 is DOWN, reason: Layer4 timeout, 0 active servers left. "
                    "0 sessions active, 0 requeued, 0 remaining in queue.",
                    during=_AMBASSADOR_DOWN,
                ),
            ),
            failing=(Failing("readiness", "HTTP probe failed with statuscode: 503", _AMBASSADOR_DOWN),),
            usage=Usage(7, 18),
        ),
    },
    "init-demo": {"init-setup": _ends(5, Line(0.01, "Initializing...")), "webapp": QUIET_NGINX},
    "webapp": {
        "wait-for-db": _ends(1.2, *_nslookup("database-service")),
        "wait-for-cache": Program(
            (
                Every(2, "** server can't find redis-service.demo.svc.cluster.local: NXDOMAIN", 0.2),
                Every(2, "waiting for cache", 0.21),
                Line(-0.1, "Name:\tredis-service.demo.svc.cluster.local"),
            ),
            Exit(2, once_service="redis-service"),
            stop=NO_TRAP,
            usage=_SMALL,
        ),
        "webapp": NGINX,
    },
    "git-sync-pod": {
        "git-clone": _ends(4.2, Line(0.05, "Cloning into '/data'...", "stderr")),
        "webapp": Program(
            (*nginx_start(), traffic(nginx_access())),
            usage=Usage(3, 8),
            files={"/usr/share/nginx/html/README": "Hello!\n"},
        ),
    },
    "config-downloader": {
        "download-config": _ends(1.3, *_CURL),
        "webapp": Program(
            (*nginx_start(), traffic(nginx_access())),
            usage=Usage(3, 8),
            files={"/etc/app/app.conf": "listen = 8080\nworkers = 4\n"},
        ),
    },
    "permission-setup": {
        "setup-permissions": _ends(0.4),
        "webapp": Program(usage=_SMALL, files={"/data/logs/app.log": "started\n"}),
    },
    "database-backup": {"dump": Program((Every(60, "dumped", 1),), usage=_SMALL), "files": QUIET_NGINX},
    "production-app": _PRODUCTION,
    "ledger": {
        "backup": Program((Every(30, 'level=info msg="snapshot done"', 0.5),), usage=_SMALL),
        "store": REDIS,
    },
    "node-agent": {
        "agent": Program(
            (
                Line(0.1, klog("I", "main.go:41", '"Starting node agent" version="v0.9.2"')),
                Every(15, klog("I", "uptime.go:73", '"Collected" load1=0.31 load5=0.28 load15=0.30')),
                Every(
                    95, klog("W", "relay.go:118", '"Relay is slow to answer" addr="127.0.0.1:2020" took="1.2s"'), 15.3
                ),
            ),
            usage=Usage(4, 8),
        ),
        "relay": Program(fluent_bit_start(), usage=Usage(6, 22)),
    },
    "cleanup": {"cleanup": _ends(3.1, Line(0.02, "removing old sessions"), Line(3.05, "removed 17"))},
    "hello": {"web": NGINX, "redis": REDIS},
    "sidecar-gate": {
        "proxy": Program(
            (
                Line(0.1, klog("I", "proxy.go:88", '"Waiting for configuration" source="control-plane:15012"')),
                Every(
                    10,
                    klog("W", "sync.go:131", '"Not synced yet" missing="listeners"'),
                    during=_UNSYNCED,
                ),
            ),
            failing=(Failing("startup", "cat: can't open '/tmp/synced': No such file or directory\n", _UNSYNCED),),
            usage=Usage(14, 46),
        ),
        "fetch-token": _ends(1.1, Line(1.0, "token fetched through the proxy")),
        "webapp": NGINX,
    },
    "app-with-migration": {
        "db-migration": _ends(
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
        "seed": _ends(0.2, Line(0.15, "seeded /data/uploads")),
        "webapp": _ends(2.1, Line(-0.02, "touch: /data/uploads/.lock: Permission denied", "stderr"), code=1),
        "uploader": Program(usage=_SMALL, files={"/data/uploads/now": "Thu Jan  1 00:00:00 UTC 1970\n"}),
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
    "readiness-gate": {"webapp": NGINX, "redis": REDIS},
    "finished-first": {
        "c0": _ends(2.1, Line(0.02, "exporting"), Line(2.05, "exported 1200 rows")),
        "c1": _ends(3.1, Line(0.02, "uploading"), Line(-0.02, "upload failed: 401 Unauthorized", "stderr"), code=3),
    },
    "sidecar-down": {
        "vault-agent": _ends(4.1, Line(-0.03, "token renewal failed: permission denied", "stderr"), code=2),
        "metrics": HTTPD,
        "webapp": NGINX,
    },
    "report-held": {
        "report": _ends(10.2, Line(0.02, "collecting"), Line(10.1, "report written")),
        "proxy": QUIET_NGINX,
    },
    "report": {
        "report": _ends(10.2, Line(0.02, "collecting"), Line(10.1, "report written")),
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
        "debugger": Program(stop=NO_TRAP, usage=_SMALL),
    },
}
"""Scenario → container → program. A container that is missing here runs without a word."""
