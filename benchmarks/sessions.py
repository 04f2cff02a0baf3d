"""What a session of `kubectl mc exec` costs beside one of kubectl's, in turn, in the same container of a cluster."""

import argparse
import fcntl
import json
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NAMESPACE = f"kubectl-mc-benchmark-{os.getpid()}"
IN_POD = ("-n", NAMESPACE, "web")
MC = (str(Path(sys.executable).parent / "kubectl-mc"), "exec", *IN_POD)
KUBECTL = ("kubectl", "exec", *IN_POD)
MEBIBYTE = 1 << 20
PROMPT = b"# "
KEYS = 100
"""For each of the runs."""
DEADLINE_SECONDS = 60.0
IMPORTS = """
import kubectl_mc.__main__, kubectl_mc.cli, kubectl_mc.commands.exec, kubectl_mc.relay, kubectl_mc.cluster.remote, os
os._exit(0)
"""


@dataclass(frozen=True)
class Cost:
    """A session that carried bytes."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, of the system's as well."""
    peak: float
    """MiB resident."""


class Typist:
    """A process on a pseudo-terminal, and whoever sits there."""

    def __init__(self, command: Sequence[str]) -> None:
        self.descriptor, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._process = subprocess.Popen(
            command, stdin=inner, stdout=inner, stderr=subprocess.DEVNULL, start_new_session=True
        )
        os.close(inner)

    def read_until(self, text: bytes) -> None:
        """Wait for it."""
        seen = b""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while text not in seen:
            if not select.select([self.descriptor], [], [], max(0, deadline - time.monotonic()))[0]:
                sys.exit(f"{text!r} did not come; there was {seen!r}")
            seen += os.read(self.descriptor, 65536)

    def cpu(self) -> float:
        """Milliseconds that it has computed so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """End the process, and with it the session."""
        self._process.kill()
        self._process.wait()
        os.close(self.descriptor)


@contextmanager
def seated(command: Sequence[str]) -> Iterator[Typist]:
    """A process on a terminal, ended with the block."""
    typist = Typist(command)
    try:
        yield typist
    finally:
        typist.end()


@dataclass(frozen=True)
class Start:
    """How long something took to begin."""

    wall: float
    """Milliseconds."""
    cpu: float
    """Milliseconds, of the system's as well."""


def until_prompt(command: Sequence[str]) -> Start:
    """From the start of a process to a shell's prompt on its terminal."""
    start = time.perf_counter()
    with seated(command) as typist:
        typist.read_until(PROMPT)
        return Start((time.perf_counter() - start) * 1000, typist.cpu())


