"""Presses TAB as a shell does: a process of `kubectl_complete-mc`, given words and an environment."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from kubectl_mc.completion.worker import WORK_SECONDS

NOTHING = ":4\n"
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Shell:
    """A user's environment, with a cache of its own."""

    home: Path
    kubeconfig: Path

    @property
    def environ(self) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "KUBECONFIG": str(self.kubeconfig),
            "PATH": f"{self.home}:{os.defpath}",
            # Modules of a test's own, and the package for an interpreter that it is not installed for.
            "PYTHONPATH": os.pathsep.join([str(self.home), *sys.path]),
        }

    def tab(self, *words: str) -> str:
        """What one TAB brings: in time, with nothing on stderr, exit 0, and no worker that holds on to the streams."""
        run = subprocess.run(
            [sys.executable, "-m", "kubectl_mc.completion", *words],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=WORK_SECONDS / 2,
        )
        assert (run.returncode, run.stderr) == (0, "")
        return run.stdout

    def tabs(self, *words: str) -> list[str]:
        """The values that TAB brings, pressed again as long as there are none: a busy machine may be late at first."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            *lines, _ = self.tab(*words).splitlines()
            if lines:
                return [line.partition("\t")[0] for line in lines]
        raise AssertionError(f"nothing for {words}")
