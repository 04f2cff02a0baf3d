"""Exec and attach over the real WebSocket: channels, exit codes, terminals, files."""

import hashlib
import os

import aiohttp
import pytest

from tests.demo.client import PODS, V4, own_cluster

CACHE = "app-with-cache"
STDIN = [("stdin", "true"), ("stdout", "true"), ("stderr", "true"), ("container", "redis")]


def command(*words: str) -> list[tuple[str, str]]:
    """The query of a command that reads stdin."""
    return [*STDIN, *(("command", word) for word in words)]


def terminal(*words: str) -> list[tuple[str, str]]:
    """The same on a TTY."""
    return [*command(*words), ("tty", "true")]


@pytest.mark.parametrize(
    ("script", "code", "out", "err"),
    [
        ("echo hi; echo no >&2; exit 3", 3, "hi\n", "no\n"),
        ("kill -9 $$", 137, "", ""),
        ("nope", 127, "", "sh: nope: not found\n"),
        ("false || echo rescued", 0, "rescued\n", ""),
        ("true && false", 1, "", ""),
        ("command -v bash >/dev/null && exec bash || exec sh -c 'echo plain'", 0, "plain\n", ""),
        ("for s in bash ash sh; do if command -v $s >/dev/null; then echo $s; exit 0; fi; done", 0, "ash\n", ""),
        ("X=1; while [ $X != 111 ]; do X=${X}1; done; echo $X", 0, "111\n", ""),
        ("echo \"$HOSTNAME\" '$HOSTNAME' $(hostname)", 0, "app-with-cache $HOSTNAME app-with-cache\n", ""),
        ("printf 'a\\nb\\nc\\n' | grep -v b | wc -l", 0, "2\n", ""),
        ("id -u; pwd; cd /etc; pwd", 0, "0\n/\n/etc\n", ""),
        ("cat /nope; echo $?", 0, "1\n", "cat: can't open '/nope': No such file or directory\n"),
        ("ls /nope 2>/dev/null || echo none", 0, "none\n", ""),
        ("stty size", 1, "", "stty: standard input: Inappropriate ioctl for device\n"),
        ("if", 2, "", "sh: syntax error: unexpected end of file\n"),
    ],
)
async def test_the_shell_does_what_a_shell_does(script: str, code: int, out: str, err: str) -> None:
    async with own_cluster(CACHE) as api:
        ended = await api.run(CACHE, "redis", "sh", "-c", script)
        assert ended.exit_code == code
        assert ended.out.decode() == out
        assert ended.err.decode().startswith(err.rstrip("\n"))


async def test_a_failed_command_is_a_status_with_its_exit_code() -> None:
    async with own_cluster(CACHE) as api:
        ended = await api.run(CACHE, "redis", "sh", "-c", "exit 3")
        assert ended.status == {
            "metadata": {},
            "status": "Failure",
            "message": "command terminated with non-zero exit code: command terminated with exit code 3",
            "reason": "NonZeroExitCode",
            "details": {"causes": [{"reason": "ExitCode", "message": "3"}]},
        }


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("nope", 'exec: "nope": executable file not found in $PATH: unknown'),
        ("/bin/nope", 'exec: "/bin/nope": stat /bin/nope: no such file or directory: unknown'),
    ],
)
async def test_a_command_that_is_not_there_is_an_internal_error(word: str, why: str) -> None:
    async with own_cluster(CACHE) as api:
        status = (await api.run(CACHE, "redis", word)).status
        assert (status["reason"], status["code"]) == ("InternalError", 500)
        assert status["message"].endswith(why)


async def test_a_distroless_image_has_no_shell() -> None:
    async with own_cluster("distroless-app") as api:
        status = (await api.run("distroless-app", "app", "sh")).status
        assert 'exec: "sh": executable file not found in $PATH' in status["message"]


async def test_a_container_that_does_not_run_cannot_be_entered() -> None:
    async with own_cluster("memory-hog") as api:
        found = (await api.get(f"{PODS}/memory-hog")).json["status"]["containerStatuses"]
        down = next(each["name"] for each in found if "waiting" in each["state"])
        status = (await api.run("memory-hog", down, "true")).status
        assert status["message"] == (
            f'Internal error occurred: unable to upgrade connection: container not found ("{down}")'
        )


async def test_ten_megabytes_pass_unchanged_both_ways() -> None:
    data = os.urandom(10 * 1024 * 1024)
    async with own_cluster(CACHE) as api, api.remote(CACHE, command("cat")) as session:
        for at in range(0, len(data), 65_536):
            await session.type(data[at : at + 65_536])
        await session.close_stdin()
        ended = await session.finish()
        assert ended.exit_code == 0
        assert hashlib.sha256(ended.out).digest() == hashlib.sha256(data).digest()


