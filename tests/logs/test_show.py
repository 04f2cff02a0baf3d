"""Lines as they are written: prefixed, harmless on a terminal, untouched in a pipe, valid as JSON."""

import json
import random
import re
from collections.abc import Callable
from datetime import UTC

import pytest

from kubectl_mc.logs.filter import BREAK
from kubectl_mc.logs.highlight import Highlight
from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import Kind, Marked, tag_of, told
from kubectl_mc.logs.machine import Name, as_json
from kubectl_mc.logs.show import Look, Show
from kubectl_mc.logs.stamps import Stamps
from kubectl_mc.logs.terminal import Fold, harmless
from kubectl_mc.render.text import width_of
from tests.logs.lines import block, stamp

TAG = tag_of(5)


def lines(*pairs: tuple[float, str]) -> list[bytes]:
    return Intake(TAG).take(block(*pairs))


def text(look: Look, found: list[bytes]) -> bytes:
    show = Show(look)
    show.joined(TAG, Name("shop", "web", "app"), 0)
    return show.text(found)


def test_a_pipe_gets_the_containers_own_bytes() -> None:
    shown = text(Look(), lines((1, "\x1b[31mred\x07\r50%\r100%")))
    assert shown == b"app | \x1b[31mred\x07\r50%\r100%\n"


def test_times_stand_between_prefix_and_message() -> None:
    assert text(Look(stamps=Stamps("full", UTC)), lines((1, "a"))).decode() == f"app | {stamp(1)} a\n"


def test_what_no_container_wrote_is_marked() -> None:
    word = told(Kind.LIFECYCLE, stamp(1).encode(), "exited 0", TAG)
    assert text(Look(), [word]).decode() == "app | ── exited 0 ──\n"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (b"plain", b"plain"),
        (b"\x1b[31mred\x1b[0m", b"\x1b[31mred\x1b[0m\x1b[0m"),
        (b"\x1b[2J\x1b[Hgone", b"gone"),
        (b"\x1b]0;title\x07x", b"x"),
        (b"\x1b]52;c;aGk=\x1b\\x", b"x"),
        (b"10%\r50%\r100%", b"100%"),
        (b"done\r", b"done"),
        (b"a\x00b\x07", b"a\\x00b\\x07"),
        ("csi \x9b2J".encode(), b"csi \\x9b2J"),
        ("wide 漢字 ✓ \u2028".encode(), "wide 漢字 ✓ \u2028".encode()),
        (b"half \xc3", b"half \xc3"),
        ("abc\u202edef".encode(), b"abc\\u202edef"),
        (b"tab\there", b"tab\there"),
        (b"ends in \x1b", b"ends in "),
    ],
)
def test_a_terminal_gets_colours_and_nothing_that_acts(message: bytes, shown: bytes) -> None:
    assert harmless(message) == shown


def test_json_is_valid_whatever_is_in_a_line() -> None:
    texts = ['{"a": 1}', 'quotes " and \\', "\x00\x1b[31m", "漢字 \u2028", "007"]
    found = as_json(lines(*enumerate(texts)), {TAG: Name("shop", 'we"b', "app")})
    objects = [json.loads(line) for line in found.splitlines()]
    assert [thing["message"] for thing in objects] == texts
    assert objects[4] == {
        "type": "log",
        "time": stamp(4),
        "namespace": "shop",
        "pod": 'we"b',
        "container": "app",
        "message": "007",
    }


def line(message: bytes | str, source: int = 0, at: float = 1) -> bytes:
    data = message.encode() if isinstance(message, str) else message
    return stamp(at).encode() + b" " + data + tag_of(source)


def late_line(message: str, source: int = 0) -> Marked:
    found = Marked(line(message, source))
    found.late = True
    return found


def show_of(look: Look, *names: str, fold: Fold | None = None) -> Show:
    """A show of sources, each written `namespace/pod/container`."""
    show = Show(look, fold)
    for number, name in enumerate(names):
        show.joined(tag_of(number), Name(*name.split("/")), number)
    return show


def labels(*names: str) -> list[str]:
    """What stands in front of a line of each source."""
    show = show_of(Look(), *names)
    rows = show.text([line("x", number) for number in range(len(names))]).decode().splitlines()
    return [row.removesuffix("x") for row in rows]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["s/web/app"], ["app | "]),
        (["s/web/app", "s/web/istio-proxy"], ["app         | ", "istio-proxy | "]),
        (["s/web/app", "s/db/app"], ["web app | ", "db app  | "]),
        (["s/web/app", "t/web/app"], ["s web app | ", "t web app | "]),
        (["s/web/app", "t/db/app"], ["s web app | ", "t db app  | "]),
        (["s/web/app", "s/web/"], ["app   | ", "(pod) | "]),
        (["s/web/app", "s/web/proxy", "s/db/"], ["web app   | ", "web proxy | ", "db (pod)  | "]),
    ],
)
def test_a_prefix_says_what_tells_the_sources_apart_and_no_more(names: list[str], expected: list[str]) -> None:
    assert labels(*names) == expected


