"""A connection to servers of every kind, on real sockets."""

import asyncio
import base64
import json
import re
import socket
import ssl
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kubectl_mc.cluster.errors import Subject
from kubectl_mc.cluster.kubeconfig import Access, Impersonation
from kubectl_mc.demo.certificate import Certificate, self_signed
from kubectl_mc.errors import ApiError, ConfigurationError, ConnectionLost, Forbidden, McError, NotFound
from kubectl_mc.model.resources import PODS
from tests.cluster_layer.servers import access, connected, http_server, raw_server

LIST = Subject("list", PODS, "demo")


async def _hello(request: web.Request) -> web.Response:
    return web.json_response({"headers": [list(pair) for pair in request.headers.items()], "path": request.path_qs})


async def _ask(to: Access | str, path: str = "/api/v1/namespaces/demo/pods", **more: Any) -> dict[str, Any]:
    async with connected(to, **more) as client:
        return await client.connection.get_json(path, LIST)


async def _failure(to: Access | str, **more: Any) -> McError:
    with pytest.raises(McError) as caught:
        await _ask(to, **more)
    return caught.value


def _run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return self_signed("test", "127.0.0.1")


def _trusting(url: str, certificate: Certificate, folder: Path, **cluster: Any) -> Access:
    authority = folder / "ca.crt"
    authority.write_text(certificate.pem)
    return access(url, certificate_authority=str(authority), **cluster)


def test_nobody_listens() -> None:
    async def work() -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{unused.getsockname()[1]}"
            error = await _failure(url)
        assert isinstance(error, ConnectionLost)
        assert error.message == f"no connection to the server {url}: Connection refused"
        assert "right context" in str(error.hint)

    _run(work())


def test_a_name_that_does_not_exist() -> None:
    async def work() -> None:
        error = await _failure("https://api.invalid:6443")
        assert error.message == "the name of the server https://api.invalid:6443 cannot be resolved"

    _run(work())


def test_tls_with_the_clusters_authority(certificate: Certificate, tmp_path: Path) -> None:
    async def work() -> None:
        async with http_server(_hello, certificate.context()) as url:
            assert (await _ask(_trusting(url, certificate, tmp_path)))["path"]
            insecure = access(url, insecure_skip_tls_verify=True)
            assert (await _ask(insecure))["path"]

    _run(work())


def test_a_certificate_of_an_unknown_authority(certificate: Certificate) -> None:
    async def work() -> None:
        async with http_server(_hello, certificate.context()) as url:
            error = await _failure(access(url))
            assert error.message.startswith(f"the certificate of {url} is not trusted: self-signed certificate")
            assert "--certificate-authority" in str(error.hint)

    _run(work())


def test_a_certificate_for_another_name_and_the_name_to_expect_instead(
    certificate: Certificate, tmp_path: Path
) -> None:
    async def work() -> None:
        async with http_server(_hello, certificate.context()) as url:
            local = url.replace("127.0.0.1", "localhost")
            error = await _failure(_trusting(local, certificate, tmp_path))
            assert "not trusted: Hostname mismatch" in error.message
            assert "--tls-server-name" in str(error.hint)
            assert await _ask(_trusting(local, certificate, tmp_path, tls_server_name="127.0.0.1"))
            wrong = await _failure(_trusting(url, certificate, tmp_path, tls_server_name="api.example"))
            assert "Hostname mismatch" in wrong.message

    _run(work())


def _handshake(listener: socket.socket, tls: ssl.SSLContext) -> str:
    """Why a server ends the handshake with the next client."""
    accepted, _ = listener.accept()
    try:
        tls.wrap_socket(accepted, server_side=True).close()
    except ssl.SSLError as error:
        return str(error.reason)
    finally:
        accepted.close()
    return ""


