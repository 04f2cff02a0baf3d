"""Which ports of the pod's one network a container listens on, how sure that is, and where it is said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from kubectl_mc.model.coupling.known import known_image
from kubectl_mc.model.coupling.settings import Setting, settings
from kubectl_mc.model.coupling.words import Command, environment, expand, main_commands
from kubectl_mc.model.spec import ContainerSpec, Probe


class Sign(IntEnum):
    """What tells of a listener; the larger, the surer."""

    NUMBER = 1
    """Its only argument is a number that may be a port; what it means, only the image knows."""
    IMAGE = 2
    """The image is known to listen there unless it is told otherwise."""
    PROBE = 3
    """A probe of its own asks there."""
    ENVIRONMENT = 4
    """A variable such as PORT."""
    COMMAND = 5
    """An argument such as `--port=8080`."""
    DECLARED = 6
    """A containerPort. Listening elsewhere as well, or not at all, is still possible."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A container and a port that it listens on."""

    container: str
    port: int
    sign: Sign
    said: str
    """What says so: `containerPort: 8080`, `--port=8080`, `PORT=8080`."""
    at: str
    """Where it is said in the pod's document."""
    protocol: str = "TCP"
    local: bool = False
    """Whether it listens on the loopback address alone, where the kubelet's probes and Services don't reach it."""
    name: str = ""
    """The port's declared name."""


_ABOUT = (
    "http|https|http1|http2|grpc|web|www|server|app|application|admin|metrics?|health|healthz|probe|health-probe|status"
    "|service|container|listen|bind|telemetry|prometheus|management|debug|api|node|nginx|tcp|udp|ssl|tls|secure"
    "|insecure|main|listener|serve|serving|jetty|tomcat|flask|gunicorn|uvicorn|rails|puma|express|pprof|liveness"
    "|readiness|gateway|ui|rest|ws|websocket|default|my|public|external|proxy|aspnetcore"
)
_PORT_NAME = re.compile(rf"(?:(?:{_ABOUT})-)*port")
_ADDRESS_NAME = re.compile(
    rf"(?:(?:{_ABOUT})-)*(?:listen|bind|listen-addr(?:ess)?|bind-addr(?:ess)?|addr(?:ess)?|listen-on|listen-port|urls)"
)
_ADDRESS = re.compile(
    r"(?:\w+://)?(?P<host>localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]*\]|[+*])?:(?P<port>\d{1,5})/?"
)
_BARE = re.compile(r":(\d{2,5})")
_NOT_SERVERS = frozenset({
    "psql", "pg_isready", "pg_dump", "mysql", "mysqladmin", "mysqldump", "redis-cli", "mongo", "mongosh", "mongodump",
    "curl", "wget", "ssh", "scp", "telnet", "nslookup", "ping", "mkdir", "cp", "mv", "tar", "kubectl", "git", "grep",
    "sed", "apk", "apt-get", "rsync", "test", "[", "install", "read", "sleep", "echo", "kafka-topics.sh", "grpcurl",
    "ab", "wrk", "hey", "nping", "socat", "ps", "lsof", "ss", "netstat", "iptables", "istio-iptables",
})  # fmt: skip
"""Programs whose `-p` or `--port` is a port elsewhere, or no port at all."""
_NUMBERED = {"http.server": 8000}
"""Python modules whose only argument is their port, and which they take without one."""
_DURATIONS = frozenset({1800, 3600, 7200, 10800, 14400, 21600, 28800, 36000, 43200})
"""Whole hours in seconds: an argument for `sleep` rather than a port."""
_FIRST_FREE = 1024
"""From here on anybody may listen; below it a lone number is more often something else, but for those of the web."""


def listeners(spec: ContainerSpec) -> tuple[Listener, ...]:
    """The ports of a container, one entry a number and protocol, the surest sign first."""
    found: dict[tuple[int, str], Listener] = {}
    for listener in (*_declared(spec), *_commanded(spec), *_set(spec), *_probed(spec)):
        found.setdefault((listener.port, listener.protocol), listener)
    if not found:
        known = known_image(spec.image)
        for port in known.ports if known is not None else ():
            found[port, "TCP"] = Listener(spec.name, port, Sign.IMAGE, f"image {spec.image}", f"{spec.at}.image")
        if port := _lone_number(spec):
            found.setdefault(
                (port, "TCP"), Listener(spec.name, port, Sign.NUMBER, f"args: {port}", f"{spec.at}.args[0]")
            )
    return tuple(found.values())


