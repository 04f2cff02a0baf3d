"""Sessions inside the dashboard: what a tab shows from the way in to the end, and where it stands."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.programs import Every, Program
from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.demo.sessions import Session, Streams
from kubectl_mc.tui.widgets.terminal_pane import LEAVE, TerminalPane
from tests.log_pods import delete, end, lived, pod, says
from tests.tui.stage import Stage, staged

Json = dict[str, Any]
Work = Callable[[Stage], Coroutine[Any, Any, None]]
COUNTING = Program(says=(Every(1.0, lambda when: f"count {when.n}"),))
WIDE, SMALL = (160, 45), (80, 24)


def web(*, restart_policy: str = "Always") -> Json:
    """A pod: `app` writes, `repl` is a shell on a terminal, `lines` one without."""
    document = pod("web", "app", "repl", "lines", restart_policy=restart_policy)
    _, repl, lines = document["spec"]["containers"]
    repl.update(command=["sh"], stdin=True, tty=True)
    lines.update(command=["sh"], stdin=True)
    return document


@pytest.fixture
def stand(demo: RunningDemo, tmp_path: Path) -> Callable[..., None]:
    """Runs a test's work on the dashboard with the pod `web` open, the cursor on its container `app`."""

    def perform(work: Work, **more: Any) -> None:
        async def whole() -> None:
            async with staged(demo, tmp_path, **more) as stage:
                await stage.opens("web")
                await stage.press("down")
                await work(stage)

        asyncio.run(whole())

    lived(demo, 60, web(), {"app": COUNTING, "repl": says(), "lines": says()})
    return perform


def pane(stage: Stage) -> TerminalPane:
    found = stage.app.focused
    assert isinstance(found, TerminalPane)
    return found


def test_a_session_stands_beside_the_logs_and_ends_with_its_code(stand: Callable[..., None]) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("app shell 1", "/ #", "count ", "Events")
        assert pane(stage).size.width >= 80
        await stage.types("stty size; exit 3")
        await stage.sees(f"{pane(stage).size.height} {pane(stage).size.width}", "count ")
        await stage.sees("the session in app ended with exit code 3", "Enter opens another, D opens a debug container")
        await stage.press("enter")
        await stage.sees("/ #")
        await stage.types("echo a''gain")
        await stage.sees("again")
        await stage.press(LEAVE, "x")
        await stage.until(lambda: "app shell 1" not in stage.text)

    stand(work, size=WIDE)


def test_on_a_small_terminal_it_stands_in_place_of_the_logs_and_one_goes_back_and_forth(
    stand: Callable[..., None],
) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("app shell 1", "/ #")
        assert (pane(stage).size.width, pane(stage).size.height) == (80, 20)
        assert "count " not in stage.text
        await stage.press(LEAVE)
        await stage.sees("count ", "app shell 1", "Events")
        assert "/ #" not in stage.text
        await stage.press(LEAVE)
        await stage.sees("/ #")
        assert (pane(stage).size.width, pane(stage).size.height) == (80, 20)

    stand(work, size=SMALL)


def test_it_moves_when_the_terminal_changes_its_size(stand: Callable[..., None]) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("/ #")
        for columns, lines, logs in ((160, 45, True), (100, 50, True), (80, 24, False)):
            await stage.pilot.resize_terminal(columns, lines)
            await stage.until(lambda logs=logs: ("Events" in stage.text) is logs)  # type: ignore[misc]
            await stage.types("stty size")
            await stage.until(lambda: f"{pane(stage).size.height} {pane(stage).size.width}" in stage.text)

    stand(work, size=SMALL)


def test_several_sessions_are_tabs_of_which_one_is_seen(stand: Callable[..., None]) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("/ #")
        await stage.types("echo fir''st")
        await stage.press(LEAVE, "down", "s")
        await stage.sees("app shell 1", "repl shell 2", "/ #")
        await stage.types("echo sec''ond")
        await stage.sees("second")
        await stage.press("ctrl+pageup")
        await stage.sees("first")
        assert "second" not in stage.text
        await stage.press("ctrl+pageup")
        await stage.sees("second")
        await stage.types("exit")
        await stage.sees("ended with exit code 0")
        await stage.press("x")
        await stage.sees("first")
        assert "repl shell 2" not in stage.text
        await stage.types("echo st''ill")
        await stage.sees("still")

    stand(work, size=WIDE)


