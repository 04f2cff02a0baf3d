"""A pipe of bytes between a writer and a reader in one event loop."""

from collections import deque

from kubectl_mc.demo.wakeup import WakeUp


class Pipe:
    """Bytes in order, without a limit: the WebSocket's own flow control bounds what a client sends."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._ended = False
        self._changed = WakeUp()

    async def write(self, data: bytes) -> None:
        """Adds bytes; it is a coroutine so that a pipe can stand where a channel does."""
        self.feed(data)

    def feed(self, data: bytes) -> None:
        """Adds bytes. After the end they are lost, as with a closed stdin."""
        if data and not self._ended:
            self._chunks.append(data)
            self._changed.ring()

    def end(self) -> None:
        """No more bytes: readers get what is left and then b"" for ever."""
        self._ended = True
        self._changed.ring()

    def discard(self) -> None:
        """Forgets what nobody has read yet."""
        self._chunks.clear()

    async def read(self) -> bytes:
        """The next bytes as they came, b"" at the end."""
        while not self._chunks:
            if self._ended:
                return b""
            await self._changed.wait()
        return self._chunks.popleft()

    async def read_line(self) -> bytes:
        """One line with its newline; the rest without one at the end; b"" when there is nothing."""
        parts: list[bytes] = []
        while chunk := await self.read():
            line, newline, rest = chunk.partition(b"\n")
            parts.append(line + newline)
            if newline:
                if rest:
                    self._chunks.appendleft(rest)
                break
        return b"".join(parts)
