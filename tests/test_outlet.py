"""Bytes reach stdout at its reader's pace, and nothing else waits for that."""

import asyncio
import io
import os
import pty
import threading
import tty
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import TextIO

import pytest

from kubectl_mc.outlet import Outlet

TIME_LIMIT = 20
ODD = bytes(range(256)) + "漢字 \u2028".encode()
MUCH = b"".join(b"%d %s\n" % (number, ODD) for number in range(3000))
"""More than any pipe or terminal holds."""


class Sink:
    """A stream, and the end from which it is read."""

    def __init__(self, reading: int, writing: int) -> None:
        self.reading: int | None = reading
        self.stream: TextIO = os.fdopen(writing, "w")

    def close_reading(self) -> None:
        if self.reading is not None:
            os.close(self.reading)
            self.reading = None

    def read_all(self, length: int) -> bytes:
        """So many bytes, in pieces of odd sizes, read elsewhere while the test's loop writes."""
        assert self.reading is not None
        found = bytearray()
        while len(found) < length:
            found += os.read(self.reading, 1 + len(found) % 5000)
        return bytes(found)


def _pipe() -> Sink:
    return Sink(*os.pipe())


def _terminal() -> Sink:
    controlling, controlled = pty.openpty()
    tty.setraw(controlled)  # what is written comes out as it is
    return Sink(controlling, controlled)


SINKS: dict[str, Callable[[], Sink]] = {"a pipe": _pipe, "a terminal": _terminal}


@pytest.fixture(params=SINKS)
def sink(request: pytest.FixtureRequest) -> Iterator[Sink]:
    found = SINKS[request.param]()
    # Whoever waits for a reader in a write is set free, and fails.
    watchdog = threading.Timer(TIME_LIMIT, found.close_reading)
    watchdog.start()
    yield found
    watchdog.cancel()
    watchdog.join()
    found.close_reading()
    found.stream.close()


def run(main: Coroutine[None, None, None]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(TIME_LIMIT):
            await main

    asyncio.run(limited())


async def turns(count: int = 50) -> None:
    """So many turns of everything else."""
    for _ in range(count):
        await asyncio.sleep(0)


def test_a_reader_that_does_not_read_holds_up_nothing_else(sink: Sink) -> None:
    async def main() -> None:
        writing = asyncio.create_task(Outlet(sink.stream).write(MUCH))
        await turns()
        assert not writing.done()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing

    run(main())


def test_a_reader_that_reads_a_little_now_and_then_holds_up_nothing_else(sink: Sink) -> None:
    async def main() -> None:
        assert sink.reading is not None
        outlet = Outlet(sink.stream)

        async def write() -> None:
            for length in range(1, len(MUCH), 37):
                await outlet.write(MUCH[:length])

        writing = asyncio.create_task(write())
        for size in (*range(1, 80), 4096, 4097, 1, 4095):
            await turns(5)
            os.read(sink.reading, size)
        assert not writing.done()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing

    run(main())


def test_everything_arrives_in_order_once_it_is_read(sink: Sink) -> None:
    pieces = [MUCH[:70_000], b"", b"\n", MUCH[70_000:], ODD * 100]
    whole = b"".join(pieces)

    async def main() -> None:
        outlet = Outlet(sink.stream)

        async def write() -> None:
            for piece in pieces:
                await outlet.write(piece)

        writing = asyncio.create_task(write())
        await turns()
        assert not writing.done()
        found = await asyncio.to_thread(sink.read_all, len(whole))
        await writing
        assert found == whole

    run(main())


def test_what_was_written_before_comes_first(sink: Sink) -> None:
    async def main() -> None:
        sink.stream.write("before ")
        await Outlet(sink.stream).write(b"after")
        assert await asyncio.to_thread(sink.read_all, 12) == b"before after"

    run(main())


@pytest.mark.parametrize("waits", [False, True], ids=["before the write", "while it waits"])
def test_a_pipe_that_nobody_reads_any_more_is_broken(*, waits: bool) -> None:
    async def main() -> None:
        pipe = _pipe()
        with pipe.stream:
            outlet = Outlet(pipe.stream)
            if not waits:
                pipe.close_reading()
            writing = asyncio.create_task(outlet.write(MUCH))
            await turns()
            assert writing.done() != waits
            pipe.close_reading()
            with pytest.raises(BrokenPipeError):
                await writing

    run(main())


def test_what_another_process_has_made_a_non_blocking_one_is_written_whole(sink: Sink) -> None:
    async def main() -> None:
        os.set_blocking(sink.stream.fileno(), False)
        writing = asyncio.create_task(Outlet(sink.stream).write(MUCH))
        assert await asyncio.to_thread(sink.read_all, len(MUCH)) == MUCH
        await writing

    run(main())


def test_the_descriptor_that_was_given_stays_as_it_was(sink: Sink) -> None:
    Outlet(sink.stream)
    assert os.get_blocking(sink.stream.fileno())


def test_a_terminal_gives_back_its_descriptor_with_the_outlet() -> None:
    terminal = _terminal()
    before = os.listdir("/dev/fd")
    outlet = Outlet(terminal.stream)
    assert len(os.listdir("/dev/fd")) == len(before) + 1
    del outlet
    assert os.listdir("/dev/fd") == before
    terminal.close_reading()
    terminal.stream.close()


def test_a_regular_file_gets_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with path.open("w") as stream:
        stream.write("before\n")
        run(Outlet(stream).write(MUCH))
        run(Outlet(stream).write(b""))
    assert path.read_bytes() == b"before\n" + MUCH


def test_a_full_disk_is_an_error() -> None:
    with Path("/dev/full").open("w") as stream, pytest.raises(OSError, match="No space left"):
        run(Outlet(stream).write(b"a\n"))


def test_a_stream_in_memory_gets_text() -> None:
    stream = io.StringIO()
    run(Outlet(stream).write("漢字 ✓\n".encode() + b"half \xc3\n"))
    assert stream.getvalue() == "漢字 ✓\nhalf \\xc3\n"
