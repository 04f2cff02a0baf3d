"""What a rule finds: a sentence, how sure it is, what shows it, and what to type next."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad a finding is; an error makes `doctor` end with 3."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Certainty(StrEnum):
    """Whether the evidence shows it or only suggests it."""

    OBSERVED = "observed"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class Step:
    """A command to type next, without the flags that lead to the cluster."""

    words: tuple[str, ...]
    program: str = ""
    """Empty for this tool itself, else `kubectl`."""
    namespaced: bool = True

    def line(self, program: str, namespace: str, connection: Sequence[str] = ()) -> str:
        """The command, quoted for a shell.

        Args:
            program: how this tool is called: `kubectl mc`.
            connection: the flags that reach the same cluster, as this tool and kubectl both take them.
        """
        flags = [*connection, *(["-n", namespace] if self.namespaced and namespace else [])]
        before, dashes, behind = self._parts()
        return f"{self.program or program} {shlex.join([*before, *flags, *dashes, *behind])}"

    def _parts(self) -> tuple[list[str], list[str], list[str]]:
        """The words before `--`, it, and those behind: what stands there belongs to another program."""
        words = list(self.words)
        if "--" not in words:
            return words, [], []
        at = words.index("--")
        return words[:at], ["--"], words[at + 1 :]


def mc(*words: str) -> Step:
    """A command of this tool."""
    return Step(words)


def kubectl(*words: str, namespaced: bool = True) -> Step:
    """A command of kubectl's."""
    return Step(words, "kubectl", namespaced)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth a word."""

    id: str
    """Of `catalogue.KINDS`: stable, for scripts."""
    summary: str
    """One sentence, from the cause to the effect, without a full stop."""
    grade: Grade = Grade.ERROR
    certainty: Certainty = Certainty.OBSERVED
    container: str = ""
    """The guilty one; empty where the fault is no container's."""
    evidence: tuple[str, ...] = ()
    """States, events, log lines and parts of the spec with their paths, the strongest first."""
    next: tuple[Step, ...] = ()
    blames: str = ""
    """Another container, whose own fault explains this one if it has one."""
    at: str = ""
    """Where in the pod's document the change belongs, if it is known."""
    instead: str = ""
    """What to write there instead: a piece of YAML, or words. Only the review of manifests says it."""
    consequences: tuple[str, ...] = ()
    """Filled by the engine, as all that follows."""
    namespace: str = ""
    pod: str = ""
    primary: bool = False
    spread: str = ""
    """Among the pods of one workload: `1 of 5 pods, only on node n2`; empty for a single pod."""
