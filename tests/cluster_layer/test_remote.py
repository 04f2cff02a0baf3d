"""A session in a container: over the demo's WebSocket, and with servers that refuse, stumble or break off."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiohttp import WSMsgType, web
from pytest_mock import MockerFixture

from kubectl_mc.cluster import remote
from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.kubeconfig import Impersonation
from kubectl_mc.cluster.remote import Channel, RemoteRequest, RemoteSession, open_remote
from kubectl_mc.cluster.remote_end import end_of
from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.server import DemoCluster
from kubectl_mc.errors import ApiError, ConnectionLost, Forbidden, McError, NotFound, NotStarted
from tests.cluster_layer.servers import access, client_of, connected, demo_cluster, http_server, raw_server
from tests.log_pods import pod

Json = dict[str, Any]
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
SUCCESS = b'\x03{"metadata":{},"status":"Success"}'


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def request(*command: str, **more: Any) -> RemoteRequest:
    return RemoteRequest("demo", "web", "app", command, **more)


async def everything(session: RemoteSession) -> tuple[int, bytes, bytes]:
    """Exit code, stdout and stderr of a session, read to its end."""
    streams = {Channel.STDOUT: b"", Channel.STDERR: b""}
    while (piece := await session.read()) is not None:
        channel, data = piece
        streams[channel] += data
    assert await session.read() is None
    return session.exit_code, streams[Channel.STDOUT], streams[Channel.STDERR]


@asynccontextmanager
async def demo_client() -> AsyncIterator[tuple[DemoCluster, Client]]:
    """A cluster in which the pod `web` runs."""
    async with demo_cluster() as cluster:
        cluster.apply(pod("web", "app"))
        cluster.advance(30)
        async with client_of(cluster) as client:
            yield cluster, client


@pytest.mark.parametrize(
    ("asked", "params"),
    [
        (request("ls", "-l", "a b"),
         [("container", "app"), ("stdout", "true"), ("stderr", "true"),
          ("command", "ls"), ("command", "-l"), ("command", "a b")]),
        (request("sh", stdin=True, tty=True),
         [("container", "app"), ("stdin", "true"), ("stdout", "true"), ("tty", "true"), ("command", "sh")]),
        (request(stdin=True),
         [("container", "app"), ("stdin", "true"), ("stdout", "true"), ("stderr", "true")]),
    ],
)  # fmt: skip
def test_the_query_asks_for_the_streams_and_for_stderr_only_without_a_terminal(
    asked: RemoteRequest, params: list[tuple[str, str]]
) -> None:
    assert asked.params() == params
    assert asked.verb == ("exec" if asked.command else "attach")


def test_streams_and_the_code_come_apart() -> None:
    async def work() -> None:
        async with (
            demo_client() as (_, client),
            open_remote(client, request("sh", "-c", "echo one; echo two >&2; exit 3")) as session,
        ):
            assert await everything(session) == (3, b"one\n", b"two\n")

    run(work())


def test_stdin_goes_in_frames_up_to_its_end() -> None:
    data = bytes(range(256)) * 1000

    async def work() -> None:
        async with demo_client() as (_, client), open_remote(client, request("cat", stdin=True)) as session:
            assert session.closes_stdin
            await session.write(data)
            await session.end_stdin()
            assert await everything(session) == (0, data, b"")

    run(work())


def test_a_terminal_has_the_size_that_it_is_told() -> None:
    async def work() -> None:
        asked = request("sh", "-c", "read; stty size", stdin=True, tty=True)
        async with demo_client() as (_, client), open_remote(client, asked) as session:
            await session.resize(132, 43)
            await session.write(b"\r")
            code, out, err = await everything(session)
            assert (code, out.endswith(b"43 132\r\n"), err) == (0, True, b"")

    run(work())


def test_a_server_of_v4_is_not_told_what_it_would_not_understand() -> None:
    async def work() -> None:
        async with demo_client() as (cluster, client):
            cluster.faults.v4_only()
            async with open_remote(client, request("sh", "-c", "read a; echo $a", stdin=True)) as session:
                assert not session.closes_stdin
                await session.end_stdin()
                await session.write(b"still open\n")
                assert await everything(session) == (0, b"still open\n", b"")

    run(work())


def test_a_session_that_is_left_is_closed_on_both_sides() -> None:
    async def work() -> None:
        async with demo_client() as (cluster, client):
            async with open_remote(client, request("sleep", "1000")):
                assert cluster.faults.open_streams == 1
            while cluster.faults.open_streams:  # noqa: ASYNC110
                await asyncio.sleep(0)

    run(work())


def test_many_sessions_share_one_client() -> None:
    async def work() -> None:
        async with demo_client() as (_, client):

            async def one(number: int) -> None:
                async with open_remote(client, request("echo", str(number))) as session:
                    assert await everything(session) == (0, f"{number}\n".encode(), b"")

            await asyncio.gather(*map(one, range(30)))

    run(work())


def test_a_cut_connection_is_no_end() -> None:
    async def work() -> None:
        async with demo_client() as (cluster, client), open_remote(client, request("sleep", "1000")) as session:
            reading = asyncio.ensure_future(session.read())
            await asyncio.sleep(0)
            cluster.faults.drop_connections()
            with pytest.raises(ConnectionLost) as caught:
                await reading
            assert caught.value.message == "the connection was cut before the command had ended"
            with pytest.raises(ConnectionLost):
                await session.write(b"x" * 1_000_000)

    run(work())


# Refusals.


@pytest.mark.parametrize(
    ("asked", "kind", "words"),
    [
        (RemoteRequest("demo", "nope", "app", ("ls",)), NotFound, 'pods "nope" not found in namespace "demo"'),
        (RemoteRequest("demo", "web", "nope", ("ls",)), ApiError, "container nope is not valid for pod web"),
        (RemoteRequest("demo", "web", "nope"), ApiError, "container nope is not valid for pod web"),
    ],
    ids=["pod", "container", "attach"],
)
def test_a_refusal_has_the_servers_words(asked: RemoteRequest, kind: type[McError], words: str) -> None:
    async def work() -> None:
        async with demo_client() as (_, client):
            with pytest.raises(kind, match=words):
                async with open_remote(client, asked):
                    pass

    run(work())


def test_a_missing_permission_has_the_servers_words() -> None:
    async def work() -> None:
        async with demo_client() as (cluster, _), client_of(cluster, VIEWER) as viewer:
            with pytest.raises(Forbidden, match='cannot get resource "pods/exec"') as caught:
                async with open_remote(viewer, request("ls")):
                    pass
            assert "can-i get pods/exec -n demo" in str(caught.value.hint)

    run(work())


def test_a_container_that_does_not_run_is_said_when_it_is_read() -> None:
    async def work() -> None:
        async with demo_client() as (cluster, client):
            cluster.apply(pod("late", "app", inits=["first"]))
            cluster.advance(10)
            async with open_remote(client, RemoteRequest("demo", "late", "app", ("ls",))) as session:
                with pytest.raises(ApiError, match="the container is not running"):
                    await session.read()

    run(work())


def test_identity_and_impersonation_go_with_the_upgrade() -> None:
    seen: list[Json] = []

    async def handler(asked: web.Request) -> web.StreamResponse:
        seen.append({"path": asked.path, "query": list(asked.query.items()), **asked.headers})
        return await says(SUCCESS)(asked)

    async def work() -> None:
        async with http_server(handler) as url:
            act = Impersonation(user="jane", groups=("dev", "ops"), uid="7")
            to = access(url, {"token": "secret"}, impersonation=act)
            async with connected(to) as client, open_remote(client, request("ls", "-l")) as session:
                assert await everything(session) == (0, b"", b"")

    run(work())
    [sent] = seen
    assert sent["path"] == "/api/v1/namespaces/demo/pods/web/exec"
    assert ("command", "-l") in sent["query"]
    assert sent["Authorization"] == "Bearer secret"
    assert (sent["Impersonate-User"], sent["Impersonate-Uid"]) == ("jane", "7")
    assert sent["Sec-WebSocket-Protocol"].replace(" ", "") == f"{V5},{V4}"


# Worse servers.


def says(*messages: bytes | str, protocol: str = V5) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A server that sends these messages over a WebSocket and closes it."""

    async def handler(asked: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=(protocol,) if protocol else ())
        await socket.prepare(asked)
        for message in messages:
            await (socket.send_str(message) if isinstance(message, str) else socket.send_bytes(message))
        await socket.close()
        return socket

    return handler


