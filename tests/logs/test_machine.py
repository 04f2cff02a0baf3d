"""Lines as objects for programs: what a container wrote comes back from the JSON as it was, whatever it was."""

import json
import random
from typing import Any

import pytest

from kubectl_mc.logs.filter import BREAK
from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import Kind, Marked, message_of, stamp_of, tag_of, told
from kubectl_mc.logs.machine import Name, as_json
from tests.logs.lines import block, stamp

TAG, OTHER = tag_of(0), tag_of(8)
NAMES = {TAG: Name("shop", "web", "app"), OTHER: Name('a"b', "db\\c", "")}

HOSTILE = [
    b"",
    b"plain",
    b'{"a": "b\\n", "c": [1, null]}',
    b'quotes " and \\ and / and \\u0041',
    b"\x00\x01\x1b[31m\x07\x08\x0b\x0c\x0d\x1f\x7f\t",
    bytes(set(range(256)) - {10}),
    b"half \xc3",
    b"\xed\xa0\x80 a lone surrogate",
    b"\xf8\x88\x80\x80\x80 too long",
    "\u2028 \u2029 \x85 \ufeff \ufffe \uffff".encode(),
    "\ue000".encode(),
    "a\ue000b\ue000".encode(),
    '\ue000"\ue001'.encode(),
    b'", "type": "error',
    "✓ 漢字 🎉 e\u0301".encode(),
    b"x" * 1_000_000,
    b'"\\' * 100_000,
]


def line(message: bytes, tag: bytes = TAG, at: float = 1) -> bytes:
    return stamp(at).encode() + b" " + message + tag


def objects(found: bytes) -> list[dict[str, Any]]:
    assert not found or found.endswith(b"\n")
    return [json.loads(row) for row in found.split(b"\n")[:-1]]


def marked(lines: list[bytes]) -> list[bytes]:
    """The same lines, of which nothing is to be said but that it might be."""
    return [Marked(each) for each in lines]


@pytest.mark.parametrize("message", HOSTILE, ids=lambda message: repr(message[:20]))
@pytest.mark.parametrize("form", [list, marked], ids=["plain", "marked"])
def test_a_message_comes_back_as_it_was(message: bytes, form: Any) -> None:
    lines = form([line(message), line(b"beside it")])
    assert [thing["message"] for thing in objects(as_json(lines, NAMES))] == [
        message.decode(errors="replace"),
        "beside it",
    ]


def test_lines_at_once_and_one_by_one_are_the_same() -> None:
    numbers = random.Random(4)
    for _ in range(200):
        lines = [
            line(numbers.choice(HOSTILE[:-2]), numbers.choice([TAG, OTHER]), at)
            for at in range(numbers.randrange(1, 30))
        ]
        found = as_json(lines, NAMES)
        assert found == as_json(marked(lines), NAMES)
        assert found == b"".join(as_json([each], NAMES) for each in lines)
        assert [thing["message"] for thing in objects(found)] == [
            message_of(each).decode(errors="replace") for each in lines
        ]


def test_no_lines_are_nothing() -> None:
    assert as_json([], NAMES) == b""
    assert as_json([], {}) == b""


@pytest.mark.parametrize("form", [list, marked], ids=["plain", "marked"])
def test_an_object_says_whose_line_it_is_and_of_when(form: Any) -> None:
    lines = form([line(b"a", TAG, 1), line(b"b", OTHER, 2)])
    assert objects(as_json(lines, NAMES)) == [
        {
            "type": "log",
            "time": stamp(1),
            "namespace": "shop",
            "pod": "web",
            "container": "app",
            "message": "a",
        },
        {
            "type": "log",
            "time": stamp(2),
            "namespace": 'a"b',
            "pod": "db\\c",
            "container": None,
            "message": "b",
        },
    ]


def test_the_form_of_an_object_is_settled_to_the_byte() -> None:
    assert as_json([line(b"GET /")], NAMES).decode() == (
        f'{{"type": "log", "time": "{stamp(1)}", '
        '"namespace": "shop", "pod": "web", "container": "app", "message": "GET /"}\n'
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_the_type_says_what_a_line_is(kind: Kind) -> None:
    lines = [line(b"before"), told(kind, stamp(2).encode(), "a word", TAG), line(b"after", at=3)]
    found = objects(as_json(lines, NAMES))
    assert [(thing["type"], thing["message"]) for thing in found] == [
        ("log", "before"),
        (kind.value, "a word"),
        ("log", "after"),
    ]


def test_a_line_that_was_moved_has_its_own_time() -> None:
    lines = Intake(TAG).take(block((5, "first"), (3, "earlier by its time"), (6, "  part")))
    found = objects(as_json(lines, NAMES))
    assert [thing["time"] for thing in found] == [stamp(5), stamp(3), stamp(6)]
    assert [thing["time"] for thing in found] == [stamp_of(each).decode() for each in lines]


@pytest.mark.parametrize("is_late", [False, True])
def test_only_a_late_line_is_said_to_be_late(*, is_late: bool) -> None:
    late = Marked(line(b"a"))
    late.late = is_late
    [found] = objects(as_json([late], NAMES))
    assert found.get("late", False) is is_late
    assert ("late" in found) is is_late


def test_what_stands_for_lines_left_out_is_no_object() -> None:
    assert [thing["message"] for thing in objects(as_json([line(b"a"), BREAK, line(b"b")], NAMES))] == ["a", "b"]
    assert as_json([BREAK], NAMES) == b""


def test_a_thousand_sources_keep_their_names() -> None:
    names = {tag_of(number): Name("shop", f"web-{number}", "app") for number in range(1000)}
    lines = [line(b"a", tag) for tag in names]
    for form in (lines, marked(lines)):
        assert [thing["pod"] for thing in objects(as_json(form, names))] == [name.pod for name in names.values()]
