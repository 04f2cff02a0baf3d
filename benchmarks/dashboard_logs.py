"""Whether the dashboard's keys are heard while logs pour in, and how fast with 100,000 lines that have come."""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard import MC, Screen

CONTAINERS = 4
PAIRS = 10
RATE, SECONDS = 100_000, 20
CLICK = b"\x1b[<0;50;30M\x1b[<0;50;30m"
"""Among the log lines."""
UNDRAWN = re.compile(rb"([\d,]+) passed undrawn")
DROPPED = re.compile(rb"([\d,]+) older ones dropped")


@contextmanager
def source(folder: Path, lines: int, rate: int) -> Iterator[None]:
    """A server of logs, each container's sent line by line; KUBECONFIG names it.

    Args:
        rate: lines a second of all containers; 0 for as fast as they are read.
    """
    binary = folder / "log_source"
    subprocess.run(["go", "build", "-o", str(binary), str(Path(__file__).with_name("log_source.go"))], check=True)
    command = [str(binary), "-pods=1", f"-containers={CONTAINERS}", f"-lines={lines}", "-idle"]
    command += [f"-rate={rate // CONTAINERS}"]
    environ = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, text=True) as process:
        assert process.stdout is not None
        os.environ["KUBECONFIG"] = process.stdout.readline().rstrip("\n")
        yield


def heard(screen: Screen, key: bytes, word: bytes, patience: float = 30.0) -> float | None:
    """Seconds until a key has written a word that was not to be seen before; None if it is not heard."""
    screen.shown = b""
    before = time.perf_counter()
    os.write(screen.terminal, key)
    while word not in screen.shown:
        if time.perf_counter() - before > patience or not screen.read(patience):
            return None
    return time.perf_counter() - before


def keys(screen: Screen, pairs: int, pause: float = 0.0) -> list[float]:
    """What `f` takes to pause, and again to follow."""
    taken = []
    for _ in range(pairs):
        for word in (b"paused", b"following"):
            seconds = heard(screen, b"f", word)
            if seconds is None:
                sys.exit(f"f is not heard; the last of it: {screen.shown[-1000:]!r}")
            taken.append(seconds)
            screen.settle(pause)
    return taken


def told(screen: Screen, pattern: re.Pattern[bytes]) -> int:
    """The last number that was told."""
    found = pattern.findall(screen.shown)
    return int(found[-1].replace(b",", b"")) if found else 0


def opened(screen: Screen) -> None:
    """Into the pod's logs, with the keyboard there."""
    screen.until(b"web-0")
    screen.settle(0.5)
    os.write(screen.terminal, b"\r")
    screen.until(b"/items/")
    screen.settle(0.5)
    if heard(screen, CLICK, b"paused") is None or heard(screen, b"f", b"following") is None:
        sys.exit("the logs are not reached with the mouse")


def report(title: str, seconds: list[float], more: str = "") -> None:
    found = [each * 1000 for each in seconds]
    print(f"{title:34} key {statistics.median(found):4.0f} ms (most {max(found):.0f}){more}", flush=True)


def measure(title: str, lines: int, rate: int) -> None:
    """Keys in a burst, and once it is over."""
    with tempfile.TemporaryDirectory(prefix="kubectl-mc-benchmark-") as folder, source(Path(folder), lines, rate):
        screen = Screen(MC)
        try:
            opened(screen)
            screen.until(b"older ones dropped")
            first, began = told(screen, DROPPED), time.perf_counter()
            taken = keys(screen, PAIRS, 0.2)
            screen.settle(1.0)
            measured = (told(screen, DROPPED) - first) / (time.perf_counter() - began)
            report(title, taken, f"   {measured:,.0f} lines a second, {told(screen, UNDRAWN):,} passed undrawn")
            while (before := told(screen, DROPPED)) is not None:  # until all has been read
                screen.settle(2.0)
                if told(screen, DROPPED) == before:
                    break
            report("afterwards, with 100,000 lines", keys(screen, PAIRS), f"   {screen.mebibytes:.0f} MiB at most")
        finally:
            screen.end()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lines", type=int, default=1_000_000, help="of each container in the burst without a rate")
    given = arguments.parse_args()
    measure(f"{RATE:,} lines a second", RATE // CONTAINERS * SECONDS, RATE)
    measure("as fast as they are read", given.lines, 0)


if __name__ == "__main__":
    main()
