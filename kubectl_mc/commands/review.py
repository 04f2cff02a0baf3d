"""`kubectl mc doctor -f`: a review of manifests, for which no cluster and no kubeconfig is looked at."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from kubectl_mc.doctor.catalogue import KINDS
from kubectl_mc.doctor.finding import Finding, Grade
from kubectl_mc.doctor.review.refused import duplicate_key
from kubectl_mc.doctor.review.remark import Remark, fails
from kubectl_mc.doctor.review.review import review
from kubectl_mc.doctor.review.workload import AROUND, Around, Workload, workload
from kubectl_mc.errors import ExitCode, McError, UsageError
from kubectl_mc.manifests.manifest import Manifest
from kubectl_mc.manifests.nodes import Duplicate
from kubectl_mc.manifests.reading import Read, read_manifests
from kubectl_mc.render.doctor import Reach
from kubectl_mc.render.document import as_json, as_yaml
from kubectl_mc.render.review import review_document, review_page, rule_list, tally
from kubectl_mc.render.sarif import sarif_document
from kubectl_mc.session import Session

_OUTPUTS = ("", "json", "yaml", "sarif")
_GRADES = (Grade.ERROR, Grade.WARNING, Grade.INFO)
_ELSEWHERE = {
    "Kustomization": "kubectl kustomize DIR | kubectl mc doctor -f -",
    "HelmRelease": "helm template CHART | kubectl mc doctor -f -",
}
"""Kinds that are not what runs: how what runs is made of them."""


def run_review(session: Session, files: Sequence[str], output: str, ignore: Sequence[str], *, strict: bool) -> int:
    """Review what -f names.

    Raises:
        UsageError: no such output, or no such id.
    """
    if output not in _OUTPUTS:
        raise UsageError(f"-o {output}: no such output", "json, yaml or sarif")
    ignored = ignored_ids(ignore)
    read = read_manifests(files, sys.stdin.buffer)
    found = list(_workloads(read))
    _tell_skipped(session, read, [manifest for manifest, _ in found])
    remarks = tuple(
        remark
        for manifest, work in found
        for remark in _remarks(manifest, work, session)
        if remark.finding.id not in ignored
    )
    _show(session, remarks, read, output)
    for error in read.errors:
        session.report(error)
    if not read.manifests and not read.errors:
        raise McError(f"{', '.join(files)}: no object in it")
    if not found and not read.errors:  # a pipeline whose path is wrong would pass for ever
        raise McError(f"{', '.join(files)}: no workload to review")
    if not output and found:
        session.note(tally(remarks, len(found)))
    if fails(remarks, strict=strict):
        return ExitCode.FAULT_FOUND
    return ExitCode.ERROR if read.errors else ExitCode.DONE


def ignored_ids(given: Iterable[str]) -> frozenset[str]:
    """The ids that --ignore names, several with commas between them.

    Raises:
        UsageError: there is no such id.
    """
    ids = frozenset(word.strip() for words in given for word in words.split(",") if word.strip())
    if unknown := sorted(ids - KINDS.keys()):
        raise UsageError(f"--ignore {','.join(unknown)}: no such id", f"known: {', '.join(KINDS)}")
    return ids


def list_rules(session: Session) -> int:
    """Every id with what it means, one a line."""
    session.write(rule_list())
    return ExitCode.DONE


def _workloads(read: Read) -> Iterator[tuple[Manifest, Workload]]:
    around = Around.of((manifest.kind, manifest.value) for manifest in read.manifests)
    for manifest in read.manifests:
        work = workload(manifest.value, manifest.kind, manifest.name, around)
        if work is not None:
            yield manifest, work


def _remarks(manifest: Manifest, work: Workload, session: Session) -> list[Remark]:
    """What is to be said of a workload, the worst first, then in the order of lines."""
    live = list(_judged(work, session))
    seen = {(finding.id, finding.container) for finding in live}
    findings = [*live, *(finding for finding in review(work) if (finding.id, finding.container) not in seen)]
    remarks = [_placed(finding, manifest) for finding in findings]
    remarks += map(partial(_twice, manifest), manifest.duplicates)
    return sorted(remarks, key=lambda remark: (_GRADES.index(remark.finding.grade), remark.line, remark.column))


def _judged(work: Workload, session: Session) -> Iterator[Finding]:
    """What the status of a pod tells, where there is one: `kubectl get pod x -o yaml | kubectl mc doctor -f -`."""
    if work.kind != "Pod" or not work.pod.phase:
        return
    from kubectl_mc.doctor.case import Case
    from kubectl_mc.doctor.diagnosis import diagnose

    for finding in diagnose(Case(work.pod, session.now())):
        guilty = work.pod.container(finding.container)
        yield replace(finding, at=finding.at or (guilty.spec.at if guilty is not None else "") or "status")


def _placed(finding: Finding, manifest: Manifest) -> Remark:
    place = manifest.place(finding.at)
    located = replace(finding, at=manifest.at + finding.at)
    return Remark(located, manifest.kind, manifest.name, manifest.file, place.line, place.column)


def _twice(manifest: Manifest, found: Duplicate) -> Remark:
    """A key that stands twice in an object; its path is the document's already."""
    finding = duplicate_key(found.path, found.key, found.before.line)
    place = found.place
    return Remark(finding, manifest.kind, manifest.name, manifest.file, place.line, place.column)


def _show(session: Session, remarks: Sequence[Remark], read: Read, output: str) -> None:
    reach = Reach(session.program, tuple(session.flags.as_arguments()))
    if output == "sarif":
        session.write(as_json(sarif_document(remarks, read.errors)))
    elif output:
        document = review_document(remarks, reach)
        session.write(as_json(document) if output == "json" else as_yaml(document))
    else:
        session.print(review_page(remarks, session.width, session.theme, reach))


def _tell_skipped(session: Session, read: Read, reviewed: Iterable[Manifest]) -> None:
    """One note a kind about what has no containers and is nothing that workloads refer to."""
    done = {id(manifest) for manifest in reviewed}
    skipped: dict[str, list[Manifest]] = {}
    for manifest in read.manifests:
        if id(manifest) not in done and manifest.kind not in AROUND:
            skipped.setdefault(manifest.kind, []).append(manifest)
    for kind, those in skipped.items():
        first = those[0]
        where = f"{first.file}:{first.place().line}"
        more = f" and {len(those) - 1} more" if len(those) > 1 else ""
        if not kind:
            session.note(f"skipped: {where}{more}: no Kubernetes object, since it has no kind")
        else:
            hint = f"; {_ELSEWHERE[kind]}" if kind in _ELSEWHERE else ""
            session.note(f"skipped: {kind} {first.name} ({where}){more}: no containers in it{hint}")
