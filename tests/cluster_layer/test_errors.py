"""What goes wrong on the way to a server is one of this tool's errors, always."""

import json
import ssl
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from kubectl_mc.cluster.errors import Subject, status_error, translated
from kubectl_mc.errors import ApiError, ConfigurationError, ConnectionLost, ExitCode, Forbidden, Gone, McError, NotFound
from kubectl_mc.model.resources import DEPLOYMENTS, NAMESPACES, PODS

SERVER = "https://api.example:6443"


def _subclasses(kind: type[BaseException]) -> set[type[BaseException]]:
    return {kind} | {found for direct in kind.__subclasses__() for found in _subclasses(direct)}


def _raised(kind: type[BaseException]) -> BaseException:
    """An instance of a foreign error, with what its constructor asks for."""
    key = ConnectionKey("api.example", 6443, True, True, None, None, None)
    request: Any = SimpleNamespace(real_url=SERVER)
    error = OSError(111, "Connection refused")
    if issubclass(kind, aiohttp.ClientConnectorCertificateError):
        return kind(key, ssl.SSLCertVerificationError("bad"))
    if issubclass(kind, aiohttp.client_exceptions.UnixClientConnectorError):
        return kind("/socket", key, error)
    if issubclass(kind, aiohttp.ClientConnectorError):
        return kind(key, error)
    if issubclass(kind, aiohttp.ServerFingerprintMismatch):
        return kind(b"a", b"b", "api.example", 6443)
    if issubclass(kind, aiohttp.ClientResponseError):
        return kind(request, ())
    if issubclass(kind, aiohttp.InvalidURL):
        return kind(SERVER)
    return kind("why")


FOREIGN = sorted(
    {kind for kind in _subclasses(aiohttp.ClientError) if kind.__module__.startswith("aiohttp")}
    | {OSError, TimeoutError, ConnectionError, ConnectionResetError, BrokenPipeError, ssl.SSLError}
    | {ssl.SSLCertVerificationError, ssl.SSLEOFError},
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: kind.__name__)
def test_every_error_of_the_transport_becomes_one_of_this_tools(kind: type[BaseException]) -> None:
    with pytest.raises(McError) as caught, translated(SERVER):
        raise _raised(kind)

    assert isinstance(caught.value, ConnectionLost | ConfigurationError)
    assert SERVER in caught.value.message
    assert caught.value.exit_code is ExitCode.ERROR


@pytest.mark.parametrize("kind", [KeyError, KeyboardInterrupt, AssertionError])
def test_what_is_no_error_of_the_transport_passes(kind: type[BaseException]) -> None:
    with pytest.raises(kind), translated(SERVER):
        raise kind


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (Subject("list", PODS, "shop"), 'list pods in namespace "shop"'),
        (Subject("list", PODS), "list pods"),
        (Subject("get", DEPLOYMENTS, "shop", "web"), 'get deployments.apps "web" in namespace "shop"'),
        (Subject("create", PODS, "shop", "web", "exec"), 'create pods/exec "web" in namespace "shop"'),
        (Subject("get the version"), "get the version"),
    ],
)
def test_a_subject_in_words(subject: Subject, words: str) -> None:
    assert subject.words == words


STATUS = b'{"kind":"Status","message":"pods \\"web\\" not found","reason":"NotFound"}'


@pytest.mark.parametrize(
    ("code", "kind"),
    [(404, NotFound), (410, Gone), (403, Forbidden), (401, ApiError), (409, ApiError), (500, ApiError)],
)
def test_a_refusal_is_of_the_kind_of_its_code(code: int, kind: type[ApiError]) -> None:
    error = status_error(code, STATUS, Subject("get", PODS, "shop", "web"))

    assert type(error) is kind
    assert isinstance(error, ApiError)
    assert error.code == code


def test_what_is_not_found_is_said_as_kubectl_says_it_with_the_namespace() -> None:
    error = status_error(404, STATUS, Subject("get", PODS, "shop", "web"))

    assert error.message == 'Error from server (NotFound): pods "web" not found in namespace "shop"'


@pytest.mark.parametrize(
    ("subject", "hint"),
    [
        (
            Subject("list", PODS, "shop"),
            'the verb "list" on pods is missing; check: kubectl auth can-i list pods -n shop',
        ),
        (Subject("list", PODS), 'the verb "list" on pods is missing; check: kubectl auth can-i list pods -A'),
        (
            Subject("list", NAMESPACES),
            'the verb "list" on namespaces is missing; check: kubectl auth can-i list namespaces',
        ),
        (
            Subject("create", PODS, "shop", "web", "exec"),
            'the verb "create" on pods/exec is missing; check: kubectl auth can-i create pods/exec -n shop',
        ),
        (Subject("get the version"), None),
    ],
)
def test_a_missing_permission_is_named_with_a_way_to_check_it(subject: Subject, hint: str | None) -> None:
    assert status_error(403, b"{}", subject).hint == hint


def test_the_way_to_check_a_permission_asks_the_same_cluster_as_the_same_user() -> None:
    error = status_error(403, b"{}", Subject("list", PODS, "shop"), ["--kubeconfig", "my viewer", "--as", "ann"])

    assert str(error.hint).endswith("check: kubectl auth can-i list pods -n shop --kubeconfig 'my viewer' --as ann")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"message":"too many","reason":"TooManyRequests"}', "Error from server (TooManyRequests): too many"),
        (b"<html>\n<body>Bad gateway</body>", "Error from server (502): <html>"),
        (b"", "Error from server (502): the server answered 502 to: list pods"),
        (b"[]", "Error from server (502): the server answered 502 to: list pods"),
        (b'{"message":{"a":1},"reason":null}', "Error from server (502): {'a': 1}"),
        (b"\xff\xfe" + b"x" * 5000, "Error from server (502): " + "\ufffd\ufffd" + "x" * 198),
        (b"[" * 100_000, "Error from server (502): " + "[" * 200),
    ],
    ids=["status", "page", "nothing", "list", "odd types", "binary", "deep"],
)
def test_whatever_stands_in_for_a_status_is_told_in_a_line(body: bytes, said: str) -> None:
    assert status_error(502, body, Subject("list", PODS)).message == said


def test_the_verb_is_the_one_that_the_server_asks_for() -> None:
    said = 'pods "web" is forbidden: User "ann" cannot create resource "pods/exec" in the namespace "shop"'
    body = json.dumps({"message": said, "reason": "Forbidden"}).encode()

    error = status_error(403, body, Subject("get", PODS, "shop", "web", "exec"))

    assert str(error.hint).endswith("check: kubectl auth can-i create pods/exec -n shop")