def test_a_client_certificate_is_shown(certificate: Certificate, tmp_path: Path) -> None:
    own = self_signed("me", "127.0.0.1")
    tls = certificate.context()
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.maximum_version = ssl.TLSVersion.TLSv1_2  # the later one ends the handshake before it has judged the client
    (tmp_path / "me.crt").write_text(own.pem)
    (tmp_path / "me.key").write_text(own.key)
    encoded = {name: base64.b64encode(text.encode()).decode() for name, text in (("crt", own.pem), ("key", own.key))}
    by_path = {"client-certificate": str(tmp_path / "me.crt"), "client-key": str(tmp_path / "me.key")}
    by_data = {"client-certificate-data": encoded["crt"], "client-key-data": encoded["key"]}

    async def work() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"https://127.0.0.1:{listener.getsockname()[1]}"
            cluster = _trusting(url, certificate, tmp_path).cluster
            # The server trusts none of them: what it says tells whether it has seen one.
            for user, reason in (
                ({}, "PEER_DID_NOT_RETURN_A_CERTIFICATE"),
                (by_path, "CERTIFICATE_VERIFY_FAILED"),
                (by_data, "CERTIFICATE_VERIFY_FAILED"),
            ):
                end = asyncio.create_task(asyncio.to_thread(_handshake, listener, tls))
                error = await _failure(Access(cluster, user, "demo", Impersonation()))
                assert isinstance(error, ConnectionLost)
                assert await end == reason

    _run(work())


@pytest.mark.parametrize(
    ("cluster", "user"),
    [
        ({"certificate_authority": "/nonexistent/ca.crt"}, {}),
        ({"certificate_authority_data": "!"}, {}),
        ({"certificate_authority_data": "/w=="}, {}),
        ({"certificate_authority_data": "Z2FyYmFnZQ=="}, {}),
        ({"certificate_authority_data": 7}, {}),
        ({}, {"client-certificate": "/nonexistent/me.crt", "client-key": "/nonexistent/me.key"}),
        ({}, {"client-certificate-data": "Z2FyYmFnZQ==", "client-key-data": "Z2FyYmFnZQ=="}),
    ],
)
def test_certificates_that_are_none(cluster: dict[str, Any], user: dict[str, Any]) -> None:
    async def work() -> None:
        error = await _failure(access("https://127.0.0.1:1", user, **cluster))
        assert isinstance(error, ConfigurationError)

    _run(work())


@pytest.mark.parametrize("key", ["certificate-authority", "client-certificate", "client-key"])
def test_a_certificate_or_key_that_cannot_be_read_is_told_by_name(key: str, tmp_path: Path) -> None:
    own = self_signed("me", "127.0.0.1")
    entries = {
        name: str(tmp_path / name.removeprefix("client-"))
        for name in ("certificate-authority", "client-certificate", "client-key")
    }
    for name, text in zip(entries, (own.pem, own.pem, own.key), strict=True):
        Path(entries[name]).write_text(text)
    entries[key] = str(tmp_path / "nope")

    async def work() -> None:
        error = await _failure(Access({"server": "https://127.0.0.1:1", **entries}, entries, "demo", Impersonation()))
        assert error.message == f"{key} {tmp_path}/nope cannot be read: No such file or directory"

    _run(work())


def test_a_file_that_a_text_stands_above_need_not_be_there(certificate: Certificate) -> None:
    text = base64.b64encode(certificate.pem.encode()).decode()

    async def work() -> None:
        async with http_server(_hello, certificate.context()) as url:
            assert await _ask(access(url, certificate_authority="/nope", certificate_authority_data=text))

    _run(work())


def test_plain_http_to_a_port_with_tls(certificate: Certificate) -> None:
    async def work() -> None:
        async with http_server(_hello, certificate.context()) as url:
            error = await _failure(url.replace("https", "http"))
            assert isinstance(error, ConnectionLost)

    _run(work())


