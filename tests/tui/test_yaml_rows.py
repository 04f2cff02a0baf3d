"""A document as YAML: it reads back as what it was, and each part can be folded."""

from typing import Any

import pytest
import yaml

from kubectl_mc.tui.yaml_rows import yaml_rows

POD = {
    "apiVersion": "v1",
    "metadata": {"name": "web", "labels": {"a/b": "1", "on": "yes", "empty": ""}, "annotations": {}},
    "spec": {
        "containers": [
            {"name": "c0", "command": ["sh", "-c", "a\nb\n"], "env": [{"name": "X", "value": "1"}]},
            {"env": [{"name": "Y"}], "name": "c1", "args": []},
        ],
        "matrix": [[1, 2], [], [{"a": None}]],
    },
    "status": {"ready": True, "count": 3, "ratio": 0.5, "none": None},
}

TEXTS = (
    *("", " a", "a ", "a: b", "a:b", "a #b", "a#b", "#a", "- a", "-", "a:", "a,b", "é漢", "[red]", "{a}", "$(X)", "="),
    *("true", "No", "~", "null", "y", "1", "0x1f", "1e3", "2026-01-01", "/path", "|", ">", "?", "*a", "&a", "!a"),
    *("a\nb", "a\nb\n", "a\n\n\nb\n\n", "\na", " a\nb", "a\tb", "tab\n\tx", "a\rb\nc", "\x1b[31m", "a\u2028b"),
    *("\ufeff", "%a", "@a", "`a", "'a'", '"a"', "a'b", "\x85", "😀 \u2028"),
)


def _text(document: dict[str, Any], folded: tuple[tuple[str, ...], ...] = ()) -> list[str]:
    rows = yaml_rows(document, lambda path: path in folded)
    return [
        row.head + (" " if row.head and row.value else "") + row.value + (f" …{row.below}" if row.below else "")
        for row in rows
    ]


@pytest.mark.parametrize(
    "document",
    [
        POD,
        *({"a": text, "b": [text], "c": {text: text}} for text in TEXTS),
    ],
    ids=lambda document: repr(document["a"])[:20] if "a" in document else "pod",
)
def test_it_reads_back_as_what_it_was(document: dict[str, Any]) -> None:
    assert yaml.safe_load("\n".join(_text(document)) + "\n") == document


def test_it_looks_as_kubectl_writes_it() -> None:
    assert _text({"spec": POD["spec"]})[:12] == [
        "spec:",
        "  containers:",
        "  - name: c0",
        "    command:",
        "    - sh",
        '    - "-c"',
        "    - |",
        "      a",
        "      b",
        "    env:",
        "    - name: X",
        '      value: "1"',
    ]


@pytest.mark.parametrize(
    ("path", "row"),
    [
        (("spec",), "spec: …20"),
        (("spec", "containers"), "  containers: …14"),
        (("spec", "containers", "0"), "  - name: c0 …9"),
        (("spec", "containers", "0", "command"), "    command: …5"),
        (("spec", "containers", "1"), "  - env: …3"),
        (("spec", "containers", "0", "command", "2"), "    - | …2"),
    ],
)
def test_what_is_folded_is_one_row_that_counts_the_others(path: tuple[str, ...], row: str) -> None:
    whole, folded = _text(POD), _text(POD, (path,))
    assert row in folded
    assert len(folded) == len(whole) - int(row.rpartition("…")[2])


def test_folds_within_folds_are_counted_whole() -> None:
    inner = ("spec", "containers", "0")
    assert "spec: …20" in _text(POD, (("spec",), inner))


def test_each_row_has_a_path_of_its_own() -> None:
    paths = [row.path for row in yaml_rows(POD, lambda _: False)]
    assert len(set(paths)) == len(paths)
