"""Runs a command line as a user would, in this process, and keeps what it printed."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

from kubectl_mc import cli
from kubectl_mc.session import Session


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    exit_code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Stream(io.StringIO):
    """A stream of UTF-8, like a process's, that may say that it is a terminal."""

    encoding = "utf-8"

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def run(*words: str, kubeconfig: object, terminal: bool = False, environ: Mapping[str, str] | None = None) -> Result:
    """Run `kubectl mc WORDS`.

    Args:
        kubeconfig: path of the kubeconfig to use.
        terminal: whether stdout is to be one.
        environ: variables of the environment, on top of an otherwise empty one.
    """
    variables = {"KUBECONFIG": str(kubeconfig), "HOME": "/nonexistent", "TERM": "xterm-256color", **(environ or {})}
    out, err = Stream(terminal=terminal), Stream(terminal=False)
    code = cli.main(words, Session(stdout=out, stderr=err, environ=variables))
    return Result(code, out.getvalue(), err.getvalue())
