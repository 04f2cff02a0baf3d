"""Programs that many scenarios have: web servers, caches, shippers, and steps that end by themselves."""

from __future__ import annotations

from math import inf

from kubectl_mc.demo.programs import Every, Exit, Line, Program, Stop, Usage
from kubectl_mc.demo.voices import (
    busybox_httpd,
    fluent_bit_ships,
    fluent_bit_start,
    json_request,
    nginx_access,
    nginx_start,
    redis_saves,
    redis_start,
    traffic,
)

NO_TRAP = Stop(after=inf)
"""A process with pid 1 and no handler does not get SIGTERM at all."""

SMALL = Usage(1, 2)

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


def ends(after: float, *says: Line | Every, code: int = 0, message: str = "") -> Program:
    """A step that comes to an end by itself."""
    return Program(says, Exit(after, code, message=message), stop=NO_TRAP, usage=SMALL)


def nslookup(name: str) -> tuple[Line, ...]:
    """A look-up that succeeds."""
    return (
        Line(0.1, "Server:\t\t10.96.0.10"),
        Line(0.1, "Address:\t10.96.0.10:53"),
        Line(0.11, f"Name:\t{name}.demo.svc.cluster.local"),
        Line(0.11, "Address: 10.96.41.7"),
    )


CURL = (
    Line(0.3, "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current", "stderr"),
    Line(0.3, "                                 Dload  Upload   Total   Spent    Left  Speed", "stderr"),
    Line(0.9, "100    27  100    27    0     0  52123      0 --:--:-- --:--:-- --:--:-- 27000", "stderr"),
)