def test_prefixes_are_made_anew_when_a_source_joins() -> None:
    show = show_of(Look(), "s/web/app")
    assert show.text([line("a")]) == b"app | a\n"
    show.joined(tag_of(1), Name("s", "web", "istio-proxy"), 1)
    assert show.text([line("b"), line("c", 1)]) == b"app         | b\nistio-proxy | c\n"
    show.joined(tag_of(2), Name("s", "web-2", "app"), 0)
    assert show.text([line("d"), late_line("e", 2)]) == b"web app         | d\nweb-2 app       ~ e\n"
    show.joined(tag_of(3), Name("t", "web-2", "app"), 0)
    assert show.text([line("f", 3)]) == b"t web-2 app       | f\n"


def test_a_source_that_takes_anothers_place_has_its_own_name() -> None:
    show = show_of(Look(), "s/web/app-with-a-long-name", "s/web/app")
    show.joined(tag_of(0), Name("s", "web", "b"), 0)
    assert show.text([line("x", 0), line("y", 1)]) == b"b   | x\napp | y\n"


def foregrounds(count: int) -> list[str]:
    show = show_of(Look(colors=True), *(f"s/web/c{number:02}" for number in range(count)))
    rows = show.text([line("x", number) for number in range(count)]).decode().splitlines()
    found = [re.fullmatch(r"\x1b\[([\d;]+)mc\d\d \|\x1b\[0m x", row) for row in rows]
    return [each[1] if each else "" for each in found]


def test_the_prefixes_of_a_pods_containers_differ_in_colour() -> None:
    found = foregrounds(14)
    assert all(found)
    assert len(set(found)) == 14
    assert foregrounds(15)[14] == found[0]


def test_no_prefix_is_red() -> None:
    reds = {"31", "91", "41", "101", *(f"38;5;{number}" for number in (1, 9, 88, 124, 160, 196, 197, 203))}
    assert not reds & set(foregrounds(14))


def test_a_container_has_the_same_colour_in_every_pod() -> None:
    show = Show(Look(colors=True))
    for number, pod in enumerate(("a", "b")):
        show.joined(tag_of(number), Name("s", pod, "app"), 3)
    first, second = show.text([line("x", 0), line("x", 1)]).decode().splitlines()
    assert first.replace("a app", "b app") == second


@pytest.mark.parametrize(
    ("look", "shown"),
    [
        (Look(), "app ~ x\n"),
        (Look(colors=True), "\x1b[36mapp ~\x1b[0m x\n"),
        (Look(terminal=True), "app ~ x\n"),
        (Look(stamps=Stamps("short", UTC)), "app ~ 12:00:00.001 x\n"),
        (Look(prefix=False), "x\n"),
    ],
)
def test_a_late_line_has_another_mark(look: Look, shown: str) -> None:
    assert show_of(look, "s/web/app").text([late_line("x")]).decode() == shown


def test_only_the_late_line_has_it() -> None:
    found = show_of(Look(), "s/web/app").text([line("a"), late_line("b"), Marked(line("c"))])
    assert found == b"app | a\napp ~ b\napp | c\n"


def test_a_line_that_was_moved_shows_its_own_time() -> None:
    found = Intake(tag_of(0)).take(block((5, "first"), (3, "earlier")))
    show = show_of(Look(stamps=Stamps("short", UTC)), "s/web/app")
    assert show.text(found) == b"app | 12:00:00.005 first\napp | 12:00:00.003 earlier\n"


LOOKS = {
    "pipe": (Look(), "app | -- {} --\n"),
    "terminal": (Look(terminal=True), "app | -- {} --\n"),
    "without a prefix": (Look(prefix=False), "-- {} --\n"),
}


@pytest.mark.parametrize("case", LOOKS)
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.LIFECYCLE, "exited 0"),
        (Kind.GAP, "exited 0"),
        (Kind.ERROR, "exited 0"),
        (Kind.EVENT, "event exited 0"),
    ],
)
def test_words_of_its_own_stand_between_rules(case: str, kind: Kind, said: str) -> None:
    look, form = LOOKS[case]
    word = told(kind, stamp(1).encode(), "exited 0", tag_of(0))
    for unicode, rule in ((True, "──"), (False, "--")):
        drawn = Look(prefix=look.prefix, terminal=look.terminal, unicode=unicode)
        assert show_of(drawn, "s/web/app").text([word]).decode() == form.replace("--", rule).format(said)


