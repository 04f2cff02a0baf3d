"""Names of the signals that end processes, by Linux numbers: the containers' system, whatever runs this tool."""

_NAMES = {
    1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
    9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
    24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
}  # fmt: skip


def signal_name(number: int) -> str | None:
    """`SIGKILL` for 9; None for what no process is usually ended by."""
    return _NAMES.get(number)


def signal_of_exit(exit_code: int | None, signal: int | None) -> str | None:
    """The signal behind an end: the reported one, or, by the shell's convention, exit code 128 + n."""
    if signal:
        return signal_name(signal)
    if exit_code is not None and exit_code > 128:
        return signal_name(exit_code - 128)
    return None
