"""Files in this user's cache folder, so that a second TAB is quicker than the first. Losing them costs only time."""

import os
import time
from collections.abc import Mapping
from pathlib import Path


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Where they lie."""
    cache = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".cache")
    return cache / "kubectl-mc" / "completion"


def read_kept(file: Path) -> bytes | None:
    """A file's content; None where it cannot be had."""
    try:
        return file.read_bytes()
    except OSError:
        return None


def keep(file: Path, content: bytes) -> None:
    """Write a file as a whole, readable for this user alone; or leave it, where that is impossible."""
    import tempfile  # 4 ms, and seldom needed

    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(descriptor, "wb") as new:
            new.write(content)
        os.replace(name, file)
    except OSError:
        return


def age(file: Path) -> float:
    """Seconds since a file was written; infinite where there is none."""
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return float("inf")