async def told(*messages: bytes | str, protocol: str = V5) -> tuple[int, bytes, bytes]:
    """What comes of a server that says this."""
    async with (
        http_server(says(*messages, protocol=protocol)) as url,
        connected(url) as client,
        open_remote(client, request("ls")) as session,
    ):
        return await everything(session)


@pytest.mark.parametrize(
    ("messages", "read"),
    [
        ((b"\x01", b"\x01out", b"\x02err", SUCCESS), (0, b"out", b"err")),
        ((b"", b"\x01", SUCCESS), (0, b"", b"")),
        (("a text", b"\x01out", SUCCESS), (0, b"out", b"")),
        ((b"\x09of a channel of tomorrow", b"\xff\x01", b"\x01out", SUCCESS), (0, b"out", b"")),
        ((b"\x01\xc3", b"\x01\xa9\x00\xff", SUCCESS), (0, b"\xc3\xa9\x00\xff", b"")),
        ((b"\x01" + b"x" * (5 << 20), SUCCESS), (0, b"x" * (5 << 20), b"")),
        ((b"\x01before", SUCCESS, b"\x01behind the end"), (0, b"before", b"")),
    ],
    ids=["streams", "nothing", "text", "other channels", "cut character", "5 MiB", "behind the end"],
)
def test_messages_of_every_kind_are_read(messages: tuple[bytes | str, ...], read: tuple[int, bytes, bytes]) -> None:
    async def work() -> None:
        assert await told(*messages) == read

    run(work())