@pytest.mark.parametrize(
    ("kind", "message", "style"),
    [
        (Kind.ERROR, "cannot be read", "1;31"),
        (Kind.GAP, "missing", "1;33"),
        (Kind.LIFECYCLE, "exited 0", "2"),
        (Kind.EVENT, "Normal Pulled: x", "2"),
        (Kind.EVENT, "Warning BackOff: x", "33"),
        (Kind.LIFECYCLE, "Warning is its name", "2"),
    ],
)
def test_on_a_terminal_what_matters_most_stands_out(kind: Kind, message: str, style: str) -> None:
    word = told(kind, stamp(1).encode(), message, tag_of(0))
    show = show_of(Look(terminal=True, colors=True, prefix=False), "s/web/app")
    said = f"event {message}" if kind is Kind.EVENT else message
    assert show.text([word]).decode() == f"\x1b[{style}m── {said} ──\x1b[0m\n"


def test_words_are_harmless_on_a_terminal() -> None:
    word = told(Kind.EVENT, stamp(1).encode(), "Warning X: \x1b[2J\r\n\x07", tag_of(0))
    shown = show_of(Look(terminal=True), "s/web/app").text([word]).decode()
    assert re.search("[\x00-\x09\x0b-\x1f]", shown) is None
    assert shown.count("\n") == 1


def test_raw_has_the_containers_own_lines_alone() -> None:
    words: list[bytes] = [told(kind, stamp(1).encode(), "a word", tag_of(0)) for kind in Kind if kind is not Kind.LOG]
    show = show_of(Look(prefix=False, own_words=False), "s/web/app", "s/web/proxy")
    messages = [b"\x1b[31m", b"", b"half \xc3", b"\x00\r"]
    given = [line(messages[0]), *words, line(messages[1], 1), late_line("late"), *map(line, messages[2:])]
    assert show.text(given) == b"\x1b[31m\n\nlate\nhalf \xc3\n\x00\r\n"
    assert show.text(words) == b""


def test_raw_adds_no_line_break_to_the_last_line_before_something_follows_it() -> None:
    intake = Intake(TAG)
    found = intake.take(block((1, "one"), (2, "two"))[:-1])
    rest = intake.end()
    show = Show(Look(prefix=False, own_words=False))
    show.joined(TAG, Name("shop", "web", "app"), 0)
    assert show.text(found + rest) == b"one\ntwo"
    assert show.text([]) == b""
    assert show.text(lines((3, "three"))) == b"\nthree\n"
    assert text(Look(prefix=False), rest) == b"two\n", "rows of several forms are always whole"


@pytest.mark.parametrize("look", [Look(), Look(terminal=True), Look(colors=True), Look(stamps=Stamps("full", UTC))])
def test_what_is_left_out_is_a_row_as_grep_has_it(look: Look) -> None:
    show = show_of(look, "s/web/app")
    first, second = show.text([line("a")]), show.text([line("b")])
    assert show.text([line("a"), BREAK, line("b")]) == first + b"--\n" + second


@pytest.mark.parametrize("look", [Look(), Look(terminal=True), Look(own_words=False), Look(prefix=False)])
def test_no_lines_are_no_bytes_and_an_empty_line_is_a_row(look: Look) -> None:
    show = show_of(look, "s/web/app")
    assert show.text([]) == b""
    assert show.text([line("")]) == (b"app | \n" if look.prefix else b"\n")


@pytest.mark.parametrize("count", [1, 3, 253, 254, 255, 600])
@pytest.mark.parametrize("look", [Look(), Look(colors=True), Look(prefix=False)], ids=["plain", "coloured", "bare"])
def test_any_number_of_sources_have_their_own_prefixes(look: Look, count: int) -> None:
    show = show_of(look, *(f"s/web/c{number:03}" for number in range(count)))
    numbers = random.Random(count)
    sources = [numbers.randrange(count) for _ in range(2000)]
    given = [line(f"of {source:03}", source) for source in sources]
    found = show.text(given)
    # One that is marked takes another way to the same bytes.
    assert found == show.text([Marked(given[0]), *given[1:]])
    if look.prefix:
        for row, source in zip(found.decode().splitlines(), sources, strict=True):
            assert f"c{source:03} |" in row
            assert row.endswith(f" of {source:03}")


def test_a_line_of_a_megabyte_is_shown_whole() -> None:
    message = b"x" * 1_000_000
    for look in (Look(), Look(terminal=True, structured=True), Look(stamps=None, colors=True)):
        assert message in show_of(look, "s/web/app").text([line(message)])


