"""Containers that were refused on the pod's own loopback address: whose port it is that nobody answered on."""

import re
from dataclasses import dataclass

from kubectl_mc.doctor.complaint import last_words
from kubectl_mc.doctor.crash import Crash
from kubectl_mc.doctor.evidence import spec_line

_REFUSED = re.compile(r"(?i)connection refused|ECONNREFUSED|actively refused|couldn't connect to server|\(111\)")
_LOOPBACK = r"(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)"
_LOCAL = re.compile(_LOOPBACK)
_PORT = re.compile(rf"{_LOOPBACK}\W{{0,4}}(?:port\W{{0,3}})?(\d{{2,5}})\b(?!\.\d)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A connection to a port of its own pod that a container didn't get."""

    port: int
    owner: str
    """The sibling whose port it is; empty where none is known."""
    evidence: tuple[str, ...]


def refusal_of(crash: Crash) -> Refusal | None:
    """The refusal of which the last words of an instance tell; None without one, or where its port is not known."""
    container, case = crash.container, crash.case
    words = last_words(case, container, crash.end.state)
    refused = [word for word in words if word.telling and _REFUSED.search(word.line)]
    local = [word for word in refused if _LOCAL.search(word.line)]
    if not refused:
        return None
    coupled = case.coupled
    told = (local or refused)[-1].evidence
    # Where it is refused and with what stand in one line, or the line before names the address.
    ports = {int(found[1]) for word in local or words for found in _PORT.finditer(word.line)}
    if not ports and local:
        ports = {call.port for call in coupled.calls if call.container == container.name and not call.probe}
    if len(ports) != 1:
        return None
    [port] = ports
    owner = next((each for each in coupled.listening(port) if each.container != container.name), None)
    if owner is None:
        return Refusal(port, "", (told,))
    return Refusal(port, owner.container, (told, spec_line(owner.at, f"{owner.said} ({owner.container})")))