@pytest.mark.parametrize("messages", [(), (b"\x01half of it",)], ids=["nothing", "half"])
def test_a_close_without_a_status_is_no_end(messages: tuple[bytes, ...]) -> None:
    async def work() -> None:
        with pytest.raises(ConnectionLost, match="cut before the command had ended"):
            await told(*messages)

    run(work())


async def floods(asked: web.Request) -> web.StreamResponse:
    """Writes on, and reads nothing."""
    socket = web.WebSocketResponse(protocols=(V5,), compress=False)
    await socket.prepare(asked)
    with suppress(ConnectionError):
        while True:
            await socket.send_bytes(b"\x01y\r\n" * 100)
    return socket


def test_a_session_can_be_left_while_its_server_floods_it_and_does_not_listen() -> None:
    async def use(client: Client) -> None:
        async with open_remote(client, request("sh", stdin=True, tty=True)) as session:
            assert await session.read() is not None

    async def work() -> None:
        async with http_server(floods) as url, connected(url) as client:
            _, late = await asyncio.wait([asyncio.create_task(use(client))], timeout=20)
            assert not late, "it is still being left"

    run(work())


@pytest.mark.parametrize("status", [b"", b"no JSON", b"[]", b"null", b"\xff", b"[" * 100_000], ids=repr)
def test_an_end_in_other_words_is_an_error(status: bytes) -> None:
    async def work() -> None:
        with pytest.raises(ApiError, match="in words that are no Status"):
            await told(b"\x03" + status)

    run(work())


