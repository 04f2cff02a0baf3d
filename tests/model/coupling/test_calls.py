"""Who speaks to whom at localhost."""

import time
from typing import Any

import pytest

from kubectl_mc.model.coupling.calls import Call
from kubectl_mc.model.coupling.coupled import coupling
from kubectl_mc.model.parsing import parse_pod
from tests.pods import container, pod


def _calls(**spec: Any) -> list[Call]:
    """What `app` says to its siblings: redis on 6379, api on 8080, dns on 53 of UDP."""
    siblings = [
        container("redis", ports=[{"containerPort": 6379}]),
        container("api", ports=[{"containerPort": 8080, "name": "http"}]),
        container("dns", ports=[{"containerPort": 53, "protocol": "UDP"}]),
    ]
    found = coupling(parse_pod(pod(container("app", **spec), *siblings))).calls
    return [call for call in found if call.container == "app"]


def _env(**values: str) -> dict[str, Any]:
    return {"env": [{"name": name, "value": value} for name, value in values.items()]}


SAID: list[tuple[dict[str, Any], list[tuple[int, tuple[str, ...]]]]] = [
    (_env(REDIS_HOST="localhost", REDIS_PORT="6379"), [(6379, ("redis",))]),
    (_env(REDIS_HOST="127.0.0.1"), [(6379, ("redis",))]),
    (_env(CACHE_ADDR="localhost:6379"), [(6379, ("redis",))]),
    (_env(REDIS_URL="redis://:secret@localhost:6379/0"), [(6379, ("redis",))]),
    (_env(REDIS_URL="redis://localhost/0"), [(6379, ("redis",))]),
    (_env(URL="http://[::1]:8080/x"), [(8080, ("api",))]),
    (_env(URL="jdbc:postgresql://localhost:5432/db"), [(5432, ())]),
    (_env(DSN="user:secret@tcp(127.0.0.1:3306)/shop"), [(3306, ())]),
    (_env(PGHOST="localhost", PGPORT="5433"), [(5433, ())]),
    (_env(HOST="localhost:8080", TARGET="http://$(HOST)"), [(8080, ("api",))]),
    (_env(BACKENDS="localhost:8080,localhost:6379"), [(8080, ("api",)), (6379, ("redis",))]),
    ({"args": ["--upstream=http://localhost:8080"]}, [(8080, ("api",))]),
    ({"args": ["--redis-host", "localhost", "--redis-port", "6379"]}, [(6379, ("redis",))]),
    ({"command": ["sh", "-c", "until nc -z localhost 6379; do sleep 1; done"]}, [(6379, ("redis",))]),
    ({"command": ["redis-cli", "-h", "localhost", "monitor"]}, [(6379, ("redis",))]),
    ({"command": ["redis-cli", "-h", "127.0.0.1", "-p", "6380", "monitor"]}, [(6380, ())]),
    ({"command": ["sh", "-c", "while true; do wget -qO- http://127.0.0.1:8080/; done"]}, [(8080, ("api",))]),
    ({"command": ["dig", "@localhost:53"]}, [(53, ("dns",))]),
    ({"lifecycle": {"preStop": {"exec": {"command": ["curl", "-XPOST", "localhost:8080/quit"]}}}}, [(8080, ("api",))]),
    ({"livenessProbe": {"httpGet": {"port": 8080}}}, [(8080, ("api",))]),
    ({"livenessProbe": {"exec": {"command": ["curl", "-f", "http://localhost:9000/"]}}}, [(9000, ("app",))]),
    # Nobody's own address.
    (_env(URL="http://0.0.0.0:8080"), []),
    (_env(URL="http://notlocalhost:8080", OTHER="http://localhost.example.com:8080", THIRD="10.127.0.0.1:80"), []),
    (_env(HOST="localhost"), []),
    ({**_env(HOST="localhost", PORT="3000"), "ports": [{"containerPort": 3000}]}, []),
    ({"args": ["--listen-address=localhost:9090"]}, []),
    ({"command": ["nc", "-l", "localhost", "7000"]}, []),
]


@pytest.mark.parametrize(("spec", "calls"), SAID)
def test_a_port_of_the_pod_itself_is_known_by_whatever_says_it(
    spec: dict[str, Any], calls: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert [(each.port, each.to) for each in _calls(**spec)] == calls


@pytest.mark.parametrize(
    "said", [_env(URL="redis://me:hunter2@localhost:6379/0"), _env(DSN="me:hunter2@tcp(localhost:6379)/shop")]
)
def test_no_password_is_in_what_is_said(said: dict[str, Any]) -> None:
    [call] = _calls(**said)

    assert "hunter2" not in call.said
    assert call.at == "spec.containers[0].env[0]"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"command": ["sh", "-c", "wget -T 2 -q -O- http://127.0.0.1:15001/ || exit 1"]}, "http://127.0.0.1:15001"),
        ({"command": ["curl", "-s", "http://127.0.0.2:8080/x"]}, "-s http://127.0.0.2:8080"),
        ({"command": ["curl", "http://127.0.0.1/x"]}, "http://127.0.0.1"),
        ({"args": ["--upstream=http://localhost:8080"]}, "--upstream=http://localhost:8080"),
        ({"args": ["--upstream", "[::1]:8080"]}, "--upstream [::1]:8080"),
        ({"command": ["redis-cli", "-h", "127.0.0.1", "-p", "6380"]}, "redis-cli 127.0.0.1 -p 6380"),
        ({"command": ["redis-cli", "-h", "127.0.0.1"]}, "redis-cli 127.0.0.1"),
        (_env(DSN="me:hunter2@tcp(127.0.0.1:3306)/shop"), "DSN=127.0.0.1:3306"),
    ],
)
def test_what_says_so_is_quoted_as_it_is_written(spec: dict[str, Any], said: str) -> None:
    [call] = _calls(**spec)

    assert call.said == said


def test_a_probe_is_told_apart_from_the_program() -> None:
    [call] = _calls(livenessProbe={"httpGet": {"port": 8080}})

    assert (call.probe, call.to_others, call.at) == (True, ("api",), "spec.containers[0].livenessProbe")


def test_a_clash_names_all_who_listen() -> None:
    document = pod(
        container("app", args=["http://localhost:8080"]),
        container("one", ports=[{"containerPort": 8080}]),
        container("two", args=["--port=8080"]),
    )

    assert coupling(parse_pod(document)).calls[0].to == ("one", "two")


@pytest.mark.parametrize("piece", ["a+", "a.b-c_", "$(", "<<EOF\n", "until ", "until x; ", "/a ", "-p ", "http://"])
def test_a_program_pasted_into_a_manifest_costs_no_more_than_another(piece: str) -> None:
    script = piece * (100_000 // len(piece))
    began = time.process_time()
    _calls(command=["sh", "-c", script], env=[{"name": "X", "value": script}], args=[script])

    assert time.process_time() - began < 5  # 100 s and more where something takes quadratic time


@pytest.mark.parametrize(
    "script", ["echo 'unbalanced localhost:6379", 'x="$(', "cat <<EOF\nlocalhost:6379\nEOF", "$((", ""]
)
def test_a_script_that_no_shell_could_read_is_read_all_the_same(script: str) -> None:
    assert len(_calls(command=["sh", "-c", script])) <= 1
