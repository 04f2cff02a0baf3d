"""The manifests of the textbook chapter, reviewed; what is said of them stands in `chapter.txt`.

After a change that is meant: cd tests && kubectl-mc doctor -f chapter.yaml > doctor/review/chapter.txt
"""

from pathlib import Path

import pytest

from kubectl_mc.demo.scenarios import FOLDER
from kubectl_mc.doctor.finding import Grade
from tests.commands import run
from tests.doctor.review.reviewed import findings

_TESTS = Path(__file__).parents[2]


def test_the_manifests_of_the_chapter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_TESTS)
    result = run("doctor", "-f", "chapter.yaml", kubeconfig="/nonexistent/config")

    assert result.out == Path(__file__).with_name("chapter.txt").read_text(encoding="utf-8")


_MEANT_TO_BE_WRONG = {
    "port-conflict": {"port-conflict"},
    "read-only-volume": {"volume-read-only"},
    "report-held": {"job-held-by-sidecar"},
}
"""What the demo's scenarios are there to show, where a manifest tells it already."""


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_only_what_is_meant_to_be_wrong_is_called_an_error(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    errors = {finding.id for finding in findings(text) if finding.grade is Grade.ERROR}

    assert errors == _MEANT_TO_BE_WRONG.get(name, set())
