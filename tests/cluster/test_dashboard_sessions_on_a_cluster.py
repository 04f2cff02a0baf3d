"""Sessions inside the dashboard on a real cluster: what is typed into them, and what a real kubelet makes of it."""

import asyncio
import json
import os
import subprocess
import uuid
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import events

from kubectl_mc.model.targets import Query
from kubectl_mc.session import Session
from kubectl_mc.tui.app import Dashboard
from kubectl_mc.tui.watching import PodWatch
from kubectl_mc.tui.widgets.terminal_pane import LEAVE, TerminalPane
from tests.commands import Stream
from tests.tui.stage import Stage

pytestmark = pytest.mark.cluster

IMAGE = os.environ.get("KUBECTL_MC_TEST_IMAGE", "busybox:1.37")
SHELLLESS_IMAGE = os.environ.get("KUBECTL_MC_TEST_SHELLLESS_IMAGE", IMAGE)
TICKING = ["sh", "-c", "while :; do echo tick; sleep 1; done"]
UNTIL_TOLD = ["sh", "-c", "until [ -e /tmp/stop ]; do sleep 0.2; done; exit 7"]
Json = dict[str, Any]
Work = Callable[[Stage], Coroutine[Any, Any, None]]


def pod(name: str, *containers: Json) -> Json:
    spec = {"terminationGracePeriodSeconds": 0, "containers": [{"image": IMAGE, **each} for each in containers]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


PODS = (
    pod("web", {"name": "app", "command": TICKING}, {"name": "repl", "command": ["sh"], "stdin": True, "tty": True}),
    pod("restarts", {"name": "app", "command": UNTIL_TOLD}),
    pod("leaves", {"name": "app", "command": TICKING}),
    pod("bare", {"name": "app", "command": TICKING}, {"name": "down", "command": ["sh", "-c", "sleep 2; exit 3"]}),
)


def kubectl(*words: str, given: object = None) -> str:
    document = json.dumps(given) if given is not None else None
    done = subprocess.run(["kubectl", *words], input=document, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    name = f"kubectl-mc-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    try:
        kubectl("-n", name, "wait", "--for=create", "serviceaccount/default", "--timeout=60s")
        for document in PODS:
            kubectl("-n", name, "apply", "-f", "-", given=document)
        kubectl("-n", name, "wait", "--for=condition=Ready", "pod/web", "pod/restarts", "pod/leaves", "--timeout=60s")
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


def perform(namespace: str, name: str, work: Work, *, size: tuple[int, int] = (160, 45), **environ: str) -> None:
    """Do something with the dashboard open on a pod, the cursor on its first container."""

    async def whole() -> None:
        session = Session(stdout=Stream(terminal=True), stderr=Stream(terminal=True), environ={**os.environ, **environ})
        session.with_flags(namespace=namespace)
        query = Query(fields=f"metadata.name={name}")
        watch = PodWatch(session, query)
        try:
            await watch.begin()
            app = Dashboard(session, query, watch)
            async with app.run_test(size=size, notifications=True) as pilot:
                stage = Stage(app, pilot)
                await stage.press("enter")
                await stage.sees("all containers")
                await stage.press("down")
                await work(stage)
        finally:
            await session.client().connection.close()

    asyncio.run(whole())


async def shell(stage: Stage) -> TerminalPane:
    """A shell in the container under the cursor."""
    await stage.press("s")
    await stage.sees("/ #")
    pane = stage.app.focused
    assert isinstance(pane, TerminalPane)
    return pane


def line_of_cursor(pane: TerminalPane) -> str:
    return pane.emulator.text(pane.emulator.cursor[1]) if pane.emulator.cursor is not None else ""


def test_vi_top_and_exit_3_are_typed_into_a_session(namespace: str) -> None:
    async def work(stage: Stage) -> None:
        pane = await shell(stage)
        await stage.sees("tick")
        await stage.types("vi /tmp/note")
        await stage.until(lambda: pane.emulator.alternate and "~" in pane.emulator.text(3))
        await stage.press(*"ihello", "enter", *"world", "escape")
        await stage.until(lambda: [pane.emulator.text(y) for y in (0, 1)] == ["hello", "world"])
        await stage.types(":wq")
        await stage.until(lambda: not pane.emulator.alternate)
        await stage.types("wc -l /tmp/note")
        await stage.sees("2 /tmp/note")

        await stage.types("top")
        await stage.sees("Load average", "PID  PPID", "tick")
        await stage.press("q")
        await stage.types("stty size; exit 3")
        await stage.sees(f"{pane.size.height} {pane.size.width}", "the session in app ended with exit code 3")

        await stage.press(LEAVE, "down", "a")
        await stage.sees("repl attach 2", "/ #")
        await stage.types("echo at''tached")
        await stage.sees("attached")
        await stage.press("ctrl+p", "ctrl+q")
        await stage.sees("detached; repl goes on")

    perform(namespace, "web", work)


@pytest.mark.parametrize("size", [(80, 24), (250, 70)])
def test_vi_is_drawn_anew_for_another_size_and_gets_the_wheel(namespace: str, size: tuple[int, int]) -> None:
    async def work(stage: Stage) -> None:
        pane = await shell(stage)
        await stage.types("seq 300 > /tmp/numbers; vi /tmp/numbers")
        await stage.until(lambda: pane.emulator.text(pane.emulator.lines - 2) == str(pane.emulator.lines - 1))
        await stage.pilot.resize_terminal(120, 30)
        await stage.until(lambda: pane.emulator.lines == 26)
        await stage.until(lambda: pane.emulator.text(24) == "25" and "/tmp/numbers" in pane.emulator.text(25))
        await stage.press("G")
        await stage.until(lambda: "300/300" in pane.emulator.text(25))
        await stage.pilot._post_mouse_events([events.MouseScrollUp], pane, (5, 5))
        await stage.until(lambda: "297/300" in pane.emulator.text(25))
        await stage.types(":q")
        await stage.until(lambda: not pane.emulator.alternate)

    perform(namespace, "web", work, size=size)


def test_less_and_wide_characters(namespace: str) -> None:
    async def work(stage: Stage) -> None:
        pane = await shell(stage)
        await stage.types("seq 300 | less")
        await stage.until(lambda: pane.emulator.text(0) == "1" and pane.emulator.text(20) == "21")
        await stage.press("pagedown")
        await stage.until(lambda: pane.emulator.text(0) not in ("", "1"))
        await stage.press("q")
        await stage.until(lambda: line_of_cursor(pane).startswith("/ #"))
        await stage.types("clear; printf '日本語|\\ne\\314\\201|\\n\\360\\237\\221\\215|\\n'")
        await stage.sees("日本語|\n", "é|\n", "👍|\n")

    perform(namespace, "web", work, size=(100, 30))


def test_a_program_gets_the_mouse_and_marked_pastes_and_never_the_terminal_outside(namespace: str) -> None:
    async def work(stage: Stage) -> None:
        pane = await shell(stage)
        await stage.types("printf '\\033[?1000;1006;2004h\\033]52;c;eA==\\007\\033]0;t\\007'; stty -echo; cat -v")
        await stage.until(lambda: pane.emulator.brackets_paste)
        await stage.pilot.click(pane, (4, 2))
        pane.post_message(events.Paste("one\x1b[201~\ntwo"))
        await stage.press("enter")
        await stage.sees("^[[<0;5;3M^[[<0;5;3m^[[200~one[201~\n", "two^[[201~")
        assert stage.app.clipboard == ""
        await stage.press("ctrl+c")
        await stage.types("exit")
        await stage.sees("ended with exit code")
        assert not pane.emulator.wants_mouse

    perform(namespace, "web", work, size=(100, 30))


@pytest.mark.parametrize("flood", ["yes", "cat /dev/urandom"])
def test_ctrl_c_ends_a_flood(namespace: str, flood: str) -> None:
    async def work(stage: Stage) -> None:
        pane = await shell(stage)
        await stage.types(flood)
        await stage.until(lambda: pane.emulator.gone > 1000)
        pane.post_message(events.Key("ctrl+c", "\x03"))
        await stage.until(lambda: any("/ #" in pane.emulator.text(y) for y in range(pane.emulator.lines)))
        await stage.types("reset; echo a''live")
        await stage.until(lambda: "alive" in [pane.emulator.text(y) for y in range(pane.emulator.lines)])
        await stage.types("exit")

    perform(namespace, "web", work)


def test_20_megabytes_are_drawn_to_their_end(namespace: str) -> None:
    async def work(stage: Stage) -> None:
        pane = await shell(stage)
        await stage.types(f"yes {'x' * 199} | head -c 20000000 > /tmp/big; cat /tmp/big; echo e''nd")
        for rows in (30_000, 60_000, 99_900):
            await stage.until(lambda rows=rows: pane.emulator.gone > rows)  # type: ignore[misc]
        await stage.sees("end\n")
        await stage.types("exit")

    perform(namespace, "web", work, size=(250, 70))


def test_a_shell_that_is_left_does_not_stay(namespace: str) -> None:
    def processes() -> str:
        return kubectl("-n", namespace, "exec", "leaves", "--", "ps", "-o", "args")

    async def work(stage: Stage) -> None:
        await shell(stage)
        await stage.types("sleep 4321")
        await stage.until(lambda: "sleep 4321" in processes())
        await stage.press(LEAVE, "x")
        await stage.until(lambda: "app shell 1" not in stage.text)
        assert "sleep 4321" not in processes()
        assert "ash" not in processes().split()

    perform(namespace, "leaves", work)


def test_a_container_that_is_restarted_says_so_and_another_session_is_opened(namespace: str) -> None:
    async def work(stage: Stage) -> None:
        pane = await shell(stage)
        await stage.types("touch /tmp/stop; sleep 1000")
        await stage.sees("ended with exit code 137; killed (SIGKILL): app", "exit 7", "Enter opens another")
        await stage.sees("RESTARTS 1")
        await stage.press("enter")
        await stage.until(lambda: line_of_cursor(pane).startswith("/ #"))
        await stage.types("ls /tmp/stop")
        await stage.sees("No such file")

    perform(namespace, "restarts", work)


def test_a_container_that_is_down_says_so_and_a_debug_container_helps(namespace: str) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("down")
        await stage.sees("CrashLoopBackOff")
        await stage.press("s")
        await stage.sees("── down is crash-looping", "D opens a debug container beside it")
        await stage.press("D")
        await stage.sees("down debug 2", "stays until that is gone", "/ #")
        await stage.types("exit 4")
        await stage.sees("ended with exit code 4", "goes on", "Enter goes back to it")
        await stage.press("enter")
        await stage.sees("runs already")

    perform(namespace, "bare", work, KUBECTL_MC_DEBUG_IMAGE=IMAGE)


def test_who_may_not_is_told_the_verb(namespace: str, tmp_path: Path) -> None:
    role = {"resources": ["pods", "pods/log", "events"], "verbs": ["get", "list", "watch"], "apiGroups": [""]}
    for kind, more in (
        ("Role", {"rules": [role]}),
        (
            "RoleBinding",
            {
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "looks"},
                "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "somebody"}],
            },
        ),
    ):
        head = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": "looks"}}
        kubectl("-n", namespace, "apply", "-f", "-", given={**head, **more})

    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("on pods/exec is missing")

    config = json.loads(kubectl("config", "view", "--raw", "--minify", "-o", "json"))
    config["users"][0]["user"]["as"] = "somebody"
    (tmp_path / "config").write_text(json.dumps(config))
    perform(namespace, "web", work, KUBECONFIG=str(tmp_path / "config"))


def test_a_pod_that_is_deleted_under_a_session(namespace: str) -> None:
    async def work(stage: Stage) -> None:
        pane = await shell(stage)
        await asyncio.to_thread(kubectl, "-n", namespace, "delete", "pod", "leaves", "--wait=false")
        await stage.until(lambda: pane.ended)
        await stage.sees("pod leaves is")
        await stage.press(LEAVE)
        await stage.sees("this pod is gone")

    perform(namespace, "leaves", work)
