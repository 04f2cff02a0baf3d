"""What can go wrong, as a user reads it: one line of what failed on which object, and a hint of what to do next."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a run ends; `exec` and `debug` end with the remote command's code instead."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    FAULT_FOUND = 3
    TIMED_OUT = 4
    INTERRUPTED = 130


class McError(Exception):
    """An expected failure; `cli.main` prints `message` and `hint` on stderr and ends with `exit_code`."""

    exit_code: int = ExitCode.ERROR

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(McError):
    """The words of the command line cannot be right, whatever the cluster says."""

    exit_code = ExitCode.USAGE


class ConfigurationError(McError):
    """The kubeconfig, or what it points to, cannot be used."""


class ConnectionLost(McError):
    """No answer: refused, unreachable, timed out, cut off, or not to be trusted. Trying again may help."""


class ApiError(McError):
    """The API server refused. `code` is the HTTP status; `reason` is the Status object's, for example `NotFound`."""

    def __init__(self, message: str, hint: str | None = None, *, code: int = 0, reason: str = "") -> None:
        super().__init__(message, hint)
        self.code = code
        self.reason = reason


class NotFound(ApiError):
    """404: no such object, or no such resource on this server."""


class Forbidden(ApiError):
    """403: this user lacks a permission."""


class Gone(ApiError):
    """410: the resource version is too old; list again."""


class NotStarted(McError):
    """A remote command that could not be run. `exit_code` is what a shell would end with: 127 not found, 126 else."""

    def __init__(self, message: str, hint: str | None = None, *, code: int) -> None:
        super().__init__(message, hint)
        self.exit_code = code
