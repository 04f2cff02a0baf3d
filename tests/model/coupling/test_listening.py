"""Which ports a container listens on, by what its spec says."""

from typing import Any

import pytest

from kubectl_mc.model.coupling.coupled import coupling
from kubectl_mc.model.coupling.listening import Listener, Sign
from kubectl_mc.model.parsing import parse_pod
from tests.pods import container, pod


def _listeners(**spec: Any) -> list[Listener]:
    return list(coupling(parse_pod(pod(container("app", **spec)))).listeners)


def _env(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


SAID: list[tuple[dict[str, Any], list[tuple[int, Sign]]]] = [
    ({"ports": [{"containerPort": 8080}]}, [(8080, Sign.DECLARED)]),
    ({"args": ["--port=8080"]}, [(8080, Sign.COMMAND)]),
    ({"args": ["--port", "8080"]}, [(8080, Sign.COMMAND)]),
    ({"args": ["--listen-address=:9090"]}, [(9090, Sign.COMMAND)]),
    ({"args": ["--web.listen-address=0.0.0.0:9090"]}, [(9090, Sign.COMMAND)]),
    ({"args": ["--metrics-bind-address=:8081", "--health-probe-bind-address=:8082"]},
     [(8081, Sign.COMMAND), (8082, Sign.COMMAND)]),
    ({"command": ["httpd", "-f", "-p", "8080"]}, [(8080, Sign.COMMAND)]),
    ({"command": ["httpd", "-f", "-p8080"]}, [(8080, Sign.COMMAND)]),
    ({"command": ["sh", "-c", "mkdir -p /www && exec httpd -f -p 0.0.0.0:8080 -h /www"]}, [(8080, Sign.COMMAND)]),
    ({"command": ["./server", ":8080"]}, [(8080, Sign.COMMAND)]),
    ({"command": ["gunicorn", "-b", "0.0.0.0:8000", "app:main"]}, [(8000, Sign.COMMAND)]),
    ({"command": ["python", "-m", "http.server", "8000"]}, [(8000, Sign.COMMAND)]),
    ({"command": ["python", "-m", "http.server"]}, [(8000, Sign.COMMAND)]),
    ({"command": ["nc", "-lk", "-p", "7000"]}, [(7000, Sign.COMMAND)]),
    ({"command": ["socat", "TCP-LISTEN:7000,fork", "TCP:db:5432"]}, [(7000, Sign.COMMAND)]),
    ({"command": ["java", "-Dserver.port=8443", "-jar", "a.jar"]}, [(8443, Sign.COMMAND)]),
    ({"env": _env(PORT="3000")}, [(3000, Sign.ENVIRONMENT)]),
    ({"env": _env(LISTEN_ADDR=":3000")}, [(3000, Sign.ENVIRONMENT)]),
    ({"env": _env(ASPNETCORE_URLS="http://+:5000")}, [(5000, Sign.ENVIRONMENT)]),
    ({"env": _env(BASE="80", HTTP_PORT="$(BASE)80")}, [(8080, Sign.ENVIRONMENT)]),
    ({"env": _env(PORT="3000"), "args": ["--port=$(PORT)"]}, [(3000, Sign.COMMAND)]),
    ({"env": _env(PORT="3000"), "command": ["sh", "-c", "exec serve -p ${PORT}"]}, [(3000, Sign.COMMAND)]),
    ({"readinessProbe": {"httpGet": {"port": 8080}}}, [(8080, Sign.PROBE)]),
    ({"readinessProbe": {"httpGet": {"port": 8080, "host": "example.com"}}}, []),
    ({"image": "redis:7"}, [(6379, Sign.IMAGE)]),
    ({"image": "redis:7", "command": ["redis-server", "--port", "6380"]}, [(6380, Sign.COMMAND)]),
    ({"args": ["8080"]}, [(8080, Sign.NUMBER)]),
    ({"args": ["$(WEB)"], "env": _env(WEB="80")}, [(80, Sign.NUMBER)]),
    ({"args": ["8080"], "ports": [{"containerPort": 9090}]}, [(9090, Sign.DECLARED)]),
    # Ports elsewhere, and no ports at all.
    ({"args": ["3600"]}, []),
    ({"args": ["30"]}, []),
    ({"args": ["8080", "9090"]}, []),
    ({"command": ["sleep"], "args": ["8080"]}, []),
    ({"command": ["psql", "-h", "db", "-p", "5432"]}, []),
    ({"command": ["sh", "-c", "pg_isready -h db -p 5432; mkdir -p 8080"]}, []),
    ({"args": ["--redis-port=6379", "--upstream=http://web:8080", "--db-address=db:5432"]}, []),
    ({"env": _env(REDIS_PORT="6379", TIMEOUT="8080", PORT="none", HTTP_PORT="70000")}, []),
    ({"command": ["sleep", "3600"]}, []),
    ({"args": ["istio-iptables", "-p", "15001"]}, []),
    ({"args": ["serve", "-p", "15001"]}, [(15001, Sign.COMMAND)]),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "ports"), SAID)
def test_a_port_is_known_by_whatever_says_it(spec: dict[str, Any], ports: list[tuple[int, Sign]]) -> None:
    assert [(each.port, each.sign) for each in _listeners(**spec)] == ports


def test_a_port_is_said_once_by_its_surest_sign_with_its_place() -> None:
    [found] = _listeners(ports=[{"containerPort": 8080, "name": "http"}], args=["--port=8080"], env=_env(PORT="8080"))

    assert (found.sign, found.said, found.at, found.name) == (
        Sign.DECLARED, "containerPort: 8080", "spec.containers[0].ports[0]", "http",
    )  # fmt: skip


def test_a_port_has_the_place_of_the_words_that_say_it() -> None:
    [found] = _listeners(args=["--port=8080"])

    assert (found.said, found.at) == ("--port=8080", "spec.containers[0].args")


def test_a_number_of_two_protocols_is_two_ports() -> None:
    found = _listeners(ports=[{"containerPort": 53}, {"containerPort": 53, "protocol": "UDP"}])

    assert [(each.port, each.protocol) for each in found] == [(53, "TCP"), (53, "UDP")]


def test_what_listens_on_the_loopback_alone_is_told_apart() -> None:
    [near], [wide] = _listeners(args=["--listen=127.0.0.1:8080"]), _listeners(args=["--listen=0.0.0.0:8080"])

    assert (near.local, wide.local) == (True, False)


def test_two_containers_that_want_one_port_are_both_there_the_surer_first() -> None:
    document = pod(
        container("admin", command=["httpd", "-p", "8080"]), container("web", ports=[{"containerPort": 8080}])
    )
    there = coupling(parse_pod(document)).listening(8080)

    assert [(each.container, each.sign) for each in there] == [("web", Sign.DECLARED), ("admin", Sign.COMMAND)]