def test_tls_to_a_port_with_plain_http() -> None:
    async def work() -> None:
        async with http_server(_hello) as url:
            secure = url.replace("http", "https")
            error = await _failure(secure)
            assert error.message.startswith(f"no TLS connection to {secure}")
            # OpenSSL has changed its mind about the words.
            assert re.fullmatch(r".*: (wrong version number|record layer failure)", error.message)
            assert error.hint == "is it https, and is this its port?"

    _run(work())


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", b""]
)
def test_what_speaks_no_http_is_told_in_a_sentence(answer: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    async def work() -> None:
        async with raw_server(talk) as url:
            error = await _failure(url)
            assert isinstance(error, ConnectionLost)
            assert "\n" not in error.message
            assert "URL(" not in error.message

    _run(work())


@pytest.mark.parametrize(
    "body",
    [b"<html>Welcome</html>", b"[1]", b"", b'"text"', b"\xff\xfe", b'{"a":' * 100_000],
    ids=lambda body: repr(body[:9]),
)
def test_an_answer_that_is_not_of_kubernetes(body: bytes) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="text/html")

    async def work() -> None:
        async with http_server(page) as url:
            error = await _failure(url)
            assert error.message == (f"the server {url} didn't answer as a Kubernetes API server does to: {LIST.words}")

    _run(work())


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        (401, ApiError, "401 Unauthorized"),
        (403, Forbidden, "Error from server (Forbidden): told so"),
        (404, NotFound, "Error from server (Because): told so"),
        (500, ApiError, "Error from server (Because): told so"),
        (503, ApiError, "Error from server (Because): told so"),
    ],
)
def test_a_refusal_is_told_with_the_servers_words(code: int, kind: type[McError], said: str) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.json_response({"message": "told so", "reason": "Because"}, status=code)

    async def work() -> None:
        async with http_server(refuse) as url:
            error = await _failure(access(url, {"token": "t"}))
            assert isinstance(error, kind)
            assert said in error.message

    _run(work())


@pytest.mark.parametrize("code", [429, 503])
def test_a_busy_server_is_waited_for_and_the_wait_is_told(code: int) -> None:
    answers = [code, code, 200]

    async def busy(request: web.Request) -> web.Response:
        return web.json_response({}, status=answers.pop(0), headers={"Retry-After": "0"})

    async def work() -> None:
        notes: list[str] = []
        async with http_server(busy) as url:
            assert await _ask(url, notes=notes) == {}
        assert notes == ["the server is busy and asks to wait 0 s"] * 2

    _run(work())


@pytest.mark.parametrize(
    "header",
    [{}, {"Retry-After": "soon"}, {"Retry-After": "nan"}, {"Retry-After": "inf"}, {"Retry-After": "86400"}],
    ids=str,
)
def test_a_busy_server_that_names_no_time_or_a_long_one_is_not_waited_for(header: dict[str, str]) -> None:
    asked = 0

    async def busy(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.json_response({"message": "too many"}, status=429, headers=header)

    async def work() -> None:
        async with http_server(busy) as url:
            assert "too many" in (await _failure(url)).message
        assert asked == 1

    _run(work())


def test_a_server_that_stays_busy_is_given_up() -> None:
    asked = 0

    async def busy(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.json_response({"message": "too many"}, status=429, headers={"Retry-After": "0"})

    async def work() -> None:
        async with http_server(busy) as url:
            assert "too many" in (await _failure(url)).message
        assert asked == 10

    _run(work())


def test_a_silent_server_is_given_up_after_the_request_timeout() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)  # until the client hangs up

    async def work() -> None:
        async with raw_server(silent) as url:
            start = time.monotonic()
            error = await _failure(url, timeout=0.2)
            assert 0.2 <= time.monotonic() - start < 2
            assert error.message == f"no answer from the server {url} in time"
            assert "--request-timeout" in str(error.hint)

    _run(work())


def test_a_body_that_is_cut_off() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"items": [')
        await writer.drain()

    async def work() -> None:
        async with raw_server(cut) as url:
            assert (await _failure(url)).message == f"the server {url} closed the connection"

    _run(work())


def test_identity_and_impersonation_arrive_at_the_server() -> None:
    acting = Impersonation("ann", ("dev", "ops"), "7", {"example.com/scope": ("a",)})

    async def work() -> None:
        async with http_server(_hello) as url:
            headers = (await _ask(access(url, {"token": "t"}, impersonation=acting)))["headers"]
        for pair in (
            ["Authorization", "Bearer t"],
            ["Impersonate-User", "ann"],
            ["Impersonate-Group", "dev"],
            ["Impersonate-Group", "ops"],
            ["Impersonate-Uid", "7"],
            ["Impersonate-Extra-example.com%2Fscope", "a"],
            ["Accept", "application/json"],
        ):
            assert pair in headers
        [agent] = [value for name, value in headers if name == "User-Agent"]
        assert agent.startswith("kubectl-mc/")

    _run(work())


def test_a_proxy_is_used_and_a_netrc_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine api.invalid login me password secret\ndefault login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))

    async def work() -> None:
        async with http_server(_hello) as proxy:
            answer = await _ask(access("http://api.invalid:8080", proxy_url=proxy))
        assert ["Host", "api.invalid:8080"] in answer["headers"]
        assert "Authorization" not in dict(answer["headers"])

    _run(work())


