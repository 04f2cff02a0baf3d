"""How a remote command ended, from the Status on a session's last channel."""

import json
import re
from typing import Any

from kubectl_mc.errors import ApiError, ExitCode, McError, NotStarted

_NOT_FOUND = re.compile(r'"(?P<what>[^"]*)": (?:executable file not found|stat [^:]*: no such file)')
_REFUSED = re.compile(r'"(?P<what>[^"]*)": (?P<why>permission denied|is a directory)')
_FORMAT = re.compile(r"(?P<why>exec format error)")
_DIRECTORY = re.compile(r'(?:chdir to cwd|cwd) \(?"(?P<what>[^"]*)"')
_START = re.compile(r".*(?:OCI runtime exec failed: exec failed|failed to start exec|error executing command)[^:]*: ?")
_TAIL = re.compile(r": unknown$")


def end_of(status: bytes) -> int:
    """The exit code of a command that ran.

    Args:
        status: meta/v1 Status as JSON. Kubelet, container runtime and runc have put their words around each other's.

    Raises:
        NotStarted: it did not run; the exit code is a shell's, 127 for what is not there, 126 for what cannot be run.
        ApiError: something else went wrong.
    """
    try:
        document: Any = json.loads(status)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ApiError("the server told the end of the command in words that are no Status")
    if document.get("status") == "Success":
        return ExitCode.DONE
    details = document.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    for cause in causes if isinstance(causes, list) else ():
        code = str(cause.get("message", "")) if isinstance(cause, dict) and cause.get("reason") == "ExitCode" else ""
        if code.isdecimal():
            return int(code)
    raise _failure(str(document.get("message") or document.get("reason") or "no reason given"))


def _failure(message: str) -> McError:
    if found := _NOT_FOUND.search(message):
        name = found["what"] or "''"
        return NotStarted(f"{name}: not found in the container", code=127)
    if found := _REFUSED.search(message) or _FORMAT.search(message):
        what = found.groupdict().get("what")
        return NotStarted(f"{what}: {found['why']}" if what else f"the command: {found['why']}", code=126)
    if found := _DIRECTORY.search(message):
        return NotStarted(f"{found['what']}: the container's working directory is not there", code=126)
    if "container not found" in message or "is not running" in message:
        return ApiError(f"the container is not running: {_core(message)}")
    if _START.match(message):
        return NotStarted(_core(message), code=126)
    return ApiError(_core(message))


def _core(message: str) -> str:
    """The innermost words."""
    return _TAIL.sub("", _START.sub("", message)) or message
