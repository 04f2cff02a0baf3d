"""The entry point: `kubectl-mc`, which kubectl runs for `kubectl mc`."""

import contextlib
import gc
import os
import sys
from typing import NoReturn

# Imports and API documents are many objects that stay: looking for cycles among them after every 700 costs a tenth of
# a one-shot command's time.
gc.set_threshold(100_000)


def main() -> NoReturn:
    """Run this process's command line and end the process. Ctrl-C is quiet from the first import on."""
    code = 130
    with contextlib.suppress(KeyboardInterrupt):
        from kubectl_mc.cli import process_main

        code = process_main()
    _end(code)


def _end(code: int) -> NoReturn:
    """End at once. To take the interpreter apart object by object costs 0.1 s, after long logs 0.2 s."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
