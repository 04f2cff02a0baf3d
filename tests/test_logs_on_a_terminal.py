"""`kubectl mc logs` where a person reads it: JSON made readable, repeats counted, nothing that acts on the terminal."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from kubectl_mc.demo.programs import Exit, Program
from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.log_pods import lived, log_of, pod, says, write
from tests.processes import Running, on_a_terminal

LINES = [
    '{"ts":"2026-01-01T00:00:00.5Z","level":"warn","msg":"slow","took":1.10,"err":"no\\n  at x"}',
    "tick",
    "tick",
    "tick",
    "\x1b[31mred without an end",
    "\x1b]0;a title\x07\x1b[2J\x1b[Hcleared\x00\x9b1m",
    "10%\r20%\r30%",
    "[bold]no markup[/bold]",
    "z" * 200,
]
COLOR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def past() -> Iterator[RunningDemo]:
    """A cluster that has lived; tests look at it and leave it as it is."""
    with running_demo(()) as demo:
        programs = {"first": Program(exit=Exit(after=1)), "side": says("hello")}
        lived(demo, 60, pod("web", "app", "side", inits=["first"]), programs)
        log = log_of(demo, "web")
        for place, line in enumerate(LINES):
            at = int(demo.cluster.clock.now() - 20) * 10**9 + place * 10**6
            demo.call(log.append, at, line)
        yield demo


@pytest.fixture(scope="module")
def config(past: RunningDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return past.cluster.write_kubeconfig(tmp_path_factory.mktemp("past") / "kubeconfig")


def shown(*words: str, kubeconfig: Path, **environ: str) -> list[str]:
    """The rows of `kubectl mc logs web WORDS` on a terminal of 80 columns."""
    variables = {"KUBECONFIG": str(kubeconfig), **environ}
    with on_a_terminal("logs", "web", *words, environ=variables, columns=80) as process:
        assert process.wait() == 0
        assert process.stderr() == ""
    return process.seen.removesuffix("\r\n").split("\r\n")


def following(kubeconfig: Path) -> AbstractContextManager[Running]:
    """`kubectl mc logs web -f` on a terminal of 80 columns."""
    return on_a_terminal("logs", "web", "-f", environ={"KUBECONFIG": str(kubeconfig)}, columns=80)


def plain(rows: list[str]) -> list[str]:
    return [COLOR.sub("", row) for row in rows]


def test_what_containers_write_is_readable_and_harmless(config: Path) -> None:
    rows = shown("--utc", kubeconfig=config)
    assert plain(rows) == [
        "first | ── init first exited 0 after 1s ──",
        "side  | hello",
        "app   | 2026-01-01 00:00:00.500 WARN  slow took=1.10",
        "app   |     no",
        "app   |       at x",
        "app   | tick ×3",
        "app   | red without an end",
        "app   | cleared\\x00\\x9b1m",
        "app   | 30%",
        "app   | [bold]no markup[/bold]",
        "app   | " + "z" * 200,
    ]
    assert not any("\x1b" in row for row in plain(rows)), "only colours are left"
    assert all(row.rpartition("\x1b[")[2].startswith("0m") for row in rows), "each row ends without a colour"


def test_raw_shows_lines_as_they_are_and_as_harmless(config: Path) -> None:
    rows = plain(shown("--raw", "--utc", kubeconfig=config))
    assert rows[2] == "app   | " + LINES[0]
    assert rows.count("app   | tick") == 3
    assert "app   | cleared\\x00\\x9b1m" in rows
    assert "app   | 30%" in rows


def test_prefixes_have_a_colour_for_each_container_and_none_is_red(config: Path) -> None:
    def colors(*words: str) -> dict[str, str]:
        found = (re.match(r"\x1b\[([0-9;]+)m(\w+)", row) for row in shown(*words, kubeconfig=config))
        return {match[2]: match[1] for match in found if match is not None}

    everything = colors()
    assert set(everything) == {"first", "app", "side"}
    assert len(set(everything.values())) == 3
    assert not set(everything.values()) & {"31", "91"}
    assert colors("-c", "side") == {"side": everything["side"]}


@pytest.mark.parametrize(("words", "rows_shown"), [(["-H", "WITHOUT"], 11), (["-g", "WITHOUT"], 1)])
def test_what_matches_is_marked_in_the_colour_that_it_has(words: list[str], rows_shown: int, config: Path) -> None:
    rows = shown(*words, "--ignore-case", kubeconfig=config)
    assert len(rows) == rows_shown
    marked = [row for row in rows if "\x1b[7m" in row]
    assert [row[row.index("red") - 5 :] for row in marked] == ["\x1b[31mred \x1b[7mwithout\x1b[27m an end\x1b[0m"]


def test_without_colours_the_words_are_the_same(config: Path) -> None:
    rows = shown("--utc", kubeconfig=config, NO_COLOR="1")
    assert rows == plain(shown("--utc", kubeconfig=config))


def test_a_terminal_that_cannot_redraw_gets_every_row(config: Path) -> None:
    rows = shown("--utc", kubeconfig=config, TERM="dumb")
    assert not any("\x1b" in row for row in rows)
    assert rows.count("app   | tick") == 3
    assert rows[0] == "first | -- init first exited 0 after 1s --"


def test_a_repeat_is_counted_behind_the_row_that_is_there(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app"), {"app": says("begun")})
    with following(kubeconfig) as process:
        process.read_until("begun")
        for line, column, counts in (("again", 12, (2, 3)), ("z" * 100, 27, (2,))):
            write(demo, "web", line)
            seen = len(process.read_until(line))
            for count in counts:
                write(demo, "web", line)
                process.read_until(f"×{count}", after=seen)
            again = process.seen[seen:].removeprefix("\r\n").split("\r\n")[: len(counts)]
            assert again == [f"\x1b[A\x1b[{column}G \x1b[2m×{count}\x1b[0m" for count in counts]
        assert process.interrupt() == 130


def test_a_repeat_after_a_note_has_a_row_of_its_own(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app"), {"app": says("begun", "again")})
    with following(kubeconfig) as process:
        seen = len(process.read_until("again"))
        demo.call(demo.cluster.faults.drop_connections)
        write(demo, "web", "again")
        process.read_until("again", after=seen)
        assert process.interrupt() == 130
        assert "a log stream broke off" in process.stderr()
    assert "×" not in process.seen