def test_a_server_that_agrees_on_no_protocol_is_taken_for_an_old_one() -> None:
    async def work() -> None:
        async with (
            http_server(says(SUCCESS, protocol="")) as url,
            connected(url) as client,
            open_remote(client, request("ls")) as session,
        ):
            assert not session.closes_stdin

    run(work())


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, ApiError, "the server answered 400 to: get pods/exec"),
        (404, NotFound, "the server answered 404 to: get pods/exec"),
        (500, ApiError, "the server answered 500 to: get pods/exec"),
        (502, ApiError, "the server answered 502 to: get pods/exec"),
    ],
)
def test_a_server_that_upgrades_nothing_is_said_with_its_code(status: int, kind: type[McError], words: str) -> None:
    async def handler(asked: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    async def work() -> None:
        async with http_server(handler) as url, connected(url) as client:
            with pytest.raises(kind, match=words):
                async with open_remote(client, request("ls")):
                    pass

    run(work())


def test_a_proxy_that_lets_no_upgrade_through_is_said() -> None:
    """It answers 403 to a WebSocket; without one the API server is reached and asks for the upgrade."""
    tries = 0

    async def handler(asked: web.Request) -> web.StreamResponse:
        nonlocal tries
        if "Upgrade" in asked.headers:
            tries += 1
            return web.Response(status=403)
        return web.json_response({"message": "Upgrade request required", "reason": "BadRequest"}, status=400)

    async def work() -> None:
        async with http_server(handler) as url, connected(url) as client:
            with pytest.raises(ApiError, match="the server answered 403 to: get pods/exec"):
                async with open_remote(client, request("ls")):
                    pass

    run(work())
    assert 1 < tries < 10


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again(status: int) -> None:
    left = 3

    async def handler(asked: web.Request) -> web.StreamResponse:
        nonlocal left
        left -= 1
        if left > 0:
            return web.Response(status=status, headers={"Retry-After": "0"})
        if "Upgrade" not in asked.headers:
            return web.json_response({"message": "Upgrade request required"}, status=400)
        return await says(b"\x01out", SUCCESS)(asked)

    async def work() -> None:
        async with (
            http_server(handler) as url,
            connected(url) as client,
            open_remote(client, request("ls")) as session,
        ):
            assert await everything(session) == (0, b"out", b"")

    run(work())


def test_a_server_that_never_answers_is_given_up() -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def work() -> None:
        async with raw_server(silence) as url, connected(url, timeout=0.2) as client:
            with pytest.raises(ConnectionLost, match="no answer from the server"):
                async with open_remote(client, request("ls")):
                    pass

    run(work())


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"SSH-2.0-x\r\n\r\n",
     b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
     b"Sec-WebSocket-Accept: wrong\r\n\r\n"],
    ids=["nothing", "a 101 of something else", "no HTTP", "a wrong key"],
)  # fmt: skip
def test_what_is_no_websocket_is_an_error_of_one_line(answer: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    async def work() -> None:
        async with raw_server(talk) as url, connected(url, timeout=5) as client:
            with pytest.raises(McError) as caught:
                async with open_remote(client, request("ls")):
                    pass
            assert "\n" not in caught.value.message

    run(work())


def test_a_server_that_does_not_say_good_bye_does_not_hold_up_the_end() -> None:
    async def handler(asked: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=(V5,), autoclose=False)
        await socket.prepare(asked)
        await socket.send_bytes(SUCCESS)
        await asyncio.Event().wait()
        return socket

    async def work() -> None:
        async with asyncio.timeout(5):
            async with (
                http_server(handler) as url,
                connected(url) as client,
                open_remote(client, request("ls")) as session,
            ):
                assert await everything(session) == (0, b"", b"")

    run(work())


@pytest.mark.parametrize(
    ("answers", "ends"), [(100, True), (0, True), (3, False)], ids=["answers", "never answers", "answers no more"]
)
def test_a_server_that_has_answered_and_falls_silent_is_lost(answers: int, ends: bool, mocker: MockerFixture) -> None:
    mocker.patch.object(remote, "_PAUSE_SECONDS", 0.02)
    rounds = 8

    async def handler(asked: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=(V5,), autoping=False)
        await socket.prepare(asked)
        for count in range(rounds):
            question = await socket.receive()
            if question.type is not WSMsgType.PING:
                return socket
            if count < answers:
                await socket.pong(question.data)
        await socket.send_bytes(SUCCESS)
        await socket.close()
        return socket

    async def work() -> None:
        async with (
            http_server(handler) as url,
            connected(url) as client,
            open_remote(client, request("ls")) as session,
        ):
            if ends:
                assert await everything(session) == (0, b"", b"")
            else:
                with pytest.raises(ConnectionLost, match=r"no sign of the server for 0\.08 s"):
                    await everything(session)

    run(work())


def test_a_server_that_asks_is_answered() -> None:
    async def handler(asked: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=(V5,), autoping=False)
        await socket.prepare(asked)
        await socket.ping(b"there?")
        while (answer := await socket.receive()).type is not WSMsgType.PONG:
            pass
        await socket.send_bytes(b"\x01" + answer.data)
        await socket.send_bytes(SUCCESS)
        await socket.close()
        return socket

    async def work() -> None:
        async with (
            http_server(handler) as url,
            connected(url) as client,
            open_remote(client, request("ls")) as session,
        ):
            assert await everything(session) == (0, b"there?", b"")

    run(work())


# How it ended.


def ended(code: str) -> Json:
    """The Status of a command that ran."""
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: command terminated with exit code {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": code}]},
    }


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ({"status": "Success"}, 0),
        *((ended(str(code)), code) for code in (1, 3, 126, 127, 130, 137, 255)),
        ({**ended("7"), "details": {"causes": [{"reason": "Other", "message": "x"}, None,
                                               {"reason": "ExitCode", "message": "7"}]}}, 7),
    ],
)  # fmt: skip
def test_the_code_is_the_commands(status: Json, code: int) -> None:
    assert end_of(json.dumps(status).encode()) == code


