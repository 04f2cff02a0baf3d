"""The process of a credential plugin: run to its end, and never left behind."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process left."""

    exit_code: int
    output: bytes
    complaint: bytes
    """Its stderr; empty when a person saw it."""


class _Process(asyncio.SubprocessProtocol):
    """`asyncio.create_subprocess_exec` waits for whoever has the pipes open, even after a kill: a child of a killed
    shell script, say. This one can let go of them."""

    def __init__(self) -> None:
        self.written = {1: bytearray(), 2: bytearray()}
        self.ended = asyncio.Event()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self.written[fd] += data

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.ended.set()


async def run_plugin(words: Sequence[str], environ: Mapping[str, str], *, may_ask: bool) -> Ended:
    """Run a program; it is killed when this is cancelled.

    Args:
        words: the program and its arguments.
        environ: the whole of its environment.
        may_ask: whether it has this process's stdin and stderr, to talk to a person.

    Raises:
        OSError: it cannot be run.
    """
    loop = asyncio.get_running_loop()
    start = loop.subprocess_exec(
        _Process,
        *words,
        env=environ,
        stdin=None if may_ask else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        # A login prints its address and code on stderr and waits: that has to be seen while it runs.
        stderr=sys.stderr if may_ask else asyncio.subprocess.PIPE,
    )
    # asyncio waits for ever for a process when it is cancelled before all pipes are connected (Python 3.11.7).
    starting = asyncio.ensure_future(start)
    try:
        _, process = await asyncio.shield(starting)
        await process.ended.wait()
    finally:
        transport, process = await starting
        transport.close()  # kills what still runs
        await process.ended.wait()
    return Ended(transport.get_returncode() or 0, bytes(process.written[1]), bytes(process.written[2]))
