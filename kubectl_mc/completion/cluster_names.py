"""Names of a cluster: kept from a moment ago, or asked for by a worker.

With a server next door, asking takes two thirds of the time that there is, nearly all of it for importing the client;
with one that is far away, or a credential plugin, more than all of it. Hence the worker, and what it keeps.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.cluster.kubeconfig import kubeconfig_paths
from kubectl_mc.completion.kept import age, cache_folder, keep, read_kept
from kubectl_mc.completion.reply import Candidate
from kubectl_mc.completion.worker import done_aside
from kubectl_mc.model.resources import Resource

KEPT_SECONDS = 10.0
"""How long an answer is good for the next TAB."""


@dataclass(frozen=True)
class Question:
    """What is to be found out, and where."""

    flags: ConnectionFlags
    resource: Resource | None = None
    """The names of its objects; None for containers."""
    targets: tuple[str, ...] = ()
    """Whose containers."""


class ClusterNames:
    """The names of the cluster that the flags and the kubeconfig mean."""

    def __init__(self, flags: ConnectionFlags, environ: Mapping[str, str]) -> None:
        self._flags = flags
        self._environ = environ

    def of(self, resource: Resource) -> Sequence[Candidate]:
        return self._answer(Question(self._flags, resource))

    def containers(self, targets: Sequence[str]) -> Sequence[Candidate]:
        return self._answer(Question(self._flags, None, tuple(targets)))

    def _answer(self, question: Question) -> Sequence[Candidate]:
        file = self._kept(question)
        lines = read_kept(file) if 0 <= age(file) < KEPT_SECONDS else None
        if lines is None:
            lines = done_aside(lambda: self._ask(question, file))
        parts = (line.partition("\t") for line in lines.decode().splitlines())
        return [Candidate(value, about) for value, _, about in parts]

    def _kept(self, question: Question) -> Path:
        """An answer's file. A changed kubeconfig, as after `kubectl config use-context`, makes it another question."""
        paths = kubeconfig_paths(question.flags, self._environ)
        files = [(path.absolute(), path.stat().st_mtime_ns if path.exists() else 0) for path in paths]
        key = hashlib.sha256(repr((question, files)).encode()).hexdigest()
        return cache_folder(self._environ) / f"names-{key}"

    def _ask(self, question: Question, file: Path) -> bytes:
        """The worker's part: the answer, which is kept as well, and old ones removed."""
        from kubectl_mc.completion.cluster_answers import candidates

        lines = "".join(f"{candidate.line}\n" for candidate in candidates(question, self._environ)).encode()
        for old in file.parent.glob("names-*"):
            if age(old) > KEPT_SECONDS:
                old.unlink(missing_ok=True)
        keep(file, lines)
        return lines
