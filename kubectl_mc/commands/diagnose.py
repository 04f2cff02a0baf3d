"""`kubectl mc doctor` on a cluster: what is wrong with pods that run, or are to run."""

from collections.abc import Sequence

from kubectl_mc.commands.absence import nothing_found
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Grade
from kubectl_mc.doctor.services import diagnose_service
from kubectl_mc.doctor.siblings import Diagnosis, compared
from kubectl_mc.doctor.verdict import tally
from kubectl_mc.doctor.workloads import Unmade, diagnose_workload
from kubectl_mc.errors import ExitCode
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.targets import Query
from kubectl_mc.render.diagnoses import broken, diagnoses_document, diagnoses_page
from kubectl_mc.render.doctor import Reach
from kubectl_mc.render.document import as_json, as_yaml
from kubectl_mc.session import Session


async def run_diagnosis(session: Session, query: Query, output: str) -> int:
    """Read what the query means, judge it, and show what was found; gives the exit code."""
    from kubectl_mc.cluster.cases import read_cases

    read = await read_cases(session.client(), query, session.now, session.note)
    diagnoses = compared([Diagnosis(case.pod, diagnose(case)) for case in read.cases])
    unmade = [found for case in read.workloads if (found := diagnose_workload(case)) is not None]
    unmade += map(diagnose_service, read.services)
    _show(session, query, diagnoses, unmade, output)
    if not diagnoses and not unmade and not read.errors:
        for said in nothing_found(session, query, read.selections, judged=True):
            session.note(said)
    for error in read.errors:
        session.report(error)
    if any(each.finding.grade is Grade.ERROR for each in unmade) or broken(diagnoses):
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
