"""The manifests of the textbook chapter, reviewed; what is said of them stands in `chapter.txt`.

After a change that is meant: cd tests && kubectl-mc doctor -f chapter.yaml > doctor/review/chapter.txt
"""

from pathlib import Path

import pytest

from kubectl_mc.demo.scenarios import FOLDER
from kubectl_mc.doctor.catalogue import KINDS
from kubectl_mc.doctor.finding import Grade
from tests.commands import run
from tests.doctor.review.reviewed import findings
from tests.doctor.review.test_rules import FIRES_AND_DOESNT

_TESTS = Path(__file__).parents[2]


def test_the_manifests_of_the_chapter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_TESTS)
    result = run("doctor", "-f", "chapter.yaml", kubeconfig="/nonexistent/config")

    assert result.out == Path(__file__).with_name("chapter.txt").read_text(encoding="utf-8")


_HEALTHY = (
    "app-with-adapter", "app-with-ambassador", "app-with-cache", "app-with-gateway", "app-with-metrics", "cleanup",
    "config-downloader", "database-backup", "database-with-adapter", "git-sync-pod", "hello", "init-demo", "ipc-pod",
    "ledger", "node-agent", "permission-setup", "production-app", "report", "shared-volume-pod", "webapp",
    "webapp-with-logging",
)  # fmt: skip


def _errors(name: str) -> set[str]:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return {finding.id for finding in findings(text) if finding.grade is Grade.ERROR}


@pytest.mark.parametrize("name", _HEALTHY)
def test_a_healthy_example_has_no_errors(name: str) -> None:
    assert _errors(name) == set()


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("port-conflict", "port-conflict"),
        ("report-held", "job-held-by-sidecar"),
        ("read-only-volume", "volume-read-only"),
    ],
)
def test_an_example_of_a_pitfall_is_recognised_by_its_manifest_alone(name: str, id_: str) -> None:
    assert _errors(name) == {id_}


def test_every_rule_stands_in_the_documentation() -> None:
    text = (_TESTS.parent / "docs" / "rules.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}

    assert {case[0] for case in FIRES_AND_DOESNT} | {"duplicate-key"} == rows.keys()
    for id_, row in rows.items():
        assert row.endswith(f"| {KINDS[id_].about} |")
