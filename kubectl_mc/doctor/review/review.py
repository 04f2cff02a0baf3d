"""From a workload to its findings: every rule is asked, and what was found is told in the file's order of paths."""

from collections.abc import Iterator
from dataclasses import replace

from kubectl_mc.doctor.finding import Finding
from kubectl_mc.doctor.review.refused import no_container
from kubectl_mc.doctor.review.rules import OBJECT_RULES, POD_RULES
from kubectl_mc.doctor.review.workload import Workload


def review(work: Workload) -> Iterator[Finding]:
    """What could be better, with paths in the whole document."""
    if misplaced := tuple(no_container(work)):  # the places of what stands beside it are not to be trusted
        for finding in misplaced:
            yield _placed(replace(finding, at=work.prefix + finding.at), work)
        return
    if not work.apps:
        yield _placed(_no_containers(work), work)
        return
    for rule in POD_RULES:
        for finding in rule(work):
            evidence = tuple(work.prefix + line if line.startswith("spec.") else line for line in finding.evidence)
            yield _placed(replace(finding, at=work.prefix + finding.at, evidence=evidence), work)
    for rule in OBJECT_RULES:
        for finding in rule(work):
            yield _placed(finding, work)


def _placed(finding: Finding, work: Workload) -> Finding:
    return replace(finding, namespace=work.namespace, pod=work.name if work.kind == "Pod" else "")


def _no_containers(work: Workload) -> Finding:
    return Finding(
        "no-containers",
        f"the {'pod' if work.kind == 'Pod' else 'template'} has no containers, which the API refuses",
        at=f"{work.prefix}spec.containers",
        instead="containers:\n- name: app\n  image: registry.example/app:1.0",
    )
