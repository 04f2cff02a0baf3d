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


def end_meaning(exit_code: int | None, signal: int | None) -> str:
    """What an exit code that processes have in common tells, in a few words; empty for a program's own codes."""
    if exit_code in _CODES:
        return _CODES[exit_code]
    return _MEANINGS.get(signal or max((exit_code or 0) - 128, 0), "")


_CODES = {126: "a command may not be run", 127: "a command isn't found"}
_MEANINGS = {
    2: "interrupted",
    4: "an instruction that this CPU doesn't know",
    6: "it aborted by itself",
    7: "a bus error",
    8: "an arithmetic error",
    11: "a segmentation fault",
    31: "a forbidden system call",
}
