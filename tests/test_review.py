"""`kubectl mc doctor -f`: places, outputs, exit codes, and what cannot be read."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Result, run

WARNED = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app
    image: app:1.0
    resources:
      requests: {cpu: 10m, memory: 10Mi}
"""
REFUSED = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: empty
spec:
  template:
    spec:
      containers: []
"""


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `kubectl mc doctor` in a directory of its own, with a kubeconfig that cannot be read."""
    monkeypatch.chdir(tmp_path)

    def doctor(*words: str, stdin: str = "", **files: str) -> Result:
        for name, content in files.items():
            (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        return run("doctor", *words, kubeconfig=tmp_path / "none" / "config")

    return doctor


Doctor = Callable[..., Result]


def _one(result: Result, id_: str) -> dict[str, Any]:
    [finding] = [finding for finding in json.loads(result.out)["findings"] if finding["id"] == id_]
    return dict(finding)


def test_a_finding_has_the_file_the_line_and_the_column_of_what_is_to_change(doctor: Doctor) -> None:
    result = doctor("-f", "web.yaml", web=WARNED)

    assert "web.yaml: Pod web" in result.lines
    assert "no-limits  web.yaml:9:5" in result.out
    assert "    instead   resources:\n                limits:\n                  memory: 10Mi\n" in result.out


def test_a_document_has_paths_and_what_to_write_instead(doctor: Doctor) -> None:
    finding = _one(doctor("-f", "web.yaml", "-o", "json", web=WARNED), "no-limits")

    assert finding["path"] == "spec.containers[0].resources.limits"
    assert (finding["file"], finding["line"], finding["column"]) == ("web.yaml", 9, 5)
    assert (finding["kind"], finding["name"], finding["container"]) == ("Pod", "web", "app")
    assert finding["instead"] == "resources:\n  limits:\n    memory: 10Mi"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["-f", "warned.yaml"], 0),
        (["-f", "warned.yaml", "--strict"], 3),
        (["-f", "refused.yaml"], 3),
        (["-f", "warned.yaml", "-f", "refused.yaml"], 3),
        (["-f", "refused.yaml", "--ignore", "no-containers"], 0),
        (["-f", "refused.yaml", "--ignore", "no-limits, no-containers"], 0),
        (["-f", "missing.yaml"], 1),
        (["-f", "refused.yaml", "-f", "missing.yaml"], 3),
        (["-f", "warned.yaml", "web"], 2),
        (["-f", "warned.yaml", "-l", "app=web"], 2),
        (["-f", "warned.yaml", "-A"], 2),
        (["-f", "warned.yaml", "-o", "xml"], 2),
        (["-f", "warned.yaml", "--ignore", "no-such"], 2),
        (["--strict"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_exit_code(doctor: Doctor, words: list[str], code: int) -> None:
    assert doctor(*words, warned=WARNED, refused=REFUSED).exit_code == code


def test_an_unknown_id_lists_the_known_ones(doctor: Doctor) -> None:
    result = doctor("-f", "web.yaml", "--ignore", "no-limit", web=WARNED)

    assert result.err.startswith("error: --ignore no-limit: no such id")
    assert "no-limits" in result.err


def test_stdin_is_a_file_of_that_name(doctor: Doctor) -> None:
    result = doctor("-f", "-", stdin=WARNED)

    assert "stdin: Pod web" in result.lines


def test_a_directory_is_read_to_its_ground_in_order(doctor: Doctor, tmp_path: Path) -> None:
    for name in ("b/deep.yml", "a.yaml", "c.json", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps({"kind": "Pod", "metadata": {"name": name}}), encoding="utf-8")
    findings = json.loads(doctor("-f", ".", "-o", "json").out)["findings"]

    assert [finding["file"] for finding in findings] == ["a.yaml", "b/deep.yml", "c.json"]


def test_a_broken_document_hides_no_other_one(doctor: Doctor) -> None:
    result = doctor("-f", "web.yaml", web=f"{WARNED}---\na: [1, 2\nb: 3\n---\n{REFUSED}")

    assert "error: web.yaml:13:2: no YAML that kubectl takes: did not find expected ',' or ']'" in result.err
    assert "web.yaml:22:7" in result.out


def test_kinds_without_containers_are_named_once(doctor: Doctor) -> None:
    other = "---\nkind: Ingress\nmetadata: {name: %s}\n"
    result = doctor("-f", "web.yaml", web=WARNED + other % "front" + other % "back" + "---\nkind: Secret\n")

    assert "skipped: Ingress front (web.yaml:12) and 1 more: no containers in it" in result.err.splitlines()
    assert "Secret" not in result.err


def test_sarif_has_what_its_schema_requires(doctor: Doctor) -> None:
    result = doctor("-f", "web.yaml", "-o", "sarif", web=f"{WARNED}---\n{REFUSED}---\n[\n")
    document = json.loads(result.out)
    [one] = document["runs"]
    rules = one["tool"]["driver"]["rules"]

    assert document["version"] == "2.1.0"
    assert one["tool"]["driver"]["name"] == "kubectl-mc"
    assert [rule["id"] for rule in rules] == list(dict.fromkeys(rule["id"] for rule in rules))
    for found in one["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
        assert found["level"] in ("error", "warning", "note")
        assert found["message"]["text"]
        [place] = found["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == "web.yaml"
        assert place["physicalLocation"]["region"]["startLine"] > 0
    [invocation] = one["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "web.yaml:" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_the_list_of_rules_needs_no_file(doctor: Doctor) -> None:
    assert "no-limits" in doctor("--list-rules").out