def python(program: str) -> Start:
    """A program of the same interpreter, from its start to its end."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", program])
    cost = _ended(process, start)
    return Start(cost.wall * 1000, cost.cpu * 1000)


def prompt(runs: int) -> None:
    """Time to the first prompt; what Python takes before the tool does anything stands apart."""
    commands: dict[str, Callable[[], Start]] = {
        "kubectl exec -it POD -- sh": lambda: until_prompt([*KUBECTL, "-it", "--", "sh"]),
        "mc exec POD -- sh": lambda: until_prompt([*MC, "--", "sh"]),
        "mc exec POD, which finds a shell": lambda: until_prompt(MC),
        "  of this, Python": lambda: python("pass"),
        "  of this, Python and the imports": lambda: python(IMPORTS),
    }
    taken: dict[str, list[Start]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, measure in commands.items():
            figure = measure()
            if run:  # the first of each doesn't count
                taken[name].append(figure)
    theirs = next(iter(taken.values()))
    print(f"first prompt, {runs} runs in turn")
    for name, figures in taken.items():
        wall, cpu = statistics.median(s.wall for s in figures), statistics.median(s.cpu for s in figures)
        beyond = statistics.median(own.wall - other.wall for own, other in zip(figures, theirs, strict=True))
        after = "" if figures is theirs or name.startswith(" ") else f"  {beyond:+6.0f} ms"
        print(f"  {name:36} {wall:6.0f} ms {cpu:6.0f} ms CPU{after}", flush=True)


def echo(runs: int) -> None:
    """How long a key takes to the container and back, in sessions that take turns."""
    program = ("sh", "-c", "stty raw -echo; echo ready; exec cat")
    both = {"kubectl": [*KUBECTL, "-it", "--", *program], "mc": [*MC, "--", *program]}
    taken: dict[str, list[float]] = {name: [] for name in both}
    with seated(both["kubectl"]) as theirs, seated(both["mc"]) as ours:
        typists = {"kubectl": theirs, "mc": ours}
        for typist in typists.values():
            typist.read_until(b"ready")
        for count in range(runs * KEYS):
            for name, typist in typists.items():
                start = time.perf_counter()
                os.write(typist.descriptor, b"k")
                typist.read_until(b"k")
                if count >= KEYS // 10:
                    taken[name].append((time.perf_counter() - start) * 1000)
    print(f"echo of a key, {runs * KEYS} in turn")
    for name, figures in taken.items():
        late = statistics.quantiles(figures, n=20)[-1]
        print(f"  {name:36} {statistics.median(figures):6.2f} ms  95 of 100 within {late:6.2f} ms")
    beyond = statistics.median(taken["mc"]) - statistics.median(taken["kubectl"])
    print(f"  {'difference of the medians':36} {beyond:+6.2f} ms", flush=True)


def out(command: Sequence[str], mebibytes: int) -> Cost:
    """A command that writes so much, read through a pipe as it comes."""
    process = subprocess.Popen(
        [*command, "--", "head", "-c", str(mebibytes * MEBIBYTE), "/dev/zero"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    start = time.perf_counter()
    count = 0
    while piece := os.read(process.stdout.fileno(), MEBIBYTE):
        count += len(piece)
    cost = _ended(process, start)
    if count != mebibytes * MEBIBYTE:
        # A busy node may lose the last of a command's output, whoever reads it.
        print(f"  {command[0]}: only {count:,} bytes have come")
    return cost


def into(command: Sequence[str], mebibytes: int) -> Cost:
    """A command that reads so much from a pipe, up to its end."""
    options = ("-i",) if command is KUBECTL else ()
    with subprocess.Popen(["head", "-c", str(mebibytes * MEBIBYTE), "/dev/zero"], stdout=subprocess.PIPE) as source:
        start = time.perf_counter()
        process = subprocess.Popen([*command, *options, "--", "wc", "-c"], stdin=source.stdout, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert source.stdout is not None
        source.stdout.close()
        count = int(process.stdout.read())
        cost = _ended(process, start)
    if count != mebibytes * MEBIBYTE:
        sys.exit(f"{' '.join(command)} carried {count:,} bytes of {mebibytes} MiB")
    return cost


def _ended(process: subprocess.Popen[bytes], start: float) -> Cost:
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"a session ended with {process.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def bulk(title: str, carry: Callable[[Sequence[str], int], Cost], mebibytes: int, runs: int) -> None:
    """Bytes one way, by both in turn."""
    pairs = [(carry(MC, mebibytes), carry(KUBECTL, mebibytes)) for _ in range(runs)]
    print(f"{title}, {mebibytes} MiB, {runs} runs in turn")
    for name, costs in (("mc", [pair[0] for pair in pairs]), ("kubectl", [pair[1] for pair in pairs])):
        wall, cpu = (statistics.median(figures) for figures in zip(*((c.wall, c.cpu) for c in costs), strict=True))
        peak = max(cost.peak for cost in costs)
        print(f"  {name:36} {wall:6.2f} s {mebibytes / wall:6.0f} MiB/s {cpu:6.2f} s CPU  peak {peak:4.0f} MiB")
    ratio = _ratio([pair[0].wall for pair in pairs], [pair[1].wall for pair in pairs])
    print(f"  {'mc to kubectl, wall':36} x{ratio:4.2f}", flush=True)


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return statistics.median(own / other for own, other in zip(ours, theirs, strict=True))


@contextmanager
def staged(image: str) -> Iterator[None]:
    """A namespace with a pod that waits."""
    container = {"name": "app", "image": image, "command": ["sleep", "1000000"]}
    spec = {"terminationGracePeriodSeconds": 0, "containers": [container]}
    meta = {"name": "web", "namespace": NAMESPACE}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
    _kubectl("create", "namespace", NAMESPACE)
    try:
        _kubectl("wait", "--for=create", "-n", NAMESPACE, "serviceaccount/default", "--timeout=60s")
        _kubectl("apply", "-f", "-", given=json.dumps(pod))
        _kubectl("wait", "--for=condition=Ready", "-n", NAMESPACE, "pod/web", "--timeout=120s")
        yield
    finally:
        _kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def _kubectl(*words: str, given: str | None = None) -> None:
    subprocess.run(["kubectl", *words], input=given, text=True, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--image", default="busybox:1.37", help="one with sh, stty, cat, head, wc and sleep")
    arguments.add_argument("--runs", type=int, default=10)
    arguments.add_argument("--only", default="prompt,echo,out,in", help="of these four")
    given = arguments.parse_args()
    wanted = given.only.split(",")
    few = max(3, given.runs // 2)
    with staged(given.image):
        if "prompt" in wanted:
            prompt(given.runs)
        if "echo" in wanted:
            echo(given.runs)
        for name, title, carry in (("out", "out of a container", out), ("in", "into a container", into)):
            if name in wanted:
                for mebibytes in (100, 400):
                    bulk(title, carry, mebibytes, few if mebibytes == 100 else 3)


if __name__ == "__main__":
    main()
