"""What `kubectl mc logs` costs, against `kubectl logs --all-containers --prefix` on the same bytes in one run."""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

SOURCE = Path(__file__).with_name("log_source.py")
MC = [str(Path(sys.executable).parent / "kubectl-mc"), "logs"]
KUBECTL = ["kubectl", "logs", "--all-containers", "--prefix", "--max-log-requests=1000"]


def run(command: Sequence[str], environ: dict[str, str], output: Path) -> tuple[float, float]:
    """Seconds of wall time and peak MiB of a command that writes into a file."""
    start = time.perf_counter()
    with output.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=environ)
        assert process.stderr is not None
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}: {complaint.decode()}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def compare(title: str, shape: Sequence[str], ours: Sequence[str], theirs: Sequence[str], runs: int) -> None:
    """Both on one source, in turn; medians."""
    source = subprocess.Popen([sys.executable, str(SOURCE), *shape], stdout=subprocess.PIPE, text=True)
    assert source.stdout is not None
    output = Path(f"/tmp/kubectl-mc-benchmark-{os.getpid()}")
    try:
        environ = {**os.environ, "KUBECONFIG": source.stdout.readline().strip()}
        pairs = [(run(ours, environ, output), run(theirs, environ, output)) for _ in range(runs)]
    finally:
        source.kill()
        source.wait()
        output.unlink(missing_ok=True)
    own = statistics.median(pair[0][0] for pair in pairs)
    other = statistics.median(pair[1][0] for pair in pairs)
    peak = max(pair[0][1] for pair in pairs)
    print(f"{title:44} {own:6.2f} s  kubectl {other:6.2f} s  x{other / own:4.1f} faster  peak {peak:4.0f} MiB")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--lines", type=int, default=300_000)
    given = arguments.parse_args()
    bulk, flushed = str(given.lines), str(given.lines // 6)
    pod = ["web-0"]
    everything = ["1", "8", bulk]
    compare(f"8 x {bulk}, ordered, prefixed", everything, [*MC, *pod], [*KUBECTL, *pod], given.runs)
    compare("  the same with --grep", everything, [*MC, *pod, "-g", "items/1"], [*KUBECTL, *pod], given.runs)
    compare("  the same, -o json", everything, [*MC, *pod, "-o", "json"], [*KUBECTL, *pod], given.runs)
    compare(f"8 x {flushed}, line by line", ["1", "8", flushed, "--flush"], [*MC, *pod], [*KUBECTL, *pod], given.runs)


if __name__ == "__main__":
    main()