EXEC = (
    "Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "
    '"7b1d0c8e": OCI runtime exec failed: exec failed: '
)
"""The words of kubelet, containerd and runc around a reason."""


@pytest.mark.parametrize(
    ("message", "code", "said"),
    [
        (EXEC + 'unable to start container process: exec: "nope": executable file not found in $PATH: unknown',
         127, "nope: not found in the container"),
        (EXEC + 'unable to start container process: exec: "/bin/x y": stat /bin/x y: no such file or directory',
         127, "/bin/x y: not found in the container"),
        (EXEC + 'unable to start container process: exec: "/etc/passwd": permission denied: unknown',
         126, "/etc/passwd: permission denied"),
        (EXEC + 'unable to start container process: exec: "/etc": is a directory: unknown',
         126, "/etc: is a directory"),
        (EXEC + "unable to start container process: exec /script: exec format error: unknown",
         126, "the command: exec format error"),
        (EXEC + 'unable to start container process: chdir to cwd ("/gone") set in config.json failed: no such file or '
         "directory: unknown", 126, "/gone: the container's working directory is not there"),
        (EXEC + "unable to start container process: something new: unknown",
         126, "unable to start container process: something new"),
    ],
)  # fmt: skip
def test_a_command_that_could_not_be_started_ends_as_in_a_shell(message: str, code: int, said: str) -> None:
    status = {"status": "Failure", "reason": "InternalError", "message": message, "code": 500}
    with pytest.raises(NotStarted) as caught:
        end_of(json.dumps(status).encode())
    assert (caught.value.exit_code, caught.value.message) == (code, said)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({"message": 'unable to upgrade connection: container not found ("app")'},
         'the container is not running: unable to upgrade connection: container not found ("app")'),
        ({"message": "something of tomorrow"}, "something of tomorrow"),
        ({"reason": "Expired"}, "Expired"),
        ({}, "no reason given"),
        (ended("-1"), ended("-1")["message"]),
        (ended("x"), ended("x")["message"]),
        ({**ended("3"), "details": {"causes": "3"}}, ended("3")["message"]),
        ({**ended("3"), "details": "3"}, ended("3")["message"]),
        ({**ended("3"), "details": {}}, ended("3")["message"]),
    ],
)  # fmt: skip
def test_any_other_failure_is_told_in_the_servers_words_and_never_taken_for_success(status: Json, said: str) -> None:
    with pytest.raises(ApiError) as caught:
        end_of(json.dumps({"status": "Failure", **status}).encode())
    assert (caught.value.exit_code, caught.value.message) == (1, said)
