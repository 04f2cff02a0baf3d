"""What the containers of each scenario do: the programs that stand in for the images of its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kubectl_mc.demo.failures import FAILURES
from kubectl_mc.demo.programs import Every, Exit, Failing, Line, Program, Stretch, Usage
from kubectl_mc.demo.stock import (
    CURL,
    HTTPD,
    JSON_APP,
    NGINX,
    NO_TRAP,
    QUIET_NGINX,
    REDIS,
    SHIPPER,
    SMALL,
    ends,
    nslookup,
)
from kubectl_mc.demo.voices import (
    fluent_bit_start,
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

_DATES = Every(5, lambda when: when.strftime("%a %b %e %H:%M:%S UTC %Y"), 0.02)

_UNSYNCED = Stretch(-86_400, 60, "demo")

_AMBASSADOR_DOWN = Stretch(0, 26, "demo", every=66)

_PRODUCTION: Mapping[str, Program] = {
    "wait-for-services": ends(
        2.3, *nslookup("database-service"), *nslookup("cache-service"), Line(2.2, "Services are ready!")
    ),
    "config-loader": ends(1.2, *CURL),
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
    "webapp-with-logging": {
        "webapp": replace(NGINX, files={"/var/log/nginx/access.log": traffic(nginx_access())}),
        "log-shipper": SHIPPER,
    },
    "app-with-cache": {"webapp": HTTPD, "redis": REDIS},
    "shared-volume-pod": {
        "writer": Program(stop=NO_TRAP, usage=SMALL, files={"/data/log.txt": _DATES}),
        "reader": Program((_DATES,), stop=NO_TRAP, usage=SMALL),
    },
    "ipc-pod": {"container1": QUIET_NGINX, "container2": Program((Every(20, "nginx is alive"),), usage=SMALL)},
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
            (traffic(lambda when: f"{when.strftime('%H:%M:%S')}|REQ|{when.n}|OK"),), stop=NO_TRAP, usage=SMALL
        ),
        "log-adapter": Program(
            (
                traffic(
                    lambda when: f'{{"time":"{when.strftime("%H:%M:%S")}","event":"REQ","id":{when.n},"result":"OK"}}',
                    0.03,
                ),
            ),
            stop=NO_TRAP,
            usage=SMALL,
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
                    4,
                    "Health check for server database/db-0 failed, reason: Layer4 timeout, check duration: 2001ms, "
                    "status: 0/2 DOWN.",
                    during=_AMBASSADOR_DOWN,
                ),
            ),
            failing=(Failing("readiness", "HTTP probe failed with statuscode: 503", _AMBASSADOR_DOWN),),
            usage=Usage(7, 18),
        ),
    },
    "init-demo": {"init-setup": ends(5, Line(0.01, "Initializing...")), "webapp": QUIET_NGINX},
    "webapp": {
        "wait-for-db": ends(1.2, *nslookup("database-service")),
        "wait-for-cache": Program(
            (
                Every(2, "** server can't find redis-service.demo.svc.cluster.local: NXDOMAIN", 0.2),
                Every(2, "waiting for cache", 0.21),
                Line(-0.1, "Name:\tredis-service.demo.svc.cluster.local"),
            ),
            Exit(2, once_service="redis-service"),
            stop=NO_TRAP,
            usage=SMALL,
        ),
        "webapp": NGINX,
    },
    "git-sync-pod": {
        "git-clone": ends(4.2, Line(0.05, "Cloning into '/data'...", "stderr")),
        "webapp": Program(
            (*nginx_start(), traffic(nginx_access())),
            usage=Usage(3, 8),
            files={"/usr/share/nginx/html/README": "Hello!\n"},
        ),
    },
    "config-downloader": {
        "download-config": ends(1.3, *CURL),
        "webapp": Program(
            (*nginx_start(), traffic(nginx_access())),
            usage=Usage(3, 8),
            files={"/etc/app/app.conf": "listen = 8080\nworkers = 4\n"},
        ),
    },
    "permission-setup": {
        "setup-permissions": ends(0.4),
        "webapp": Program(usage=SMALL, files={"/data/logs/app.log": "started\n"}),
    },
    "database-backup": {"dump": Program((Every(60, "dumped", 1),), usage=SMALL), "files": QUIET_NGINX},
    "production-app": _PRODUCTION,
    "ledger": {
        "backup": Program((Every(30, 'level=info msg="snapshot done"', 0.5),), usage=SMALL),
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
    "cleanup": {"cleanup": ends(3.1, Line(0.02, "removing old sessions"), Line(3.05, "removed 17"))},
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
        "fetch-token": ends(1.1, Line(1.0, "token fetched through the proxy")),
        "webapp": NGINX,
    },
    **FAILURES,
}
"""Scenario → container → program. A container that is missing here does what its command says."""
