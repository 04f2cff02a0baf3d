"""`kubectl mc doctor`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from kubectl_mc.commands.absence import nothing_found
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.siblings import Diagnosis, compared
from kubectl_mc.doctor.verdict import tally
from kubectl_mc.doctor.workloads import Unmade, diagnose_workload
from kubectl_mc.errors import ExitCode, UsageError
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.targets import Query, parse_query
from kubectl_mc.options import AllNamespaces, FieldSelector, Selector, Targets
from kubectl_mc.render.diagnoses import broken, diagnoses_document, diagnoses_page
from kubectl_mc.render.doctor import Reach
from kubectl_mc.render.document import as_json, as_yaml
from kubectl_mc.session import Session

EXAMPLES = (
    ("kubectl mc doctor", "every pod of the namespace that is not well, and why"),
    ("kubectl mc doctor web-7d4b9", "the one cause, its evidence and the next command"),
    ("kubectl mc doctor deploy/web -o json", "for a script; exit code 3 if an error was found"),
    ("kubectl mc doctor -f manifests/", "what to change before anything is applied, with line and column"),
)
_OUTPUTS = ("", "json", "yaml")


def command(
    context: typer.Context,
    targets: Targets = None,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="json|yaml|sarif", help="A document instead of a page; sarif: of -f."),
    ] = "",
    selector: Selector = "",
    field_selector: FieldSelector = "",
    all_namespaces: AllNamespaces = False,
    filename: Annotated[
        list[str] | None,
        typer.Option(
            "--filename", "-f", metavar="FILE", help="Review manifests, without a cluster: a file, a directory, or -."
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="ID", help="With -f: leave findings with these ids out; repeatable."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="With -f: a warning makes the exit code 3, too.")] = False,
    list_rules: Annotated[bool, typer.Option("--list-rules", help="Every id with what it means.")] = False,
) -> int:
    """Say why pods are not as they should be: one primary cause a pod, what shows it, what follows from it, and the
    command to type next.

    Read are the pods, their events, what they refer to (of Secrets the keys only), and the last lines of containers
    that fail. Exit code 3 says that an error was found.
    """
    session: Session = context.obj
    if list_rules or filename:
        from kubectl_mc.commands import review

        if list_rules:
            return review.list_rules(session)
        if targets or selector or field_selector or all_namespaces:
            raise UsageError("-f reviews files, so it goes with no target and no selector", "-f alone, or without -f")
        return review.run_review(session, filename or [], output, ignore or [], strict=strict)
    if ignore or strict:
        raise UsageError(f"{'--ignore' if ignore else '--strict'} is for the review of manifests", "give -f FILE")
    if output not in _OUTPUTS:
        raise UsageError(f"-o {output}: no such output", "json or yaml")
    query = parse_query(targets or [], selector, field_selector, all_namespaces=all_namespaces)
    return session.run(_diagnose(session, query, output))


async def _diagnose(session: Session, query: Query, output: str) -> int:
    from kubectl_mc.cluster.cases import read_cases

    read = await read_cases(session.client(), query, session.now, session.note)
    diagnoses = compared([Diagnosis(case.pod, diagnose(case)) for case in read.cases])
    unmade = [found for case in read.workloads if (found := diagnose_workload(case)) is not None]
    _show(session, query, diagnoses, unmade, output)
    if not diagnoses and not unmade and not read.errors:
        for said in nothing_found(session, query, read.selections):
            session.note(said)
    for error in read.errors:
        session.report(error)
    if unmade or broken(diagnoses):
        return ExitCode.FAULT_FOUND
    return ExitCode.ERROR if read.errors else ExitCode.DONE


def _show(
    session: Session, query: Query, diagnoses: Sequence[Diagnosis], unmade: Sequence[Unmade], output: str
) -> None:
    reach = Reach(session.program, tuple(session.flags.as_arguments()))
    if output:
        document = diagnoses_document(diagnoses, reach, unmade)
        session.write(as_json(document) if output == "json" else as_yaml(document))
        return
    named = len(diagnoses) == 1 or (bool(query.targets) and all(t.resource is PODS for t in query.targets))
    page = diagnoses_page(diagnoses, session.now(), session.width, session.theme, reach, unmade, well=named)
    session.print(page)
    if len(diagnoses) > 1 or (diagnoses and not page.lines):
        session.note(tally(diagnoses))
