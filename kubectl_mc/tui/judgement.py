"""What the doctor said of a pod the last time, and what it could not look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from kubectl_mc.doctor.finding import Finding


@dataclass(frozen=True, slots=True)
class Judgement:
    """The causes that were found."""

    findings: Sequence[Finding] | str
    """Or why there are none to be had."""
    left_out: Sequence[str] = ()
    """What could not be read, and what that means for the causes."""
    deleted: bool = False
    """Whether the pod was being deleted by then: what was wrong with it before may not be among the findings."""


def last_whole(before: Judgement | None, new: Judgement) -> Judgement:
    """Of two judgements the one that says what was wrong with the pod until it was deleted."""
    return before if new.deleted and before is not None and not before.deleted else new
