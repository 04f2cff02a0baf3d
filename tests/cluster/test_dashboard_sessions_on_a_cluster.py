"""Sessions inside the dashboard on a real cluster: what is typed into them, and what a real kubelet makes of it."""

import asyncio
import io
import json
import os
import subprocess
import uuid
from collections.abc import Iterator

import pytest

from kubectl_mc.model.targets import Query
from kubectl_mc.session import Session
from kubectl_mc.tui.app import Dashboard
from kubectl_mc.tui.watching import PodWatch
from kubectl_mc.tui.widgets.terminal_pane import LEAVE, TerminalPane
from tests.tui.stage import Stage

pytestmark = pytest.mark.cluster

IMAGE = os.environ.get("KUBECTL_MC_TEST_IMAGE", "busybox:1.37")
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "containers": [
            {"name": "app", "image": IMAGE, "command": ["sh", "-c", "while :; do echo tick; sleep 1; done"]},
            {"name": "repl", "image": IMAGE, "command": ["sh"], "stdin": True, "tty": True},
        ],
    },
}


def kubectl(*words: str, given: object = None) -> None:
    document = json.dumps(given) if given is not None else None
    subprocess.run(["kubectl", *words], input=document, capture_output=True, text=True, check=True, timeout=120)


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    name = f"kubectl-mc-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    try:
        kubectl("-n", name, "wait", "--for=create", "serviceaccount/default", "--timeout=60s")
        kubectl("-n", name, "apply", "-f", "-", given=POD)
        kubectl("-n", name, "wait", "--for=condition=Ready", "pod/web", "--timeout=60s")
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


def test_vi_top_and_exit_3_are_typed_into_a_session(namespace: str) -> None:
    async def work() -> None:
        session = Session(stdout=io.StringIO(), stderr=io.StringIO(), environ=dict(os.environ))
        session.with_flags(namespace=namespace)
        watch = PodWatch(session, Query())
        try:
            await watch.begin()
            app = Dashboard(session, Query(), watch)
            async with app.run_test(size=(160, 45)) as pilot:
                await typed(Stage(app, pilot))
        finally:
            await session.client().connection.close()

    async def typed(stage: Stage) -> None:
        await stage.press("enter")
        await stage.sees("all containers", "tick")
        await stage.press("down", "s")
        await stage.sees("app shell 1", "/ #", "tick")
        pane = stage.app.focused
        assert isinstance(pane, TerminalPane)

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

    asyncio.run(work())
