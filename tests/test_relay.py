"""The keys that leave a session: found however they come, and never lost when they are others."""

import pytest

from kubectl_mc.relay import Keys

CTRL_P_Q = b"\x10\x11"


@pytest.mark.parametrize(
    ("sequence", "typed", "passed", "left"),
    [
        (b"", [b"abc", CTRL_P_Q], b"abc" + CTRL_P_Q, False),
        (CTRL_P_Q, [b"abc"], b"abc", False),
        (CTRL_P_Q, [CTRL_P_Q], b"", True),
        (CTRL_P_Q, [b"\x10", b"\x11"], b"", True),
        (CTRL_P_Q, [b"ab" + CTRL_P_Q + b"cd"], b"ab", True),
        (CTRL_P_Q, [b"ab\x10", b"\x11cd"], b"ab", True),
        (CTRL_P_Q, [b"\x10", b"x"], b"\x10x", False),
        (CTRL_P_Q, [b"\x10", b"\x10", b"\x11"], b"\x10", True),
        (CTRL_P_Q, [b"\x11\x10"], b"\x11", False),
        (b"aab", [b"a", b"a", b"a", b"b"], b"a", True),
        (b"aab", [b"aaaaab"], b"aaa", True),
        (b"abac", [b"aba", b"bac"], b"ab", True),
        (b"abac", [b"aba", b"d"], b"abad", False),
        (b"q", [b"xyqz"], b"xy", True),
    ],
)
def test_the_sequence_leaves_and_everything_before_it_is_sent(
    sequence: bytes, typed: list[bytes], passed: bytes, left: bool
) -> None:
    keys, sent, leaves = Keys(sequence), b"", False
    for block in typed:
        assert not leaves
        more, leaves = keys.passed(block)
        sent += more
    assert (sent, leaves) == (passed, left)
