"""The logs that are kept while they are shown: a file a container, with its own bytes and what happened to it."""

from collections.abc import Callable
from io import FileIO
from pathlib import Path

from kubectl_mc.errors import McError
from kubectl_mc.logs.line import Kind, any_marked, kind_of, message_of

_LONGEST = 255 - len(".999999.log")
"""Characters of a name: what Linux and macOS take, with room for the number and the ending."""
_CONTAINER = 63
"""Characters that a container's name may have at most (RFC 1123)."""


class LogFiles:
    """Writes into a folder. Files that are there already stay as they are: a number makes the name a new one."""

    def __init__(self, folder: str, note: Callable[[str], None]) -> None:
        """The folder is made.

        Args:
            note: told what cannot be written; the rest goes on.

        Raises:
            McError: there can be no such folder.
        """
        self._folder = Path(folder)
        self._note = note
        self._files: dict[object, FileIO | None] = {}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise McError(
                f"--save {folder}: {error.strerror or error}", "name a folder that can be made or written to"
            ) from None

    def write(self, key: object, name: str, lines: list[bytes]) -> None:
        """Lines of the source that `key` stands for; `name` is its file's, without an ending.

        Between rules stands what no container wrote: how an instance ended, where lines are missing. Events are not
        kept.
        """
        text = _text(lines)
        if not text:
            return
        try:
            if key not in self._files:
                self._files[key] = self._opened(name)
            file = self._files[key]
            if file is not None:
                _write_all(file, text)
        except OSError as error:
            self._give_up(key, name, error)

    def close(self) -> None:
        """Close all files."""
        for file in self._files.values():
            if file is not None:
                file.close()

    def _opened(self, name: str) -> FileIO:
        name = _fitting(name)
        number = 1
        while True:
            path = self._folder / (f"{name}.log" if number == 1 else f"{name}.{number}.log")
            try:
                return path.open("xb", buffering=0)  # so that nothing is left to be written when one is closed
            except FileExistsError:
                number += 1

    def _give_up(self, key: object, name: str, error: OSError) -> None:
        file = self._files.get(key)
        if file is not None:
            file.close()
        self._files[key] = None
        where = self._folder / name
        self._note(f"{where}: {error.strerror or error}: what this container writes is shown, but no longer saved")


def _text(lines: list[bytes]) -> bytes:
    if any_marked(lines):
        rows = [_row(line) for line in lines if kind_of(line) is not Kind.EVENT]
    else:
        rows = list(map(message_of, lines))
    return b"\n".join([*rows, b""])


def _row(line: bytes) -> bytes:
    rule = "──".encode()
    return message_of(line) if kind_of(line) is Kind.LOG else rule + b" " + message_of(line) + b" " + rule


def _fitting(name: str) -> str:
    """What a file can be called: a pod's and a container's name together may be longer than that."""
    if len(name) <= _LONGEST:
        return name
    import hashlib

    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    head = _LONGEST - len(digest) - _CONTAINER - 2
    return f"{name[:head]}~{digest}~{name[-_CONTAINER:]}"


def _write_all(file: FileIO, data: bytes) -> None:
    """A disk that is nearly full takes a part, and says so only when it is asked to take the rest."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
