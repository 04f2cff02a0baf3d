"""`kubectl mc doctor`."""

from typing import Annotated

import typer

from kubectl_mc.errors import UsageError
from kubectl_mc.model.targets import parse_query
from kubectl_mc.options import AllNamespaces, FieldSelector, Selector, Targets
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

    With -f manifests are reviewed instead, without a cluster: what the API would refuse, and what goes wrong when
    several containers share a pod.
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
    from kubectl_mc.commands import diagnose

    return session.run(diagnose.run_diagnosis(session, query, output))
