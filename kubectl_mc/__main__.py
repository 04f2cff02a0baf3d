"""The entry point: `kubectl-mc`, which kubectl runs for `kubectl mc`."""

import sys


def main() -> None:
    """Run this process's command line. Ctrl-C is quiet from the first import on."""
    try:
        from kubectl_mc.cli import process_main

        process_main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
