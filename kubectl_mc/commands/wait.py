"""`kubectl mc wait`."""

from typing import Annotated

import typer

from kubectl_mc.doctor.hope import PATIENCE
from kubectl_mc.errors import UsageError
from kubectl_mc.model.goal import Goal
from kubectl_mc.model.resources import CRON_JOBS, JOBS, PODS
from kubectl_mc.model.targets import parse_query
from kubectl_mc.options import AllNamespaces, FieldSelector, Selector, Targets, seconds
from kubectl_mc.session import Session

EXAMPLES = (
    ("kubectl apply -f web.yaml && kubectl mc wait deploy/web", "in CI: until the new pods serve, or why they can't"),
    ("kubectl mc wait deploy/web sts/db --timeout 10m", "several; all of them have to hold at once"),
    ("kubectl mc wait job/migrate --for done", "until it is complete; exit code 3 if it fails"),
    ("kubectl mc wait web-7d4b9 --for initialized", "until the init containers are through"),
    ("kubectl mc wait -l app=web -o json", "the result for a script"),
)
_OUTPUTS = ("", "json", "yaml")


def command(
    context: typer.Context,
    targets: Targets = None,
    goal: Annotated[
        Goal,
        typer.Option(
            "--for",
            metavar="ready|initialized|done",
            help="What to wait for: ready (of workloads: available), init sequence over, or work done.",
        ),
    ] = Goal.READY,
    timeout: Annotated[
        str, typer.Option("--timeout", metavar="TIME", help="How long to wait: 30s, 5m; 0 looks once.")
    ] = "5m",
    patience: Annotated[
        int,
        typer.Option(
            "--patience",
            metavar="N",
            help="Give up when a container has failed N times; 4 times take about 70 s.",
        ),
    ] = PATIENCE,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="json|yaml", help="The result as a document; progress on stderr.")
    ] = "",
    selector: Selector = "",
    field_selector: FieldSelector = "",
    all_namespaces: AllNamespaces = False,
) -> int:
    """Wait until pods are ready, or end at once, with the cause, when that takes a change.

    A workload is ready when kubectl rollout status says so: its last change has been taken up, pods of the present
    template are available, and those before them are gone. A pod is ready by its Ready condition, readiness gates
    included. A selector or a Service means all its pods, whatever template they are of: name the workload after an
    apply. A CronJob means its newest Job.

    Exit code 0: it holds. 1: a name doesn't exist, or an error. 3: it cannot come true without a change (an image, a
    ConfigMap or a Secret is missing, a container failed N times, a Job failed, the progress deadline is over, pods are
    refused). 4: the time is up. A pod that no node can take is waited for: a node may come. So is a quota that is used
    up, and a selector without pods.
    """
    session: Session = context.obj
    if output not in _OUTPUTS:
        raise UsageError(f"-o {output}: no such output", "json or yaml")
    if patience < 1:
        raise UsageError(f"--patience {patience}: at least 1", "1 gives up at the first failure")
    query = parse_query(targets or [], selector, field_selector, all_namespaces=all_namespaces)
    if query.whole:
        raise UsageError("what to wait for?", "a target is POD, TYPE/NAME or TYPE NAME; or choose with -l SELECTOR")
    for target in query.targets:
        if goal is Goal.DONE and target.resource not in (PODS, JOBS, CRON_JOBS):
            raise UsageError(f"{target} is never done: it is to run for ever", "--for done is for Jobs and pods")
    from kubectl_mc.waiting import Asked, wait

    asked = Asked(query, goal, seconds(timeout), patience, output)
    return session.run(wait(session, asked))