def test_attach_has_a_terminal_where_the_spec_says_so_and_the_detach_keys_leave_it(
    stand: Callable[..., None],
) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("down", "a")
        await stage.sees("what you type goes to repl's main process")
        await stage.types("tty; stty size")
        await stage.sees("/dev/", f"{pane(stage).size.height} {pane(stage).size.width}")
        await stage.press("ctrl+p", "ctrl+q")
        await stage.sees("detached; repl goes on", "Enter attaches again")
        await stage.press("enter")
        await stage.types("echo [$?]")
        await stage.sees("[0]")

    stand(work)


def test_attach_asks_for_no_terminal_where_the_spec_has_none(stand: Callable[..., None]) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("down", "down", "a")
        await stage.sees("what you type goes to lines's main process")
        await stage.press(*"echx", "backspace", *"o", "space", *"o''ne;tty", "enter")
        await stage.sees("echo o''ne;tty\n", "one\n", "not a tty")
        await stage.press("ctrl+p", "ctrl+q")
        await stage.sees("detached; lines goes on")

    stand(work)


def test_a_process_that_takes_no_input_is_watched_and_ctrl_c_leaves_it(stand: Callable[..., None]) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("a")
        await stage.sees("app takes no input", "count ")
        await stage.types("echo nobody")
        await stage.press("ctrl+c")
        await stage.sees("detached; app goes on")
        assert "nobody" not in stage.text

    stand(work, size=SMALL)


def test_beside_a_container_without_a_shell_a_debug_container_is_offered_and_entered_again(
    shared_demo: RunningDemo, tmp_path: Path
) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path, size=WIDE) as stage:
            await stage.opens("distroless-app")
            await stage.press("down", "s")
            await stage.sees("app has no shell; D opens a debug container beside it")
            await stage.press("D")
            await stage.sees("app debug 2", "runs already", "app's own files: /proc/1/root", "/ #")
            await stage.types("exit 4")
            await stage.sees("ended with exit code 4; debugger", "goes on", "Enter goes back to it")

    asyncio.run(work())


@pytest.mark.parametrize("key", ["ctrl+c", "escape"])
def test_a_debug_image_that_cannot_be_pulled_need_not_be_waited_for(stand: Callable[..., None], key: str) -> None:
    async def work(stage: Stage) -> None:
        stage.app.session.environ = {**stage.app.session.environ, "KUBECTL_MC_DEBUG_IMAGE": "ngnix:1"}
        await stage.press("D")
        await stage.sees("stops waiting", "has no image (ngnix:1)")
        await stage.press(key)
        await stage.sees("it is waited for no longer", "x closes this tab", "Enter goes back to it")

    stand(work, size=WIDE)


def test_who_may_not_is_told_the_verb_in_the_tab(stand: Callable[..., None], demo: RunningDemo) -> None:
    demo.call(demo.cluster.auth.grant, VIEWER, ["get", "list", "watch"], ["pods", "pods/log", "events"], "demo")

    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees('the verb "get" on pods/exec is missing')
        await stage.press("D")
        await stage.sees("app debug 2", 'the verb "patch" on pods/ephemeralcontainers is missing')

    stand(work, size=WIDE, user=VIEWER)


def cut(demo: RunningDemo) -> str:
    demo.call(demo.cluster.faults.drop_connections)
    return "the connection was cut before the command had ended"


def deleted(demo: RunningDemo) -> str:
    delete(demo, "web")
    demo.call(demo.cluster.faults.drop_connections)
    return "pod web is gone"


@pytest.mark.parametrize("happens", [cut, deleted], ids=lambda function: function.__name__)
def test_a_session_that_is_cut_off_says_why_and_the_dashboard_goes_on(
    happens: Callable[[RunningDemo], str], stand: Callable[..., None], demo: RunningDemo
) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("/ #")
        await stage.types("printf '\\033[?1049h\\033[?25l\\033[2;4r\\033[?1000h'; echo switc''hed; sleep 1000")
        await stage.sees("switched")
        said = await asyncio.to_thread(happens, demo)
        await stage.sees(f"── {said}", "── x closes" if happens is deleted else "── Enter opens another")
        assert not pane(stage).emulator.alternate
        assert pane(stage).emulator.cursor is not None
        await stage.press(LEAVE)
        await stage.sees("count ")

    stand(work, size=WIDE)