async def test_v4_cannot_close_stdin() -> None:
    async with own_cluster(CACHE) as api:
        api.cluster.faults.v4_only()
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with api.remote(CACHE, command("cat")):
                pass
        assert refused.value.status == 403
        async with api.remote(CACHE, command("cat"), protocol=V4) as session:
            assert session.socket.protocol == V4
            await session.close_stdin()
            await session.type(b"still open\n")
            await session.read_until(b"still open\n")


async def test_a_terminal_echoes_edits_and_knows_its_size() -> None:
    async with own_cluster(CACHE) as api, api.remote(CACHE, terminal("sh")) as session:
        await session.read_until(b"/ # ")
        await session.resize(132, 43)
        await session.type(b"stty sizx\x7fe\r")
        await session.read_until(b"stty sizx\b \be\r\n43 132\r\n/ # ")
        await session.type(b"exit 5\r")
        assert (await session.finish()).exit_code == 5


async def test_ctrl_c_ends_the_command_and_not_the_shell() -> None:
    async with own_cluster(CACHE) as api, api.remote(CACHE, terminal("sh")) as session:
        await session.read_until(b"/ # ")
        await session.type(b"echo now; sleep 1000\r")
        await session.read_until(b"now\r\n")
        await session.type(b"\x03")
        await session.read_until(b"^C\r\n/ # ")
        await session.type(b"echo $?\r")
        await session.read_until(b"130\r\n")
        await session.type(b"\x04")
        assert (await session.finish()).exit_code == 0


async def test_ctrl_c_ends_a_command_that_is_no_shell() -> None:
    async with own_cluster(CACHE) as api, api.remote(CACHE, terminal("sleep", "1000")) as session:
        await session.type(b"\x03")
        assert (await session.finish()).exit_code == 130


async def test_siblings_share_the_files_of_a_volume_and_no_others() -> None:
    async with own_cluster("shared-volume-pod") as api:
        name = "shared-volume-pod"
        await api.run(name, "writer", "sh", "-c", "echo hello > /data/note; echo mine > /tmp/own")
        assert (await api.run(name, "reader", "cat", "/data/note")).out == b"hello\n"
        assert (await api.run(name, "reader", "cat", "/tmp/own")).exit_code == 1


async def test_a_config_map_is_a_read_only_file() -> None:
    async with own_cluster("app-with-ambassador") as api:
        found = (await api.get(f"{PODS}/app-with-ambassador")).json["spec"]
        sidecar = next(each for each in found["containers"] if each["name"] == "db-ambassador")
        path = sidecar["volumeMounts"][0]["mountPath"]
        listed = await api.run("app-with-ambassador", "db-ambassador", "ls", path)
        assert b"haproxy.cfg" in listed.out
        refused = await api.run("app-with-ambassador", "db-ambassador", "touch", f"{path}/x")
        assert b"Read-only file system" in refused.err


async def test_a_debug_container_sees_the_processes_and_files_of_its_target() -> None:
    async with own_cluster("distroless-app") as api:
        listed = await api.run("distroless-app", "debugger", "ps")
        assert b"\n    1 root" in listed.out
        hosts = await api.run("distroless-app", "debugger", "cat", "/proc/1/root/etc/hostname")
        assert hosts.out == b"distroless-app\n"


async def test_attach_shows_what_the_container_says_from_now_on() -> None:
    name, query = "webapp-with-logging", [("container", "webapp"), ("stdout", "true"), ("stderr", "true")]
    async with own_cluster(name) as api, api.remote(name, query, verb="attach") as session:
        await session.socket.receive()
        api.cluster.advance(7)
        await session.read_until(b"HTTP/1.1")


async def test_a_plain_request_is_told_to_upgrade() -> None:
    async with own_cluster(CACHE) as api:
        answer = await api.get(f"{PODS}/{CACHE}/exec", {"container": "redis", "command": "ls"})
        assert (answer.status, answer.message) == (400, "Upgrade request required")


async def test_what_is_typed_into_a_debug_containers_shell_can_end_it() -> None:
    debugger = {"name": "dbg", "image": "busybox:1.37", "command": ["sh"], "stdin": True, "tty": True}
    query = [("container", "dbg"), ("stdin", "true"), ("stdout", "true"), ("tty", "true")]
    async with own_cluster(CACHE) as api:
        patch = {"spec": {"ephemeralContainers": [debugger]}}
        merge = "application/strategic-merge-patch+json"
        await api.request("PATCH", f"{PODS}/{CACHE}/ephemeralcontainers", body=patch, content_type=merge)
        api.cluster.advance(10)
        async with api.remote(CACHE, query, verb="attach") as session:
            await session.read_until(b"/ # ")
            await session.type(b"exit 6\r")
            assert (await session.finish()).exit_code == 6
        [status] = (await api.get(f"{PODS}/{CACHE}")).json["status"]["ephemeralContainerStatuses"]
        assert status["state"]["terminated"]["exitCode"] == 6
