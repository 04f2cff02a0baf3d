"""A command's streams, led from and to files. Which file is meant is found out before."""

from dataclasses import dataclass, field, replace

from kubectl_mc.demo.shell.files import FileTree
from kubectl_mc.demo.shell.pipes import Pipe
from kubectl_mc.demo.shell.processes import Process
from kubectl_mc.demo.shell.syntax import Redirect


@dataclass
class Written:
    """What a command writes to a file; it is kept when the command has ended."""

    path: str
    append: bool
    content: bytearray = field(default_factory=bytearray)

    def keep(self, files: FileTree) -> None:
        """Put it into the file."""
        files.write(self.path, bytes(self.content), append=self.append)

    async def take(self, data: bytes) -> None:
        """More of it."""
        self.content.extend(data)


def redirected(process: Process, redirect: Redirect, name: str, written: list[Written]) -> Process:
    """The process with one stream elsewhere.

    Args:
        name: the file, or the number of the stream, as the shell's words say.
        written: gets what is to be kept once the process has ended.

    Raises:
        OSError: the file can't be read, or not be written to.
    """
    files = process.around.files
    if redirect.operator == "<":
        pipe = Pipe()
        pipe.feed(files.read(process.path(name)))
        pipe.end()
        return replace(process, stdin=pipe)
    if redirect.operator == ">&":
        sink = process.out if name == "1" else process.err
    else:
        target = Written(process.path(name), append=redirect.operator == ">>")
        # Now, so that a place that cannot be written to fails before the command runs.
        files.write(target.path, b"", append=target.append)
        written.append(target)
        sink = target.take
    return replace(process, err=sink) if redirect.stream == 2 else replace(process, out=sink)
