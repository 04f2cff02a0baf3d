"""Lines as they are written: prefixed, harmless on a terminal, untouched in a pipe, valid as JSON."""

import json
from datetime import UTC

import pytest

from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import Kind, tag_of, told
from kubectl_mc.logs.machine import Name, as_json
from kubectl_mc.logs.show import Look, Show
from kubectl_mc.logs.stamps import Stamps
from kubectl_mc.logs.terminal import harmless
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
