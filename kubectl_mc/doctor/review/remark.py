"""A finding of the review with its place: in which file, of which object, at which line."""

from dataclasses import dataclass

from kubectl_mc.doctor.finding import Finding, Grade


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to change in a file."""

    finding: Finding
    """Its `at` is the path in the whole document."""
    kind: str
    name: str
    file: str
    line: int
    column: int

    @property
    def place(self) -> str:
        """As compilers write it, so that editors and CI systems find it."""
        return f"{self.file}:{self.line}:{self.column}"


def fails(remarks: tuple[Remark, ...], *, strict: bool) -> bool:
    """Whether there is an error, or, in a strict run, a warning."""
    bad = {Grade.ERROR, Grade.WARNING} if strict else {Grade.ERROR}
    return any(remark.finding.grade in bad for remark in remarks)
