"""Manifests as text, and what the review says of them."""

from collections.abc import Sequence
from textwrap import dedent

from kubectl_mc.doctor.finding import Finding
from kubectl_mc.doctor.review.review import review
from kubectl_mc.doctor.review.workload import Around, workload
from kubectl_mc.manifests.manifest import Manifest, manifests
from kubectl_mc.manifests.nodes import Tree
from kubectl_mc.manifests.text import documents


def objects(text: str) -> list[Manifest]:
    """The objects of a manifest."""
    found: list[Manifest] = []
    for tree in documents("test.yaml", dedent(text).encode()):
        assert isinstance(tree, Tree), tree.message
        found += manifests("test.yaml", tree)
    return found


def findings(text: str) -> list[Finding]:
    """All that is said of the workloads in a manifest."""
    there = objects(text)
    around = Around.of((each.kind, each.value) for each in there)
    works = [workload(each.value, each.kind, each.name, around) for each in there]
    return [finding for work in works if work is not None for finding in review(work)]


def found(text: str, id_: str) -> list[Finding]:
    """The findings of one id."""
    return [finding for finding in findings(text) if finding.id == id_]


def pod(spec: str, extra: str = "") -> str:
    """A Pod of this spec, with what a whole document has besides, `---` and more documents say."""
    lines = "".join(f"  {line}\n" for line in dedent(spec).strip("\n").split("\n"))
    return f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n{lines}{dedent(extra)}"


def containers(remarks: Sequence[Finding]) -> list[str]:
    """The containers that findings are about."""
    return [finding.container for finding in remarks]