def test_the_sessions_environment_names_the_proxy_and_not_the_processs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "*")

    async def work() -> None:
        async with http_server(_hello) as proxy:
            answer = await _ask("http://10.0.0.1:8080", environ={"HTTP_PROXY": proxy})
            assert ["Host", "10.0.0.1:8080"] in answer["headers"]
        assert "cannot be resolved" in (await _failure("http://api.invalid:8080")).message

    _run(work())


def test_a_proxy_that_is_down_is_named() -> None:
    async def work() -> None:
        error = await _failure(access("http://api.invalid:8080", proxy_url="http://127.0.0.1:1"))
        assert "proxy" in error.message
        assert "proxy-url" in str(error.hint)

    _run(work())


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "not a url", "127.0.0.1:1"])
def test_a_proxy_that_cannot_be_one_is_told(proxy: str) -> None:
    async def work() -> None:
        error = await _failure(access("http://api.invalid:8080", proxy_url=proxy))
        assert isinstance(error, ConfigurationError)
        assert proxy in error.message

    _run(work())


@pytest.mark.parametrize(
    "server",
    ["not a url", "http://", "http://[::1", "ftp://host/", "http://host:99999", "https://127.0.0.1:99999", "//host"],
)
def test_a_server_that_is_no_url_is_told(server: str) -> None:
    async def work() -> None:
        error = await _failure(server)
        assert isinstance(error, ConfigurationError)
        assert server.rstrip("/") in error.message

    _run(work())


def test_a_path_in_the_servers_url_stays_in_front() -> None:
    async def work() -> None:
        async with http_server(_hello) as url:
            assert (await _ask(f"{url}/k8s/clusters/c-1/"))["path"] == "/k8s/clusters/c-1/api/v1/namespaces/demo/pods"

    _run(work())


def test_nothing_is_kept_between_requests_but_the_connection() -> None:
    async def cookie(request: web.Request) -> web.Response:
        peer = request.transport.get_extra_info("peername") if request.transport else None
        response = web.json_response({"cookies": dict(request.cookies), "peer": peer})
        response.set_cookie("a", "b")
        return response

    async def work() -> None:
        async with http_server(cookie) as url, connected(url) as client:
            answers = [await client.connection.get_json("/", LIST) for _ in range(2)]
        assert answers[0] == answers[1]
        assert answers[1]["cookies"] == {}

    _run(work())


def test_a_request_with_a_body_sends_json() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response({"method": request.method, "body": await request.json(), "query": dict(request.query)})

    async def work() -> None:
        async with http_server(echo) as url, connected(url) as client:
            request = client.connection.request("PATCH", "/x", LIST, params={"a": "b c"}, body={"d": [1]})
            async with request as response:
                answer = json.loads(await response.read())
        assert answer == {"method": "PATCH", "body": {"d": [1]}, "query": {"a": "b c"}}

    _run(work())
