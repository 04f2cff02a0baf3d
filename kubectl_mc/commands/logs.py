"""`kubectl mc logs`."""

import contextlib
from collections.abc import Coroutine
from datetime import UTC, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kubectl_mc.commands.absence import nothing_found
from kubectl_mc.errors import McError, UsageError
from kubectl_mc.logs.asked import (
    parse_count,
    parse_level_word,
    parse_pattern,
    parse_since,
    parse_stamps,
    parse_tail,
    parse_until,
)
from kubectl_mc.logs.choice import Choice, NoContainer, parse_globs, parse_roles
from kubectl_mc.logs.filter import Filter, Wanted
from kubectl_mc.logs.highlight import Highlight
from kubectl_mc.logs.level import Level
from kubectl_mc.logs.reach import Reach
from kubectl_mc.logs.show import Look, Show
from kubectl_mc.logs.terminal import Fold
from kubectl_mc.model.resources import PODS, target_resource
from kubectl_mc.model.targets import UnknownType, parse_query
from kubectl_mc.options import AllNamespaces, FieldSelector, Selector, Targets
from kubectl_mc.session import Session

if TYPE_CHECKING:
    from kubectl_mc.cluster.log_run import LogRun, Question
    from kubectl_mc.log_output import LogOutput

EXAMPLES = (
    ("kubectl mc logs web-7d4b9", "all its containers, in the order of time"),
    ("kubectl mc logs deploy/web -f --tail 20", "a workload's pods, as they go on"),
    ("kubectl mc logs web-7d4b9 -c app -p", "what a container's last instance wrote"),
    ("kubectl mc logs web-7d4b9 -x 'istio-*' -g error", "without the proxies; lines that match"),
    ("kubectl mc logs web-7d4b9 --level warn --before 3", "what went wrong, and what came before it"),
    ("kubectl mc logs web-7d4b9 -f --events", "with the pod's events in their places"),
    ("kubectl mc logs job/import -f --until-done", "until it is over, with its exit code"),
)
BARE = {"--timestamps": "full"}
"""What an option means that is given without a value."""
INSTEAD = {
    "--limit-bytes": "--tail N bounds the lines; for bytes: kubectl mc logs ... | head -c BYTES",
    "--pod-running-timeout": "-f waits as long as it takes; to bound that: timeout 20s kubectl mc logs ... -f",
    "--insecure-skip-tls-verify-backend": "that is left to kubectl logs",
}
"""What serves in the place of those of kubectl's options that are none here."""


