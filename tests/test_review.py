"""`kubectl mc doctor -f`: places, outputs, exit codes, and what cannot be read."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Result, run
from tests.pods import container, ended, pod, running, waiting

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
    for name in ("b/deep.yml", "a.yaml", "c.json", "notes.txt", ".github/workflow.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps({"kind": "Pod", "metadata": {"name": name}}), encoding="utf-8")
    findings = json.loads(doctor("-f", ".", "-o", "json").out)["findings"]

    assert [finding["file"] for finding in findings] == ["a.yaml", "b/deep.yml", "c.json"]


def test_an_address_is_no_file(doctor: Doctor) -> None:
    result = doctor("-f", "https://example.invalid/web.yaml")

    assert result.exit_code == 1
    assert "hint: curl -fsSL https://example.invalid/web.yaml | kubectl mc doctor -f -" in result.err


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


def _crashing(name: str) -> str:
    return json.dumps(pod(container("app", waiting("CrashLoopBackOff"), restarts=3, last=ended(1, "Error")), name=name))


def test_the_status_of_a_pod_is_judged_as_well(doctor: Doctor) -> None:
    result = doctor("-f", "-", "-o", "json", stdin=_crashing("web"))
    finding = _one(result, "crashloop")

    assert result.exit_code == 3
    assert (finding["pod"], finding["container"], finding["primary"]) == ("web", "app", True)
    assert finding["path"] == "spec.containers[0]"
    assert any(step.startswith("kubectl mc logs web -c app -n shop") for step in finding["next"]), finding["next"]


def test_what_a_list_of_pods_tells_stands_at_each_ones_own_lines(doctor: Doctor) -> None:
    text = f'{{"kind": "List", "items": [\n{_crashing("a")},\n{_crashing("b")}]}}'
    findings = json.loads(doctor("-f", "-", "-o", "json", stdin=text).out)["findings"]
    crashes = [(finding["name"], finding["line"], finding["path"]) for finding in findings if finding["primary"]]

    assert crashes == [("a", 2, "items[0].spec.containers[0]"), ("b", 3, "items[1].spec.containers[0]")]


def test_the_same_fault_is_told_once_by_the_status(doctor: Doctor) -> None:
    document = pod(
        container("web", running(), ready=True, ports=[{"containerPort": 8080}]),
        container(
            "admin",
            waiting("CrashLoopBackOff"),
            restarts=3,
            last=ended(1, "Error", message="bind: address already in use"),
            ports=[{"containerPort": 8080}],
        ),
    )
    findings = json.loads(doctor("-f", "-", "-o", "json", stdin=json.dumps(document)).out)["findings"]

    assert [finding["primary"] for finding in findings if finding["id"] == "port-conflict"] == [True]


def test_a_key_that_stands_twice_is_a_warning_at_the_second(doctor: Doctor) -> None:
    finding = _one(doctor("-f", "web.yaml", "-o", "json", web=WARNED + "    image: app:2.0\n"), "duplicate-key")

    assert (finding["line"], finding["path"]) == (11, "spec.containers[0].image")
    assert "after line 8" in finding["summary"]


def test_a_kind_that_nobody_knows_is_reviewed_if_it_has_a_pod_template(doctor: Doctor) -> None:
    rollout = "kind: Rollout\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: app}]}}}\n"

    assert _one(doctor("-f", "web.yaml", "-o", "json", web=rollout), "no-image")["kind"] == "Rollout"


def test_nothing_of_a_manifest_can_harm_a_terminal(doctor: Doctor) -> None:
    name = "\N{ESCAPE}[31mweb\N{RIGHT-TO-LEFT OVERRIDE}"
    document = {"kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [{"name": name, "image": name}]}}
    result = doctor("-f", "-", stdin=json.dumps(document))

    assert "\N{ESCAPE}" not in result.out + result.err
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in result.out + result.err


@pytest.mark.parametrize("nothing", ["", "# only a comment\n---\n"])
def test_a_file_without_any_object_is_an_error(doctor: Doctor, nothing: str) -> None:
    result = doctor("-f", "-", stdin=nothing)

    assert result.exit_code == 1
    assert "no object in it" in result.err


def test_a_file_whose_objects_have_no_containers_does_not_pass_as_reviewed(doctor: Doctor) -> None:
    result = doctor("-f", "-", stdin="kind: ConfigMap\nmetadata: {name: a}\n")

    assert (result.exit_code, result.out) == (1, "")
    assert "error: -: no workload to review\n" in result.err


def test_a_file_that_is_no_manifest_does_not_pass(doctor: Doctor) -> None:
    result = doctor("-f", "-", "-o", "json", stdin="root:x:0:0:root:/root:/bin/bash\n")

    assert result.exit_code == 1
    assert "error: -: no workload to review\n" in result.err


def test_what_is_no_list_of_containers_is_told_with_its_place(doctor: Doctor) -> None:
    spec = "spec:\n  containers: oops\n  initContainers:\n  - null\n  - 3\n"
    result = doctor("-f", "-", stdin=f"kind: Pod\nmetadata: {{name: web}}\n{spec}")

    assert result.exit_code == 3
    assert "spec.containers is a text, and the API takes a list of containers only" in result.out
    assert "spec.initContainers[0] is empty, and the API takes a container only" in result.out
    assert "spec.initContainers[1] is a number, and the API takes a container only" in result.out
    assert "stdin:7:5" in result.out
    assert "no-containers" not in result.out
