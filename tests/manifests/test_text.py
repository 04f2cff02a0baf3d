"""What is read is what kubectl would read; what cannot be is told with its place, and never a traceback."""

import json
from typing import Any

import pytest

from kubectl_mc.manifests.manifest import manifests
from kubectl_mc.manifests.nodes import Place, Tree
from kubectl_mc.manifests.text import Malformed, documents


def _values(content: str | bytes) -> list[Any]:
    content = content.encode() if isinstance(content, str) else content
    found = []
    for tree in documents("f", content):
        assert isinstance(tree, Tree), tree.message
        found.append(tree.value)
    return found


def _malformed(content: str | bytes) -> Malformed:
    content = content.encode() if isinstance(content, str) else content
    [error] = documents("f", content)
    assert isinstance(error, Malformed)
    return error


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("y", True),
        ("On", True),
        ("NO", False),
        ("n", False),
        ("true", True),
        ("yEs", "yEs"),
        ("~", None),
        ("", None),
        ("null", None),
        ("0755", 493),
        ("0o755", 493),
        ("0x1F", 31),
        ("1_000", 1000),
        ("-7", -7),
        ("089", 89.0),
        ("1e3", 1000.0),
        ("1:30", "1:30"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("1.10", 1.1),
        ("1.2.3", "1.2.3"),
        ("'8080'", "8080"),
        ('"yes"', "yes"),
        ("!!str 5", "5"),
        ("=", "="),
        ("100m", "100m"),
    ],
)
def test_a_scalar_is_what_go_makes_of_it(written: str, value: object) -> None:
    [document] = _values(f"a: {written}\n")

    assert document == {"a": value}
    assert type(document["a"]) is type(value)


def test_keys_are_texts() -> None:
    assert _values("1: a\ntrue: b\n") == [{"1": "a", "true": "b"}]


def test_merge_keys_give_what_is_not_there_by_itself() -> None:
    [document] = _values("base: &b {a: 1, b: 1}\nc: {<<: *b, b: 2}\nd: {<<: [{a: 3}, *b], e: 4}\n")

    assert document["c"] == {"a": 1, "b": 2}
    assert document["d"] == {"a": 3, "b": 1, "e": 4}


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfa: 1\n",
        "a: 1\n".encode("utf-16"),
        b"a: 1\r\n",
        b"%YAML 1.1\n---\na: 1\n...\n",
        b"# nothing\n---\n--- \n# still nothing\n---\na: 1\n---\n",
        b"--- # first\na: 1\n",
        b'{\n\t"a":\t1\n}\n',
    ],
)
def test_forms_of_the_same_document(content: bytes) -> None:
    assert _values(content) == [{"a": 1}]


def test_json_may_have_what_yaml_forbids() -> None:
    document = {"a": "\N{PILE OF POO}"}

    assert _values(json.dumps(document)) == [document]


@pytest.mark.parametrize(
    ("content", "place", "problem"),
    [
        ("a: [1, 2\nb: 3\n", Place(2, 2), "did not find expected ',' or ']'"),
        ("a:\n\t- b\n", Place(2, 1), "found character that cannot start any token"),
        ("a: *b\n", Place(1, 4), "found undefined alias"),
        ("a: &a\n  b: *a\n", Place(1, 4), "an anchor contains itself"),
        ("a: &a\n  <<: *a\n", Place(1, 4), "an anchor contains itself"),
        ("a: {<<: 5}\n", Place(1, 9), "only a mapping can be merged with <<"),
        ("? [a]\n: b\n", Place(1, 3), "a mapping or a list can be no key"),
        ("a: 1\nb: x\0y\n", Place(2, 5), "a character that YAML forbids"),
        (b"a: 1\nb: caf\xe9\n", Place(2, 7), "not UTF-8"),
        ("a: " + "[" * 900 + "]" * 900, Place(1, 1), "nested too deeply"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_place(content: str | bytes, place: Place, problem: str) -> None:
    error = _malformed(content)

    assert error.place == place
    assert error.message == f"f:{place.line}:{place.column}: no YAML that kubectl takes: {problem}"


def test_more_nesting_than_libyaml_takes_is_an_error_like_another() -> None:
    assert "nesting" in _malformed("[" * 100_000).message


def test_aliases_that_grow_without_bound_are_refused() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")

    assert "its aliases make it too large" in _malformed("\n".join(lines)).message


@pytest.mark.parametrize("content", ["name: {{ .Values.name }}\n", "{{- if .Values.on }}\na: 1\n{{- end }}\n"])
def test_a_template_is_recognised(content: str) -> None:
    assert "helm template" in str(_malformed(content).hint)


def test_a_broken_document_hides_none_after_it() -> None:
    first, broken, last = documents("f", b"a: 1\n---\na: [\n---\nb: 2\n")

    assert isinstance(first, Tree)
    assert isinstance(broken, Malformed)
    assert isinstance(last, Tree)
    assert last.value == {"b": 2}
    assert last.place("b") == Place(5, 1)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("", Place(2, 1)),
        ("spec", Place(3, 1)),
        ("spec.containers", Place(4, 3)),
        ("spec.containers[1]", Place(7, 5)),
        ("spec.containers[1].ports[0].containerPort", Place(8, 14)),
        ("spec.containers[1].image", Place(7, 5)),
        ("spec.containers[0].resources.limits.memory", Place(5, 5)),
        ("spec.containers[9].name", Place(4, 3)),
        ("spec.containers.name", Place(4, 3)),
        ("status.phase", Place(2, 1)),
    ],
)
def test_a_path_leads_to_its_place_or_to_what_is_around_it(path: str, place: Place) -> None:
    [tree] = documents(
        "f",
        b"""# a comment
kind: Pod
spec:
  containers:
  - name: app
    image: app
  - name: side
    ports: [{containerPort: 80}]
""",
    )
    assert isinstance(tree, Tree)

    assert tree.place(path) == place


def test_a_part_that_was_merged_has_the_place_of_what_was_merged() -> None:
    [tree] = documents("f", b"base: &base\n  image: app\na:\n  <<: *base\n")
    assert isinstance(tree, Tree)

    assert tree.place("a.image") == Place(2, 3)


def test_a_key_that_stands_twice_is_known_with_both_places() -> None:
    [tree] = documents("f", b"a:\n- b: 1\n  c: 2\n  b: 3\n")
    assert isinstance(tree, Tree)
    [twice] = tree.duplicates

    assert tree.value == {"a": [{"b": 3, "c": 2}]}
    assert (twice.path, twice.key, twice.place, twice.before) == ("a[0]", "b", Place(4, 3), Place(2, 3))


def test_lists_are_unfolded_and_typed_ones_name_the_kind_of_their_items() -> None:
    [tree] = documents(
        "f",
        b"""
kind: List
items:
- kind: Pod
  metadata: {name: a}
- kind: PodList
  items:
  - metadata: {name: b}
""",
    )
    assert isinstance(tree, Tree)
    found = list(manifests("f", tree))

    assert [(each.kind, each.name, each.at) for each in found] == [
        ("Pod", "a", "items[0]."),
        ("Pod", "b", "items[1].items[0]."),
    ]
    assert found[1].place("metadata.name") == Place(8, 16)
