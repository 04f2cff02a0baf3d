"""What `kubectl mc doctor -f` takes for a manifest of many workloads: whole processes, from start to exit."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MC = str(Path(sys.executable).parent / "kubectl-mc")
TEMPLATE = Path(__file__).parents[1] / "examples" / "production-app.yaml"


def manifest(workloads: int) -> str:
    """So many Deployments of six containers each, with what they refer to."""
    text = TEMPLATE.read_text(encoding="utf-8")
    # The scripts differ as well, so that what is kept of one is of no use for another.
    return "\n---\n".join(
        text.replace("production-app", f"app-{number}")
        .replace("Waiting for", f"App {number} waits for")
        .replace("log_level", f"log_level_{number}")
        .replace("exec nginx", f": {number}; exec nginx")
        for number in range(workloads)
    )


def run(file: Path, output: str) -> tuple[float, float]:
    """One run, its output read by nobody: seconds of wall time and of processor time."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [MC, "doctor", "-f", str(file), *(["-o", output] if output else [])],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"HOME": "/nonexistent"},
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def main() -> None:
    """Medians, after one run that does not count."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--workloads", type=int, default=100)
    options.add_argument("--runs", type=int, default=7)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "many.yaml")
        file.write_text(manifest(given.workloads), encoding="utf-8")
        lines = manifest(given.workloads).count("\n")
        for output in ("", "json", "sarif"):
            run(file, output)
            took = [run(file, output) for _ in range(given.runs)]
            wall, processor = (statistics.median(column) for column in zip(*took, strict=True))
            print(
                f"{given.workloads} workloads, {lines} lines, {output or 'page':5}  "
                f"{wall:.2f} s, of which the processor {processor:.2f} s"
            )


if __name__ == "__main__":
    main()
