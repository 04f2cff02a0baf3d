"""What `kubectl mc logs` costs, beside kubectl (and stern, where there is one) on the same bytes in one run.

A figure is a median; every run has a server of its own, `log_source.go`, and its output is counted.
"""

import argparse
import base64
import http.client
import json
import os
import shutil
import signal
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

MC = (str(Path(sys.executable).parent / "kubectl-mc"), "logs")
KUBECTL = ("kubectl", "logs", "--all-containers", "--prefix", "--max-log-requests=1000")
STERN = ("stern", "--no-follow", "--max-log-requests=1000", "--color=never")
CONTAINERS = 8
SELECTED = ("-l", "app=web")
GREP = r"items/\d*777 "
"""One line of a thousand."""
OPENING_SECONDS = 120
IDLE_SECONDS = 10


@dataclass(frozen=True)
class Cost:
    """One process, or the medians of several."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, of the system's as well."""
    peak: float
    """MiB resident."""

    def __str__(self) -> str:
        return f"{self.wall:6.2f} s {self.cpu:6.2f} s CPU {self.peak:4.0f} MiB"


@dataclass(frozen=True)
class Reader:
    """A command, and how many lines it has to write."""

    command: Sequence[str]
    lines: int
    environ: Mapping[str, str] = field(default_factory=dict)


class Source:
    """A server of logs that runs."""

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig
        cluster = json.loads(kubeconfig.read_text())["clusters"][0]["cluster"]
        self.server: str = cluster["server"]
        self._authority = base64.b64decode(cluster["certificate-authority-data"]).decode()

    def log(self, container: int) -> str:
        """Where the log of a container of the first pod is."""
        return f"{self.server}/api/v1/namespaces/default/pods/web-0/log?container=c{container}&timestamps=true"

    def idle_follows(self) -> int:
        """How many follows are open and have got their lines."""
        context = ssl.create_default_context(cadata=self._authority)
        connection = http.client.HTTPSConnection(urlsplit(self.server).netloc, context=context)
        try:
            connection.request("GET", "/open")
            return int(connection.getresponse().read())
        finally:
            connection.close()