def test_where_the_pod_is_gone_nothing_is_offered_any_more_in_what_has_ended(
    stand: Callable[..., None], demo: RunningDemo
) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("/ #")
        await stage.types("exit 3")
        await stage.sees("Enter opens another")
        await stage.until(lambda: "Debug container" in stage.text.splitlines()[-1], "D in the footer")
        await asyncio.to_thread(delete, demo, "web")
        await stage.sees("this pod is gone now: nothing can be opened here any more")
        await stage.until(lambda: not re.search("Debug|Again", stage.text.splitlines()[-1]), "a footer without them")

    stand(work, size=WIDE)


def test_a_container_that_is_restarted_ends_its_sessions_and_another_can_be_opened(
    stand: Callable[..., None], demo: RunningDemo
) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("/ #")
        await stage.types("sleep 1000")
        await asyncio.to_thread(end, demo, "web", "app", 7)
        await stage.sees("ended with exit code 137; killed (SIGKILL): app", "Enter opens another")
        await asyncio.to_thread(demo.call, demo.cluster.advance, 30)
        await stage.sees("RESTARTS 1")
        await stage.press("enter")
        await stage.until(lambda: stage.text.count("/ #") == 2)
        await stage.types("echo a''gain")
        await stage.sees("again")

    stand(work, size=WIDE)


def test_sessions_end_with_their_tabs_and_with_the_dashboard(stand: Callable[..., None], demo: RunningDemo) -> None:
    def running() -> int:
        return sum(task.get_name().startswith("session in") for task in asyncio.all_tasks())

    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("/ #")
        await stage.press(LEAVE, "s", LEAVE)
        await stage.sees("app shell 2")
        await stage.until(lambda: running() == 2)
        await stage.press("x")
        await stage.until(lambda: running() == 1)
        await stage.press("escape")
        await stage.sees("A session is open here.")
        await stage.press("escape")
        await stage.until(lambda: "is open here" not in stage.text)
        assert running() == 1
        await stage.press("escape")
        await stage.sees("A session is open here.")
        await stage.press("enter")
        await stage.until(lambda: running() == 0)
        await stage.sees("order:")

    stand(work, size=WIDE)


@pytest.mark.parametrize("keys", [("q", "enter"), ("ctrl+c", "ctrl+c")])
def test_to_quit_is_asked_for_while_sessions_run(stand: Callable[..., None], keys: tuple[str, ...]) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("/ #")
        await stage.press(LEAVE, "s", LEAVE)
        await stage.sees("app shell 2")
        first, second = keys
        await stage.press(first)
        await stage.sees("2 sessions are open here.")
        assert stage.app.is_running
        await stage.press(second)
        await stage.until(lambda: stage.app.return_code == 0)

    stand(work, size=WIDE)


@pytest.mark.parametrize("key", ["escape", "n", "c"])
def test_another_place_is_asked_for_too_while_a_program_runs_in_a_session(stand: Callable[..., None], key: str) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("/ #")
        await stage.types("cat")
        await stage.press(LEAVE, key)
        await stage.sees("A session is open here.")
        await stage.press("escape", LEAVE)
        await stage.types("still he''re")
        await stage.sees("still he''re\nstill he''re")

    stand(work, size=SMALL)


def test_nothing_is_asked_where_all_sessions_have_ended(stand: Callable[..., None]) -> None:
    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("/ #")
        await stage.types("exit")
        await stage.sees("ended with exit code 0")
        await stage.press(LEAVE, "escape")
        await stage.sees("order:")

    stand(work, size=WIDE)


@pytest.mark.parametrize("command", ["sleep 1000", "cat", "echo half of a li'ne"])
def test_a_shell_that_is_left_does_not_stay_in_its_container(
    stand: Callable[..., None], demo: RunningDemo, command: str
) -> None:
    codes: list[int] = []

    async def work(stage: Stage) -> None:
        await stage.press("s")
        await stage.sees("/ #")
        await stage.types(command)
        await stage.press(LEAVE, "x")
        await stage.until(lambda: "shell 1" not in stage.text)

    run = Session.run

    async def counted(self: Session, streams: Streams) -> int:
        codes.append(await run(self, streams))
        return codes[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "run", counted)
        stand(work, size=WIDE)
    assert codes, "it was not ended from within"
