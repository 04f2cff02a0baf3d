"""What the dashboard costs on a real cluster whose pods change; beside k9s where it is installed."""

import argparse
import asyncio
import fcntl
import os
import pty
import select
import shutil
import statistics
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from status import NAMESPACE, send, stage, status

from kubectl_mc.cluster.connect import connect
from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.model.resources import PODS

MC = [str(Path(sys.executable).parent / "kubectl-mc"), "ui"]
K9S = ["k9s", "--headless", "--logoless"]
SIZE = (45, 160)
PATIENCE_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
CHANGE_SECONDS = 1.0
DOWN = b"\x1b[B"


class Screen:
    """A program on a terminal of its own; one in Python has its bytecode, as one that is installed."""

    def __init__(self, command: Sequence[str]) -> None:
        self.began = time.perf_counter()
        self.process_id, self.terminal = pty.fork()
        if self.process_id == 0:
            os.environ["TERM"] = "xterm-256color"
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
            os.execvp(command[0], list(command))
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        self.shown = b""

    def until(self, text: bytes) -> float:
        """Seconds since its start until a text is shown."""
        while text not in self.shown:
            if not self.read(PATIENCE_SECONDS):
                sys.exit(f"{text.decode()} is not shown; the last of it: {self.shown[-2000:]!r}")
        return time.perf_counter() - self.began

    def read(self, seconds: float) -> bytes:
        """What it writes within a time, as soon as it writes anything."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.terminal, 1 << 20)
        except OSError:
            return b""
        self.shown += data
        return data

    def settle(self, seconds: float) -> None:
        """Read for a time, whatever comes."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def key(self, key: bytes) -> float:
        """Seconds until a key shows on the screen."""
        while self.read(0.05):
            pass
        before = time.perf_counter()
        os.write(self.terminal, key)
        while len(self.read(PATIENCE_SECONDS)) < 20:
            pass
        return time.perf_counter() - before

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def mebibytes(self) -> float:
        """The most memory it has had."""
        for line in Path(f"/proc/{self.process_id}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def end(self) -> None:
        os.kill(self.process_id, 9)
        os.waitpid(self.process_id, 0)
        os.close(self.terminal)


@contextmanager
def changing(pods: int) -> Iterator[None]:
    """Every second another pod's container is restarted."""
    over = threading.Event()

    async def change() -> None:
        async with connect(ConnectionFlags(), os.environ, may_ask=lambda: False, notify=print) as client:
            number = 0
            while not over.is_set():
                news = status()
                news["status"]["containerStatuses"][1]["restartCount"] = 8 + number
                await send(client, "PATCH", PODS.path(NAMESPACE, f"web-{number % pods:04}", "status"), news)
                number += 1
                await asyncio.sleep(CHANGE_SECONDS)

    thread = threading.Thread(target=lambda: asyncio.run(change()))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def measure(title: str, command: Sequence[str], first: bytes, runs: int, idle_seconds: float) -> None:
    """Open it several times, after once that does not count; of the last run the keys, the idle CPU and the memory."""
    paints, seconds = [], []
    for number in range(-1, runs):
        screen = Screen(command)
        paint = screen.until(first)
        if number >= 0:
            paints.append(paint)
            seconds.append(screen.cpu)
        if number < runs - 1:
            screen.end()
    screen.settle(3.0)
    keys = [screen.key(DOWN) for _ in range(20)]
    before, began = screen.cpu, time.perf_counter()
    screen.settle(idle_seconds)
    idle = (screen.cpu - before) / (time.perf_counter() - began)
    key, paint = statistics.median(keys) * 1000, statistics.median(paints)
    print(
        f"{title:20} first paint {paint:5.2f} s (CPU {statistics.median(seconds):.2f})   "
        f"key {key:4.0f} ms (most {max(keys) * 1000:.0f})   "
        f"idle {idle * 100:4.1f} % of a core   {screen.mebibytes:4.0f} MiB"
    )
    screen.end()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--idle", type=float, default=20.0, help="seconds over which the idle CPU is measured")
    given = arguments.parse_args()
    for pods in (24, 1000):
        asyncio.run(stage(pods))
        try:
            with changing(pods):
                measure(f"{pods} pods x 4", [*MC, "-n", NAMESPACE], b"web-0001", given.runs, given.idle)
                if shutil.which("k9s"):
                    k9s = [*K9S, "-n", NAMESPACE, "-c", "pods"]
                    measure(f"k9s, {pods} pods x 4", k9s, b"web-0001", given.runs, given.idle)
        finally:
            subprocess.run(
                ["kubectl", "delete", "namespace", NAMESPACE, "--wait=true"], check=True, capture_output=True
            )


if __name__ == "__main__":
    main()