def test_json_is_made_readable_only_on_a_terminal_and_only_where_asked_for() -> None:
    message = '{"level":"info","msg":"up","port":80}'
    assert show_of(Look(), "s/web/app").text([line(message)]).decode() == f"app | {message}\n"
    assert show_of(Look(terminal=True), "s/web/app").text([line(message)]).decode() == f"app | {message}\n"
    shown = show_of(Look(terminal=True, structured=True), "s/web/app").text([line(message), line("plain")])
    assert shown.decode() == "app | INFO  up port=80\napp | plain\n"


def test_every_row_of_a_json_line_has_the_prefix() -> None:
    message = json.dumps({"level": "error", "msg": "no", "stack": "at a\nat b"})
    shown = show_of(Look(terminal=True, structured=True), "s/web/app").text([line(message)])
    assert shown.decode() == "app | ERROR no\napp |     at a\napp |     at b\n"


@pytest.mark.parametrize(("colors", "shown"), [(True, b"a \x1b[7mhit\x1b[27m"), (False, b"a hit")])
def test_matches_are_marked_where_there_are_colours(*, colors: bool, shown: bytes) -> None:
    look = Look(terminal=True, prefix=False, colors=colors, highlight=Highlight(re.compile(b"hit")))
    assert show_of(look, "s/web/app").text([line("a hit")]) == shown + b"\n"


def test_without_colours_a_containers_own_are_left_out_on_a_terminal() -> None:
    show = show_of(Look(terminal=True), "s/web/app")
    assert show.text([line("\x1b[31mred\x1b[0m")]) == b"app | red\n"


COUNT = "\x1b[2m×{}\x1b[0m"


def folding(look: Look | None = None, columns: Callable[[], int] = lambda: 80) -> Show:
    fold = Fold(columns, width_of, "×".encode())
    return show_of(look or Look(terminal=True, structured=True), "s/web/app", "s/web/bob", fold=fold)


def test_on_a_terminal_a_line_that_repeats_stands_once() -> None:
    show = folding()
    assert show.text([line("a"), line("a"), line("b")]).decode() == f"app | a {COUNT.format(2)}\napp | b\n"
    assert show.text([line("b"), line("b")]).decode() == f"\x1b[A\x1b[8G {COUNT.format(3)}\n"


@pytest.mark.parametrize(
    ("between", "folds"),
    [
        ([], True),
        ([line("other")], False),
        ([line("same", 1)], False),
        ([line("")], False),
        ([BREAK], False),
        ([told(Kind.LIFECYCLE, stamp(1).encode(), "exited 0", tag_of(0))], False),
        ([Intake(tag_of(0)).take(block((1, "x"), (2, "  part of it")))[1]], False),
    ],
    ids=["nothing", "another line", "another container", "an empty line", "a break", "a word", "a record's part"],
)
def test_only_the_very_next_line_of_the_same_container_is_a_repeat(between: list[bytes], *, folds: bool) -> None:
    shown = folding().text([line("same"), *between, line("same", at=9)]).decode()
    assert ("×2" in shown) is folds
    assert shown.count("app | same") == (1 if folds else 2)


@pytest.mark.parametrize("message", ["", json.dumps({"msg": "no", "stack": "at a\nat b"})])
def test_what_is_empty_or_takes_several_rows_is_shown_each_time(message: str) -> None:
    first = folding().text([line(message)])
    assert folding().text([line(message)] * 3) == first * 3


def test_a_line_that_leaves_no_room_is_counted_in_a_row_of_its_own() -> None:
    show = folding()
    assert show.text([line("a\tb")] * 3).decode() == f"app | a\tb\napp |  {COUNT.format(3)}\n"
    assert show.text([line("a\tb")]).decode() == f"\x1b[A\rapp |  {COUNT.format(4)}\n"


def test_words_and_parts_of_records_are_never_counted() -> None:
    word = told(Kind.LIFECYCLE, stamp(1).encode(), "exited 0", tag_of(0))
    part = Intake(tag_of(0)).take(block((1, "x"), (2, "  part")))[1]
    assert folding().text([word, word, part, part]).decode() == "app | ── exited 0 ──\n" * 2 + "app |   part\n" * 2


def test_after_an_interruption_a_line_is_shown_again() -> None:
    show = folding()
    show.text([line("a"), line("a")])
    show.interrupted()
    assert show.text([line("a")]) == b"app | a\n"


def test_an_interruption_means_nothing_where_nothing_is_folded() -> None:
    show = show_of(Look(), "s/web/app")
    show.interrupted()
    assert show.text([line("a"), line("a")]) == b"app | a\napp | a\n"
