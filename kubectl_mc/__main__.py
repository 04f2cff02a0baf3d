"""The entry point: `kubectl-mc`, which kubectl runs for `kubectl mc`."""

import gc
import sys

# Imports and API documents are many objects that stay: looking for cycles among them after every 700 costs a tenth of
# a one-shot command's time.
gc.set_threshold(100_000)


def main() -> None:
    """Run this process's command line. Ctrl-C is quiet from the first import on."""
    try:
        from kubectl_mc.cli import process_main

        process_main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