def probe_port(spec: ContainerSpec, probe: Probe) -> int | None:
    """The number of the port that a probe asks; None for a command, and for a name that nobody has."""
    if probe.port.isdecimal():
        return int(probe.port)
    named = spec.port(probe.port) if probe.port else None
    return named.number if named is not None else None


def _declared(spec: ContainerSpec) -> Iterator[Listener]:
    for port in spec.ports:
        said = f"containerPort: {port.number}" + (f"/{port.protocol}" if port.protocol != "TCP" else "")
        yield Listener(spec.name, port.number, Sign.DECLARED, said, port.at, port.protocol, name=port.name)


def _commanded(spec: ContainerSpec) -> Iterator[Listener]:
    for setting in settings(spec):
        if setting.flag and setting.program not in _NOT_SERVERS:
            yield from _of_setting(spec, setting, Sign.COMMAND)
    for command in main_commands(spec):
        for port, said, local in _positional(command):
            yield Listener(spec.name, port, Sign.COMMAND, said, command.at, local=local)


def _set(spec: ContainerSpec) -> Iterator[Listener]:
    for setting in settings(spec):
        if not setting.flag:
            yield from _of_setting(spec, setting, Sign.ENVIRONMENT)


def _of_setting(spec: ContainerSpec, setting: Setting, sign: Sign) -> Iterator[Listener]:
    """A listener, if the setting's name is one for ports or addresses to listen on and its value is such a thing."""
    short = setting.flag and setting.written in ("-p", "-l", "-b", "-S", "-a")
    said = f"{setting.written}{' ' if short else '='}{setting.value}"
    if setting.written == "-p" and setting.program == "nc":
        return
    if (_PORT_NAME.fullmatch(setting.name) or setting.written == "-p") and (port := _number(setting.value)):
        yield Listener(spec.name, port, sign, said, setting.at)
    elif short or _ADDRESS_NAME.fullmatch(setting.name) or _PORT_NAME.fullmatch(setting.name):
        for part in re.split(r"[;,]", setting.value):
            if (address := _ADDRESS.fullmatch(part.strip())) and (port := _number(address["port"])):
                yield Listener(spec.name, port, sign, said, setting.at, local=_loopback(address["host"]))


def _positional(command: Command) -> Iterator[tuple[int, str, bool]]:
    """Ports that a command says without a flag's name: `serve :8080`, `nc -l 8080`, `python -m http.server 8000`."""
    words = command.words
    if command.program in ("nc", "ncat", "netcat", "socat"):
        yield from _netcat(command)
        return
    for index, word in enumerate(words):
        if (bare := _BARE.fullmatch(word)) and command.program not in _NOT_SERVERS and index:
            if (port := _number(bare[1])) and not words[index - 1].startswith("-"):
                yield port, word, False
        elif re.fullmatch(r"-p\d{2,5}", word) and command.program not in _NOT_SERVERS:
            yield int(word[2:]), word, False
        elif word in _NUMBERED and index and words[index - 1] == "-m":
            following = words[index + 1] if index + 1 < len(words) else ""
            yield _number(following) or _NUMBERED[word], f"-m {word} {following}".rstrip(), False


def _netcat(command: Command) -> Iterator[tuple[int, str, bool]]:
    text = command.text
    if found := re.search(r"TCP[46]?-LISTEN:(\d{1,5})", text, re.IGNORECASE):
        yield int(found[1]), found[0], "bind=127.0.0.1" in text
    elif any(re.fullmatch(r"-[a-km-z]*l[a-z]*", word) for word in command.arguments):
        ports = [port for word in command.arguments if (port := _number(word))]
        for port in ports[-1:]:
            yield port, text, "127.0.0.1" in command.arguments


def _lone_number(spec: ContainerSpec) -> int:
    """The port that is all that the image's own program is told; 0 where it is told anything else."""
    if spec.command or len(spec.args) != 1:
        return 0
    port = _number(expand(spec.args[0], environment(spec)))
    return port if (port >= _FIRST_FREE or port in (80, 443)) and port not in _DURATIONS else 0


def _probed(spec: ContainerSpec) -> Iterator[Listener]:
    for probe in spec.probes:
        port = probe_port(spec, probe)
        if port and _own(probe.host):
            yield Listener(spec.name, port, Sign.PROBE, f"{probe.kind} probe {probe.action}", probe.at)


def _own(host: str) -> bool:
    return not host or _loopback(host)


def _loopback(host: str | None) -> bool:
    return host is not None and (host in ("localhost", "[::1]", "::1") or host.startswith("127."))


def _number(text: str) -> int:
    """A port's number; 0 for what is none."""
    return int(text) if text.isdecimal() and len(text) <= 5 and 0 < int(text) < 65536 else 0