def command(
    context: typer.Context,
    targets: Targets = None,
    container: Annotated[
        list[str] | None, typer.Option("--container", "-c", metavar="NAME", help="Only these; a name or a glob.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude-container", "-x", metavar="NAME", help="Not these; a name or a glob.")
    ] = None,
    role: Annotated[
        str, typer.Option("--role", metavar="ROLES", help="Only these roles: init, sidecar, app, ephemeral.")
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
    until_done: Annotated[
        bool, typer.Option("--until-done", help="Follow until the app containers have ended; their exit code.")
    ] = False,
    previous: Annotated[bool, typer.Option("--previous", "-p", help="The instance before the present one.")] = False,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Only what is younger: 10m, 1h, 500ms.")] = "",
    since_time: Annotated[
        str, typer.Option("--since-time", metavar="TIME", help="Only what came after: 2026-01-01T00:00:00Z.")
    ] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="TIME", help="Only what came before: a time, or 10m for ten minutes ago.")
    ] = "",
    tail: Annotated[int | None, typer.Option("--tail", metavar="N", help="The last N lines of each container.")] = None,
    grep: Annotated[
        list[str] | None, typer.Option("--grep", "-g", metavar="REGEX", help="Only lines that match any of these.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--not", metavar="REGEX", help="No lines that match any of these.")
    ] = None,
    ignore_case: Annotated[bool, typer.Option("--ignore-case", help="For --grep, --not and --highlight.")] = False,
    before: Annotated[int | None, typer.Option("--before", metavar="N", help="N lines before a match, too.")] = None,
    after: Annotated[int | None, typer.Option("--after", metavar="N", help="N lines after a match, too.")] = None,
    highlight: Annotated[
        list[str] | None, typer.Option("--highlight", "-H", metavar="REGEX", help="Mark what matches; hide nothing.")
    ] = None,
    level: Annotated[
        str,
        typer.Option(
            "--level", metavar="|".join(each.word for each in Level), help="Only this level and above, or none."
        ),
    ] = "",
    events: Annotated[bool, typer.Option("--events", help="The pods' events in their places.")] = False,
    timestamps: Annotated[
        str, typer.Option("--timestamps", metavar="full|short", help="The time of each line; full without a value.")
    ] = "",
    utc: Annotated[bool, typer.Option("--utc", help="Times in UTC, not in the local zone.")] = False,
    no_prefix: Annotated[bool, typer.Option("--no-prefix", help="No container's name in front.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="On a terminal: JSON lines as they are, no folding.")] = False,
    order: Annotated[
        str, typer.Option("--order", metavar="time|arrival", help="Lines ordered by time, or as they come in.")
    ] = "time",
    stats: Annotated[bool, typer.Option("--stats", help="At the end, on stderr: what each container wrote.")] = False,
    save: Annotated[
        str | None, typer.Option("--save", metavar="DIR", help="Also write what is read, unfiltered, to files in DIR.")
    ] = None,
    output: Annotated[str, typer.Option("--output", "-o", metavar="raw|json", help="Bytes, or an object a line.")] = "",
    selector: Selector = "",
    field_selector: FieldSelector = "",
    all_namespaces: AllNamespaces = False,
    # kubectl's, which ask for what is so anyway.
    all_containers: Annotated[bool, typer.Option("--all-containers", hidden=True)] = True,
    all_pods: Annotated[bool, typer.Option("--all-pods", hidden=True)] = True,
    ignore_errors: Annotated[bool, typer.Option("--ignore-errors", hidden=True)] = True,
    prefix: Annotated[bool, typer.Option("--prefix", hidden=True)] = True,
    max_log_requests: Annotated[int, typer.Option("--max-log-requests", hidden=True)] = 0,  # noqa: ARG001
) -> int:
    """Show the logs of all containers of pods as one stream, in the order in which things happened.

    Without a target: of all pods in the namespace. To name two pods: pod/one pod/two.

    Lines are ordered by the kubelet's nanosecond times; a container's own never change places. When following, new
    pods and containers join, restarts are stitched together and broken connections mended without a lost line.
    """
    from kubectl_mc.cluster.log_run import Question
    from kubectl_mc.log_output import Form, LogOutput

    session: Session = context.obj
    _refuse("--all-containers", "-c NAME chooses one", refused=not all_containers)
    _refuse("--all-pods", "pod/NAME chooses one", refused=not all_pods)
    _refuse("--ignore-errors", "what cannot be read is said, and the others go on", refused=not ignore_errors)
    words, containers = _words(targets or [], container or [])
    now = session.now()
    reach = Reach(
        follow=follow or until_done,
        previous=previous,
        since=parse_since(since, since_time, now),
        until=parse_until(until, now),
        tail=parse_tail(tail),
    )
    if save == "":
        raise UsageError("--save: the name of the folder is empty", "--save DIR")
    if reach.since and reach.until and reach.since.stamp > reach.until.stamp:
        raise UsageError(
            "the span ends before it begins", "--since and --until count back from now: --since 10m --until 5m"
        )
    if reach.follow and (previous or reach.until):
        following = "-f" if follow else "--until-done"
        back = "--until" if not previous else "-p" if follow else "--previous"
        raise UsageError(f"{following} and {back} exclude each other", "follow, or look back")
    if since and reach.since and reach.since.time == now and not reach.follow:
        raise UsageError(f"--since {since}: nothing is younger than that", "give a longer time; from now on: -f")
    if order not in ("time", "arrival"):
        raise UsageError(f"--order {order}: no such order", "time or arrival")
    if output not in ("", "raw", "json"):
        raise UsageError(f"-o {output}: no such output", "raw or json")
    matching = parse_pattern("--grep", grep or [], ignore_case=ignore_case)
    wanted = Wanted(
        matching,
        parse_pattern("--not", without or [], ignore_case=ignore_case),
        parse_level_word(level),
        parse_count("--before", before or 0),
        parse_count("--after", after or 0),
    )
    if (before or after) and matching is None and not level:
        raise UsageError("--before and --after need something to stand around", "give --grep REGEX, or --level")
    terminal = session.interactive and output == ""
    try:
        query = parse_query(words, selector, field_selector, all_namespaces=all_namespaces)
    except UnknownType as error:
        error.hint = (
            f"for container {error.name} of pod {error.type}: `logs {error.type} -c {error.name}`; {error.hint}"
        )
        raise
    marked = parse_pattern("--highlight", [*(highlight or []), *(grep or [])], ignore_case=ignore_case)
    look = Look(
        prefix=prefix and not no_prefix and output == "",
        pods=not query.targets or any(target.resource is not PODS for target in query.targets),
        own_words=output == "",
        stamps=parse_stamps(timestamps, utc=utc),
        colors=session.colors and output == "",
        unicode=session.theme.unicode,
        terminal=terminal,
        structured=terminal and not raw,
        zone=UTC if utc else None,
        highlight=Highlight(marked) if marked is not None else None,
    )
    question = Question(
        query,
        Choice(parse_globs("-c", containers), parse_globs("-x", exclude or []), parse_roles(role)),
        reach,
        ordered=order == "time",
        events=events,
        until_done=until_done,
    )
    show = Show(look, _fold(session, look) if terminal and not raw else None)
    form = Form(output, save or "", several_namespaces=all_namespaces)
    shown = LogOutput(session, show, Filter(wanted), form)
    work = _run(session, question, shown, stats=stats, zone=look.zone)
    return session.run(work if words == (targets or []) else _one_of_two_words(session, work, targets or []))


def _refuse(flag: str, hint: str, *, refused: bool) -> None:
    """What is always so cannot be switched off."""
    if refused:
        raise UsageError(f"{flag}=false: that is always so here", hint)


def _words(words: list[str], containers: list[str]) -> tuple[list[str], list[str]]:
    """As kubectl, `POD CONTAINER` names one container."""
    if len(words) == 2 and not any("/" in word for word in words) and target_resource(words[0]) is None:
        if containers:
            hint = f"POD CONTAINER, or POD -c CONTAINER; two pods: pod/{words[0]} pod/{words[1]} -c CONTAINER"
            raise UsageError(f"{words[1]}: a container is named already, by -c", hint)
        return words[:1], words[1:]
    return words, containers


def _fold(session: Session, look: Look) -> Fold | None:
    """Repeats are counted in place where a row can be written again."""
    from kubectl_mc.render.text import width_of

    if not session.redraws:
        return None
    return Fold(lambda: session.width, width_of, "×".encode() if look.unicode else b"x", colors=look.colors)


async def _one_of_two_words(session: Session, work: Coroutine[Any, Any, int], words: list[str]) -> int:
    """POD CONTAINER, where two pods may have been meant."""
    try:
        return await work
    except NoContainer as error:
        client = session.client()
        with contextlib.suppress(McError):
            await client.get(PODS, client.namespace, words[1])
            error.hint = f"{words[1]} is a pod; the logs of both: `logs pod/{words[0]} pod/{words[1]}`"
        raise


async def _run(session: Session, question: "Question", output: "LogOutput", *, stats: bool, zone: tzinfo | None) -> int:
    from kubectl_mc.cluster.log_run import LogRun

    run = LogRun(session.client(), question, output, partial(nothing_found, session, question.query))
    try:
        outcome = await run.run()
    finally:
        output.close()
        if stats:
            _say_stats(session, run, zone)
    read = sum(member.tally.lines for member in run.hub.members.values())
    if read and not output.anything:
        session.note(f"None of the lines read ({read:,}) pass the filters.")
    for error in outcome.errors:
        session.report(error)
    return outcome.exit_code


def _say_stats(session: Session, run: "LogRun", zone: tzinfo | None) -> None:
    from kubectl_mc.render.logs import Read, stats_page

    members = [member for member in run.hub.members.values() if member.container is not None]
    reads = [Read(m.source.namespace, m.source.pod, m.source.container, m.tally) for m in members]
    session.stderr.write(stats_page(reads, session.width, session.now(), zone).text())
    session.stderr.flush()