class Bench:
    """Runs readers and prints what they cost."""

    def __init__(self, folder: Path, runs: int, lines: int) -> None:
        self.runs, self.lines = runs, lines
        self._folder = folder
        self._binary = folder / "log_source"
        _build(self._binary)

    @contextmanager
    def source(self, *shape: str) -> Iterator[Source]:
        """A source of its own, with the flags of `log_source.go`; it ends with its stdin, when it is left."""
        command = [str(self._binary), *shape]
        environ = {**os.environ, "TMPDIR": str(self._folder)}
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environ, text=True) as process:
            assert process.stdout is not None
            yield Source(Path(process.stdout.readline().rstrip("\n")))

    def environ(self, source: Source) -> dict[str, str]:
        """That of the readers. kubectl keeps what it discovers about a server: not among the user's own."""
        return {**os.environ, "KUBECONFIG": str(source.kubeconfig), "KUBECACHEDIR": str(self._folder / "cache")}

    def race(self, shape: Sequence[str], readers: Mapping[str, Reader]) -> dict[str, Cost]:
        """The median costs of readers that take turns."""
        costs: dict[str, list[Cost]] = {name: [] for name in readers}
        for _ in range(self.runs):
            for name, reader in readers.items():
                costs[name].append(self.once(shape, reader))
        return {name: _median(found) for name, found in costs.items()}

    def once(self, shape: Sequence[str], reader: Reader) -> Cost:
        """What a reader costs that writes into a file."""
        output = self._folder / "output"
        with self.source(*shape) as source, output.open("wb") as out:
            cost = _run(reader.command, {**self.environ(source), **reader.environ}, out)
        with output.open("rb") as written:
            _check(reader, sum(piece.count(b"\n") for piece in iter(lambda: written.read(1 << 20), b"")))
        return cost

    def through_a_pipe(self, shape: Sequence[str], reader: Reader) -> Cost:
        """The same, where there would be too much for a file."""
        with subprocess.Popen(["wc", "-l"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as count:
            assert count.stdin is not None
            assert count.stdout is not None
            with self.source(*shape) as source, count.stdin as out:
                cost = _run(reader.command, {**self.environ(source), **reader.environ}, out)
            _check(reader, int(count.stdout.read()))
        return cost


def _build(binary: Path) -> None:
    if shutil.which("go") is None:
        sys.exit("go is not on the PATH; it builds the source of the logs, log_source.go (Go 1.24 or later)")
    command = ["go", "build", "-o", str(binary), str(Path(__file__).with_name("log_source.go"))]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode:
        sys.exit(f"log_source.go cannot be built (it needs Go 1.24 or later):\n{built.stderr}")


def _run(command: Sequence[str], environ: Mapping[str, str], out: IO[bytes]) -> Cost:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=environ)
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}: {complaint.decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _check(reader: Reader, lines: int) -> None:
    if lines != reader.lines:
        sys.exit(f"{' '.join(reader.command)} wrote {lines:,} lines and not {reader.lines:,}")


def _median(costs: Sequence[Cost]) -> Cost:
    walls, cpus, peaks = zip(*((cost.wall, cost.cpu, cost.peak) for cost in costs), strict=True)
    return Cost(statistics.median(walls), statistics.median(cpus), statistics.median(peaks))


def _shape(pods: int, containers: int, lines: int, *more: str) -> list[str]:
    return [f"-pods={pods}", f"-containers={containers}", f"-lines={lines}", *more]


def _print(title: str, own: Cost, others: Mapping[str, Cost]) -> None:
    ours = f"{title:32} {own}"
    for name, cost in others.items():
        print(f"{ours}   {name:17} {cost}   x{cost.wall / own.wall:5.1f}", flush=True)
        ours = " " * len(ours)


def _kubectls(reader: Reader) -> dict[str, Reader]:
    """kubectl as it is, and by the HTTP that we speak: in Go's HTTP/2 a line sent by itself costs the server much."""
    return {"kubectl": reader, "kubectl, HTTP/1.1": replace(reader, environ={"DISABLE_HTTP2": "true"})}


def bulk(bench: Bench, wanted: Sequence[str]) -> None:
    """Eight long logs: all lines, few of them, and as JSON, beside all lines by the others."""
    total = CONTAINERS * bench.lines
    readers = {
        "bulk": Reader((*MC, "web-0"), total),
        "grep": Reader((*MC, "web-0", "-g", GREP), CONTAINERS * ((bench.lines + 222) // 1000)),
        "json": Reader((*MC, "web-0", "-o", "json"), total),
    }
    titles = {
        "bulk": f"{CONTAINERS} x {bench.lines:,}, ordered, prefixed",
        "grep": "  the same with --grep",
        "json": "  the same, -o json",
    }
    chosen = {name: reader for name, reader in readers.items() if name in wanted}
    others = _kubectls(Reader((*KUBECTL, "web-0"), total))
    if shutil.which("stern"):
        # stern asks for the last two days only; the source has it read everything.
        others["stern"] = Reader((*STERN, "^web-0$"), total)
    if "bulk" not in wanted:
        others = {"kubectl": others["kubectl"]}
    costs = bench.race(_shape(1, CONTAINERS, bench.lines), {**chosen, **others})
    for name in chosen:
        beside = others if name == "bulk" else ["kubectl"]
        _print(titles[name], costs[name], {other: costs[other] for other in beside})


def follow(bench: Bench, _: Sequence[str]) -> None:
    """Every line sent by itself, as a kubelet does, until all containers have ended."""
    lines = bench.lines // 6
    total = CONTAINERS * lines
    # Our own output has a word about the end of each container as well.
    own = Reader((*MC, "-f", "web-0"), total + CONTAINERS)
    others = _kubectls(Reader((*KUBECTL, "-f", "web-0"), total))
    costs = bench.race(_shape(1, CONTAINERS, lines), {"own": own, **others})
    own_cost = costs.pop("own")
    _print(f"{CONTAINERS} x {lines:,}, -f, line by line", own_cost, costs)


def many(bench: Bench, _: Sequence[str]) -> None:
    """Many short logs; kubectl once, which holds itself to five requests a second."""
    pods, containers, lines = 50, 4, max(1, bench.lines // 150)
    total = pods * containers * lines
    shape = _shape(pods, containers, lines)
    costs = bench.race(shape, {"own": Reader((*MC, *SELECTED), total)})
    theirs = bench.once(shape, Reader((*KUBECTL, *SELECTED, "--tail=-1"), total))
    _print(f"{pods} pods x {containers} x {lines:,}", costs["own"], {"kubectl": theirs})


def volume(bench: Bench, _: Sequence[str]) -> None:
    """Whether the memory is bounded."""
    lines = 10 * bench.lines
    cost = bench.through_a_pipe(_shape(1, CONTAINERS, lines), Reader((*MC, "web-0"), CONTAINERS * lines))
    print(f"{f'{CONTAINERS} x {lines:,}, into a pipe':32} {cost}", flush=True)


def idle(bench: Bench, _: Sequence[str]) -> None:
    """Many logs in which nothing happens (on Linux only: reads /proc)."""
    pods, containers, lines = 250, 4, 2
    follows = pods * containers
    reader = Reader((*MC, "-f", *SELECTED), follows * lines)
    with (
        bench.source(*_shape(pods, containers, lines, "-idle")) as source,
        tempfile.TemporaryFile() as out,
        subprocess.Popen(reader.command, stdout=out, env=bench.environ(source)) as process,
    ):
        start = time.perf_counter()
        while (found := source.idle_follows()) < follows:
            if process.poll() is not None or time.perf_counter() - start > OPENING_SECONDS:
                process.kill()
                sys.exit(f"only {found} of {follows} follows are open")
            time.sleep(0.05)
        opening = time.perf_counter() - start
        time.sleep(2)  # until the lines are written
        before = _cpu_seconds(process.pid)
        time.sleep(IDLE_SECONDS)
        spent = _cpu_seconds(process.pid) - before
        memory = _resident(process.pid)
        start = time.perf_counter()
        process.send_signal(signal.SIGINT)
        process.wait()
        ending = time.perf_counter() - start
        out.seek(0)
        _check(reader, out.read().count(b"\n"))
    print(
        f"{f'{follows:,} idle follows':32} {opening:6.2f} s until open, {spent:.2f} s CPU in {IDLE_SECONDS} s,"
        f" {memory:.0f} MiB, gone {ending:.2f} s after Ctrl-C",
        flush=True,
    )


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    """MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def source(bench: Bench, _: Sequence[str]) -> None:
    """What the source can deliver, so that it is known where it is what is measured."""
    if shutil.which("curl") is None:
        print("the source alone: there is no curl to read it", flush=True)
        return
    for lines, query, title in ((bench.lines, "", "in blocks"), (bench.lines // 6, "&follow=true", "line by line")):
        words = []
        for name in ("HTTP/1.1", "HTTP/2"):
            option = "--" + name.lower().replace("/", "")
            walls = [_delivery(bench, lines, option, query) for _ in range(bench.runs)]
            words.append(f"{statistics.median(walls):6.2f} s {name}")
        print(f"{f'the source to curl, {title}':32}", "  ".join(words), flush=True)


def _delivery(bench: Bench, lines: int, option: str, query: str) -> float:
    """Seconds in which curl reads the logs of a pod, all at once."""
    with bench.source(*_shape(1, CONTAINERS, lines)) as served, Path(os.devnull).open("wb") as nowhere:
        logs = [word for number in range(CONTAINERS) for word in ("-o", os.devnull, served.log(number) + query)]
        command = ["curl", "--silent", "--fail", "--insecure", "--parallel", option, *logs]
        return _run(command, bench.environ(served), nowhere).wall


CASES: dict[str, Callable[[Bench, Sequence[str]], None]] = {
    "source": source,
    "bulk": bulk,
    "grep": bulk,
    "json": bulk,
    "follow": follow,
    "many": many,
    "volume": volume,
    "idle": idle,
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--lines", type=int, default=300_000, help="of each long log; the others go with it")
    arguments.add_argument("--only", default=",".join(CASES), metavar="CASES", help=f"of {', '.join(CASES)}")
    given = arguments.parse_args()
    wanted = given.only.split(",")
    unknown = [name for name in wanted if name not in CASES]
    if unknown:
        arguments.error(f"no such case: {', '.join(unknown)}")
    if shutil.which("kubectl") is None:
        sys.exit("kubectl is not on the PATH; it is what is compared with")
    with tempfile.TemporaryDirectory(prefix="kubectl-mc-benchmark-") as folder:
        bench = Bench(Path(folder), given.runs, given.lines)
        for case in dict.fromkeys(CASES[name] for name in CASES if name in wanted):
            case(bench, wanted)


if __name__ == "__main__":
    main()
