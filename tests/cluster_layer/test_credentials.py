"""Who the user is: tokens, files that change, and credential plugins, which are real programs here."""

import asyncio
import base64
import json
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kubectl_mc.cluster import credentials
from kubectl_mc.cluster.credentials import Credential, Credentials
from kubectl_mc.cluster.errors import Subject
from kubectl_mc.cluster.plugin_process import run_plugin
from kubectl_mc.errors import ApiError, ConfigurationError, ConnectionLost
from tests.cluster_layer.servers import access, connected, http_server, until

ENVIRON = {"PATH": "/usr/bin:/bin"}
LATER = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
SOON = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()


def _credentials(user: dict[str, Any], **cluster: Any) -> Credentials:
    entries = access("https://api.example:6443", user, **cluster)
    return Credentials(entries, ENVIRON, may_ask=lambda: False, notify=lambda _: None)


def _get(user: dict[str, Any], **cluster: Any) -> Credential:
    return asyncio.run(_credentials(user, **cluster).get())


def _error(user: dict[str, Any]) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        _get(user)
    return caught.value


@pytest.mark.parametrize(
    ("user", "authorization"),
    [
        ({}, None),
        ({"token": "t"}, "Bearer t"),
        ({"username": "ann", "password": "pw"}, "Basic YW5uOnB3"),
        ({"client-certificate": "/crt"}, None),
    ],
)
def test_what_stands_in_the_kubeconfig_is_used(user: dict[str, Any], authorization: str | None) -> None:
    assert _get(user).authorization == authorization


def test_a_token_file_is_above_a_token(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from file\n")

    assert _get({"token": "t", "tokenFile": str(file)}).authorization == "Bearer from file"


def test_a_token_file_is_read_again_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"

    async def tokens() -> list[str | None]:
        found = []
        kept = _credentials({"tokenFile": str(file)})
        for token in ("first", "second"):
            file.write_text(token)
            found.append((await kept.get()).authorization)
        return found

    assert asyncio.run(tokens()) == ["Bearer first", "Bearer first"]
    monkeypatch.setattr(credentials, "_TOKEN_FILE_SECONDS", 0.0)
    assert asyncio.run(tokens()) == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"], ids=["missing", "empty", "blank", "binary"])
def test_a_token_file_that_has_no_token_is_told_by_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)

    assert str(file) in _error({"tokenFile": str(file)}).message


