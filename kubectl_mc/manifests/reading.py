"""What -f names: files, directories with all that is below them, and stdin."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from kubectl_mc.errors import McError
from kubectl_mc.manifests.manifest import Manifest, manifests
from kubectl_mc.manifests.text import Malformed, documents

_ENDINGS = (".yaml", ".yml", ".json")
STDIN = "-"


@dataclass(frozen=True)
class Read:
    """What was found; an error in one file keeps none of the others away."""

    manifests: list[Manifest] = field(default_factory=list)
    errors: list[McError] = field(default_factory=list)


def read_manifests(names: Iterable[str], stdin: BinaryIO) -> Read:
    """The objects of files, directories and stdin (`-`), in the order given; files of a directory by name."""
    read = Read()
    for name in dict.fromkeys(names):
        try:
            files = _files(name)
        except McError as error:
            read.errors.append(error)
            continue
        for file in files:
            try:
                content = stdin.read() if file == STDIN else Path(file).read_bytes()
            except OSError as error:
                hint = f"curl -fsSL {file} | kubectl mc doctor -f -" if "://" in file else None
                read.errors.append(McError(f"{file}: {error.strerror or error}", hint))
            else:
                _take("stdin" if file == STDIN else file, content, read)
    return read


def _take(file: str, content: bytes, read: Read) -> None:
    for tree in documents(file, content):
        if isinstance(tree, Malformed):
            read.errors.append(tree)
        else:
            read.manifests.extend(manifests(file, tree))


def _files(name: str) -> list[str]:
    """A name's files: itself, or all manifests below it."""
    path = Path(name)
    if name == STDIN or not path.is_dir():
        return [name]
    found = sorted(
        str(file)
        for file in path.rglob("*")
        if file.suffix in _ENDINGS and file.is_file() and not _hidden(file.relative_to(path))
    )
    if not found:
        raise McError(f"{name}: no manifest in this directory", "read are *.yaml, *.yml and *.json, at any depth")
    return found


def _hidden(file: Path) -> bool:
    """Whether a file lies in a directory such as `.git` or `.github`, or is hidden itself."""
    return any(part.startswith(".") for part in file.parts)