class Plugin:
    """A credential plugin: a shell script that notes that it ran, and prints what it is told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "login"
        self.answer()

    def script(self, body: str) -> None:
        self.path.write_text(f"#!/bin/sh\necho run >> {self.folder}/runs\n{body}\n")
        self.path.chmod(0o755)

    def answer(self, **status: Any) -> None:
        """Print an ExecCredential with this status."""
        kind = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential"}
        (self.folder / "answer").write_text(json.dumps({**kind, "status": status or {"token": "t"}}))
        self.script(f"cat {self.folder}/answer")

    @property
    def runs(self) -> int:
        runs = self.folder / "runs"
        return len(runs.read_text().splitlines()) if runs.exists() else 0

    def user(self, **more: Any) -> dict[str, Any]:
        api = "client.authentication.k8s.io/v1"
        return {"exec": {"apiVersion": api, "command": str(self.path), **more}}


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


def test_a_plugin_gives_a_token(plugin: Plugin) -> None:
    plugin.answer(token="fresh")

    assert _get(plugin.user()).authorization == "Bearer fresh"


def test_a_plugin_gives_a_certificate_with_its_key(plugin: Plugin) -> None:
    plugin.answer(clientCertificateData="CERT", clientKeyData="KEY")

    assert _get(plugin.user()) == Credential(None, "CERT", "KEY")


def test_a_certificate_without_its_key_is_no_credential(plugin: Plugin) -> None:
    plugin.answer(clientCertificateData="CERT")

    assert "without its key" in _error(plugin.user()).message


async def _twice(kept: Credentials) -> list[str | None]:
    return [(await kept.get()).authorization for _ in range(2)]


@pytest.mark.parametrize(("expiry", "runs"), [(None, 1), (LATER, 1), ("garbage", 1), (SOON, 2)])
def test_a_plugin_runs_again_shortly_before_its_credential_expires(
    plugin: Plugin, expiry: str | None, runs: int
) -> None:
    plugin.answer(token="t", **({"expirationTimestamp": expiry} if expiry else {}))
    asyncio.run(_twice(_credentials(plugin.user())))

    assert plugin.runs == runs


def test_a_plugin_gets_its_arguments_its_variables_and_what_is_asked_of_it(plugin: Plugin) -> None:
    plugin.script(
        f'printf "%s|%s|%s" "$1" "$2" "$REGION" > {plugin.folder}/words; printf "%s" "$KUBERNETES_EXEC_INFO" > '
        f"{plugin.folder}/info; cat {plugin.folder}/answer"
    )
    _get(plugin.user(args=["get token", 5], env=[{"name": "REGION", "value": 7}, {"name": "EMPTY"}, {}]))

    assert (plugin.folder / "words").read_text() == "get token|5|7"
    assert json.loads((plugin.folder / "info").read_text()) == {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "spec": {"interactive": False},
    }


def test_a_plugin_that_wants_it_is_told_of_the_cluster(plugin: Plugin, tmp_path: Path) -> None:
    authority = tmp_path / "ca.crt"
    authority.write_text("CA")
    plugin.script(f'printf "%s" "$KUBERNETES_EXEC_INFO" > {plugin.folder}/info; cat {plugin.folder}/answer')
    extension = {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "me"}}
    cluster = {"certificate_authority": str(authority), "tls_server_name": "api", "extensions": [extension]}
    _get(plugin.user(provideClusterInfo=True), **cluster)

    assert json.loads((plugin.folder / "info").read_text())["spec"]["cluster"] == {
        "server": "https://api.example:6443",
        "tls-server-name": "api",
        "certificate-authority-data": base64.b64encode(b"CA").decode(),
        "config": {"audience": "me"},
    }


def test_an_authority_that_cannot_be_read_for_a_plugin_is_told_by_name(plugin: Plugin) -> None:
    with pytest.raises(ConfigurationError, match="certificate-authority /nope cannot be read: No such file"):
        _get(plugin.user(provideClusterInfo=True), certificate_authority="/nope")

    assert plugin.runs == 0


def test_a_plugin_that_fails_is_quoted(plugin: Plugin) -> None:
    plugin.script("echo starting >&2; echo 'session expired, run: aws sso login' >&2; exit 3")
    error = _error(plugin.user())

    assert error.message == (
        f"credential plugin '{plugin.path}' failed with exit 3: session expired, run: aws sso login"
    )


def test_a_plugin_that_fails_silently_is_told_with_its_code(plugin: Plugin) -> None:
    plugin.script("exit 5")

    assert _error(plugin.user()).message == f"credential plugin '{plugin.path}' failed with exit 5"


class Hanging(Plugin):
    """A plugin that waits until it is let go, by a child that has its pipes as well."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._gate = folder / "gate"
        os.mkfifo(self._gate)
        self._writer = os.open(self._gate, os.O_RDWR)
        self._pid = folder / "pid"
        self._pid.touch()
        self.script(f"echo $$ > {self._pid}; cat {self._gate}; cat {folder}/answer")

    def let_go(self) -> None:
        """Let it end, and the child if it is there alone: who opens the gate from now on finds none."""
        if self._gate.exists():
            self._gate.unlink()
            os.close(self._writer)

    @property
    def pid(self) -> int:
        """Its process; 0 before it runs."""
        return int(self._pid.read_text() or 0)

    @property
    def running(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[Hanging]:
    plugin = Hanging(tmp_path)
    yield plugin
    plugin.let_go()


def test_a_plugin_that_lets_wait_is_named_once(hanging: Hanging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_NOTICE_SECONDS", 0.02)
    notes: list[str] = []

    async def work(url: str) -> None:
        async with connected(access(url, hanging.user()), ENVIRON, notes=notes) as client:
            asking = asyncio.create_task(client.connection.get_json("/", Subject("get it")))
            await until(lambda: notes and hanging.pid)
            hanging.let_go()
            await asking

    _against_picky_server(lambda token: token == "Bearer t", work)
    assert notes == [f"waiting for the credential plugin '{hanging.path}'"]


def test_a_plugin_that_answers_soon_is_not_spoken_of(plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_NOTICE_SECONDS", 0.4)
    notes: list[str] = []

    async def work(url: str) -> None:
        async with connected(access(url, plugin.user()), ENVIRON, notes=notes) as client:
            await client.connection.get_json("/", Subject("get it"))
            answered = time.monotonic()
            await until(lambda: time.monotonic() > answered + 0.4)

    _against_picky_server(lambda token: True, work)
    assert notes == []


def test_the_request_timeout_ends_a_plugin_too(hanging: Hanging) -> None:
    async def work(url: str) -> None:
        async with connected(access(url, hanging.user()), ENVIRON, timeout=0.5) as client:
            with pytest.raises(ConnectionLost) as caught:
                await client.connection.get_json("/", Subject("get it"))
        assert caught.value.message == f"credential plugin '{hanging.path}' didn't answer in time"
        assert "--request-timeout" in str(caught.value.hint)
        assert not hanging.running

    _against_picky_server(lambda token: True, work)


def test_a_plugin_ends_with_the_command_that_waits_for_it(hanging: Hanging) -> None:
    async def work(url: str) -> None:
        async with connected(access(url, hanging.user()), ENVIRON) as client:
            asking = asyncio.create_task(client.connection.get_json("/", Subject("get it")))
            await until(lambda: hanging.pid)
            asking.cancel()
            await asyncio.wait([asking])
        assert not hanging.running

    _against_picky_server(lambda token: True, work)


@pytest.mark.parametrize("turns", range(8))
def test_a_command_may_end_while_its_plugin_is_still_being_started(hanging: Hanging, turns: int) -> None:
    async def run() -> None:
        running = asyncio.create_task(run_plugin([str(hanging.path)], ENVIRON, may_ask=False))
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        _, late = await asyncio.wait([running], timeout=5)
        assert not late

    asyncio.run(run())


def test_a_plugin_that_has_to_ask_is_not_run_without_a_terminal(plugin: Plugin) -> None:
    plugin.answer(token="fresh")
    error = _error(plugin.user(interactiveMode="Always"))

    assert error.message == f"credential plugin '{plugin.path}' has to ask on a terminal, and has none now"


def test_a_missing_plugin_comes_with_its_install_hint() -> None:
    error = _error({"exec": {"command": "no-such-plugin", "installHint": "Install it from the vendor.\n"}})

    assert error.message == "credential plugin 'no-such-plugin' cannot be run: No such file or directory"
    assert error.hint == "Install it from the vendor."


@pytest.mark.parametrize("command", ["no-such-plugin", "", "/", None])
def test_a_plugin_that_is_no_program_is_told_with_a_hint(command: str | None) -> None:
    error = _error({"exec": {"command": command}})

    assert "cannot be run" in error.message
    assert error.hint is not None


@pytest.mark.parametrize(
    "output", ["", "garbage", "[]", "7", "{}", '{"status": 1}', '{"status": []}', '{"status": null}', '{"status": {}}']
)
def test_what_is_no_credential_is_told(plugin: Plugin, output: str) -> None:
    (plugin.folder / "answer").write_text(output)

    assert str(plugin.path) in _error(plugin.user()).message


def test_binary_output_is_no_credential(plugin: Plugin) -> None:
    (plugin.folder / "answer").write_bytes(b"\xff\xfe\x00")

    assert "printed no ExecCredential" in _error(plugin.user()).message


def _jwt(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.signature"


def _oidc(token: str) -> dict[str, Any]:
    return {"auth-provider": {"name": "oidc", "config": {"id-token": token}}}


def test_an_oidc_token_is_used_while_it_lasts() -> None:
    token = _jwt(exp=time.time() + 3600)

    assert _get(_oidc(token)).authorization == f"Bearer {token}"


@pytest.mark.parametrize("token", [_jwt(exp=1), _jwt(exp="soon"), "", "garbage", "a.b.c", "a.W10.c"])
def test_an_oidc_token_that_is_over_is_told(token: str) -> None:
    assert "has expired" in _error(_oidc(token)).message


def test_the_command_that_renews_an_oidc_token_renews_the_one_that_was_used() -> None:
    where = replace(access("https://api.example:6443", _oidc(_jwt(exp=1))), reach=["--context", "the east"])
    with pytest.raises(ConfigurationError) as caught:
        asyncio.run(Credentials(where, ENVIRON, may_ask=lambda: False, notify=lambda _: None).get())

    assert str(caught.value.hint).endswith("kubectl version --context 'the east'")


def test_an_old_provider_is_told_what_took_its_place() -> None:
    error = _error({"auth-provider": {"name": "gcp"}})

    assert "'gcp' is no longer supported" in error.message
    assert error.hint is not None
    assert "exec" in error.hint


Work = Callable[[str], Coroutine[Any, Any, None]]


def _against_picky_server(accepts: Callable[[str], bool], work: Work) -> None:
    """Run `work` against a server that answers 401 unless it accepts the token."""

    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(0)
        if accepts(request.headers.get("Authorization", "")):
            return web.json_response({"kind": "Ok"})
        return web.json_response({"reason": "Unauthorized"}, status=401)

    async def run() -> None:
        async with asyncio.timeout(10), http_server(handler) as url:
            await work(url)

    asyncio.run(run())


def test_a_token_that_the_server_refuses_is_fetched_anew_once(plugin: Plugin) -> None:
    plugin.script(f'printf \'{{"status":{{"token":"t%s"}}}}\' $(wc -l < {plugin.folder}/runs)')

    async def work(url: str) -> None:
        async with connected(access(url, plugin.user()), ENVIRON) as client:
            assert await client.connection.get_json("/", Subject("get it")) == {"kind": "Ok"}

    _against_picky_server(lambda token: token == "Bearer t2", work)
    assert plugin.runs == 2


def test_many_refused_requests_fetch_one_new_token(plugin: Plugin) -> None:
    plugin.script(f'printf \'{{"status":{{"token":"t%s"}}}}\' $(wc -l < {plugin.folder}/runs)')
    requests = 20

    async def run() -> None:
        sent, all_sent, renewed = 0, asyncio.Event(), asyncio.Event()

        async def handler(request: web.Request) -> web.Response:
            nonlocal sent
            if request.headers["Authorization"] != "Bearer t1":
                renewed.set()
                return web.json_response({"kind": "Ok"})
            sent += 1
            if sent == requests:
                all_sent.set()
            # Half of them hear of it when the others have a new token already.
            await (all_sent if sent > requests // 2 else renewed).wait()
            return web.json_response({}, status=401)

        async with http_server(handler) as url, connected(access(url, plugin.user()), ENVIRON) as client:
            await asyncio.gather(*(client.connection.get_json("/", Subject("get it")) for _ in range(requests)))
        assert sent == requests

    asyncio.run(run())
    assert plugin.runs == 2


def test_a_user_whom_the_server_never_accepts_is_told_to_log_in(plugin: Plugin) -> None:
    async def work(url: str) -> None:
        for user in (plugin.user(), {"token": "t"}):
            async with connected(access(url, user), ENVIRON) as client:
                with pytest.raises(ApiError, match="401 Unauthorized") as caught:
                    await client.connection.get_json("/", Subject("get it"))
                assert (caught.value.code, caught.value.hint is not None) == (401, True)

    _against_picky_server(lambda token: False, work)
    assert plugin.runs == 2


@pytest.mark.parametrize("token", ["two\nlines", "a\rb", "a\0b"], ids=repr)
def test_a_token_that_no_header_can_carry_is_told(token: str) -> None:
    async def work(url: str) -> None:
        async with connected(access(url, {"token": token})) as client:
            with pytest.raises(ConfigurationError, match="Authorization"):
                await client.connection.get_json("/", Subject("get it"))

    _against_picky_server(lambda token: True, work)
