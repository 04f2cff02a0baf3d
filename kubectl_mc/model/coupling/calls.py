"""References to the pod's own loopback address: who speaks to which port, where that is said, and who listens there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kubectl_mc.model.coupling.listening import Listener, Sign, probe_port
from kubectl_mc.model.coupling.settings import Setting, flags_of, settings
from kubectl_mc.model.coupling.words import Command, commands, environment, main_commands
from kubectl_mc.model.spec import ContainerSpec

_LOOPBACK = r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])"
_HOST = rf"(?P<host>{_LOOPBACK})"
_SCHEME = r"(\w[\w+.-]{0,30})://(?:[^\s/@]{0,300}@)?"
_WITH_PORT = re.compile(rf"(?<![\w.@/-])(?:{_SCHEME})?{_HOST}:(?P<port>\d{{1,5}})(?![\d.])", re.IGNORECASE)
_URL_WITHOUT = re.compile(rf"(?<![\w.]){_SCHEME}{_HOST}(?![\w.:-])", re.IGNORECASE)
_WITH_CREDENTIALS = re.compile(rf"@(?:tcp\()?{_HOST}:(?P<port>\d{{1,5}})(?![\d.])", re.IGNORECASE)
_ALONE = re.compile(rf"{_LOOPBACK}|::1", re.IGNORECASE)
_LISTENS_AT = re.compile(r"(.*-)?(listen|bind|listen-addr(ess)?|bind-addr(ess)?|addr|address)")

_DEFAULTS = {
    "http": 80, "ws": 80, "https": 443, "redis": 6379, "postgres": 5432, "postgresql": 5432, "pg": 5432, "psql": 5432,
    "mysql": 3306, "mariadb": 3306, "amqp": 5672, "rabbitmq": 5672, "mongodb": 27017, "mongo": 27017,
    "memcached": 11211, "memcache": 11211, "elasticsearch": 9200, "elastic": 9200, "kafka": 9092, "nats": 4222,
    "vault": 8200, "consul": 8500, "zookeeper": 2181, "etcd": 2379, "statsd": 8125, "dogstatsd": 8125,
    "redis-cli": 6379, "pg-isready": 5432, "jaeger": 6831, "zipkin": 9411, "dapr": 3500,
}  # fmt: skip
"""The ports that a protocol, a program or a service of such a name has unless another is said."""
_DATAGRAMS = frozenset({"statsd", "dogstatsd", "jaeger"})


@dataclass(frozen=True, slots=True)
class Call:
    """A container that speaks to a port of its own pod, as far as its spec says."""

    container: str
    port: int
    said: str
    """What says so, without credentials: `REDIS_HOST=localhost REDIS_PORT=6379`, `http://localhost:8080`."""
    at: str
    to: tuple[str, ...] = ()
    """Who listens there; empty for nobody that is known, several for a clash."""
    probe: bool = False
    """Whether it is a probe or a hook that speaks, not the program itself."""
    protocol: str = "TCP"

    @property
    def to_others(self) -> tuple[str, ...]:
        """The siblings that it reaches."""
        return tuple(name for name in self.to if name != self.container)

    @property
    def to_nobody(self) -> bool:
        return not self.to


def calls(specs: Iterable[ContainerSpec], listeners: Iterable[Listener]) -> tuple[Call, ...]:
    """The references of containers to their own pod, each port of each once, resolved to who listens there."""
    listeners = tuple(listeners)
    found: dict[tuple[str, int, bool], Call] = {}
    for spec in specs:
        for call in _calls(spec, listeners):
            if 0 < call.port < 65536:
                found.setdefault((call.container, call.port, call.probe), _resolved(call, listeners))
    return tuple(found.values())


def _calls(spec: ContainerSpec, listeners: tuple[Listener, ...]) -> Iterator[Call]:
    own = {each.port for each in listeners if each.container == spec.name and each.sign > Sign.PROBE}
    known = settings(spec)
    yield from _pairs(spec, known, own)
    for setting in known:
        if not (_LISTENS_AT.fullmatch(setting.name) and _port_of(setting.value) in own):
            yield from _in_text(spec.name, setting.value, f"{setting.written}{setting.joint}", setting.at)
    listening = {each.said.rpartition("=")[2] for each in listeners if each.container == spec.name}
    for command in main_commands(spec):
        spoken = tuple(word for word in command.words if word.rpartition("=")[2] not in listening)
        yield from _in_command(spec.name, replace(command, words=spoken), probe=False)
    values = environment(spec)
    asked = [(each.command, each.at) for each in spec.probes] + [(each.command, each.at) for each in spec.hooks]
    for words, at in asked:
        for command in commands(words, values, at):
            yield from _in_command(spec.name, command, probe=True)
    for probe in spec.probes:
        port = probe_port(spec, probe)
        if port is not None and (not probe.host or _ALONE.fullmatch(probe.host)):
            yield Call(spec.name, port, f"{probe.kind} probe {probe.action}", probe.at, probe=True)


def _resolved(call: Call, listeners: tuple[Listener, ...]) -> Call:
    """The call with who listens there. What a container's own probe says of it counts only where nothing else does."""
    there = [each for each in listeners if each.port == call.port]
    protocols = {each.protocol for each in there}
    if call.protocol not in protocols and len(protocols) == 1:
        call = replace(call, protocol=protocols.pop())
    there = [each for each in there if each.protocol == call.protocol]
    surer = [each for each in there if each.sign > Sign.PROBE]
    if not surer and call.probe:
        return replace(call, to=(call.container,))
    return replace(call, to=tuple(dict.fromkeys(each.container for each in surer or there)))


def _pairs(spec: ContainerSpec, known: tuple[Setting, ...], own: set[int]) -> Iterator[Call]:
    """A host's name and a port's, said apart: `REDIS_HOST=localhost` and `REDIS_PORT=6379`, `-h localhost -p 6379`."""
    by_name: Mapping[tuple[str, str], Setting] = {(setting.program, setting.name): setting for setting in known}
    for setting in known:
        subject = _host_of(setting.name)
        if subject is None or not _ALONE.fullmatch(setting.value):
            continue
        names = (f"{subject}-port", f"{subject}port") if subject else ("port",)
        partner = next((by_name[key] for name in names if (key := (setting.program, name)) in by_name), None)
        said = f"{setting.written}{setting.joint}{setting.value}"
        service = next((word for word in reversed(subject.split("-")) if word in _DEFAULTS), "")
        protocol = "UDP" if service in _DATAGRAMS else "TCP"
        if partner is not None and partner.value.isdecimal():
            port = int(partner.value)
            if port not in own:  # `HOST=localhost PORT=8080` is where it listens itself
                both = f"{said} {partner.written}{partner.joint}{port}"
                yield Call(spec.name, port, both, setting.at, protocol=protocol)
        elif partner is None and service and _DEFAULTS[service] not in own:
            yield Call(spec.name, _DEFAULTS[service], said, setting.at, protocol=protocol)


def _host_of(name: str) -> str | None:
    """What a setting names the host of: `redis` for `redis-host`, `pg` for `pghost`, "" for `host`."""
    found = re.fullmatch(r"(?:(.+?)-?)?(?:host|hostname|addr|address|server|endpoint)", name)
    return None if found is None else (found[1] or "")


def _in_command(container: str, command: Command, *, probe: bool) -> Iterator[Call]:
    for word in command.words:
        yield from _in_text(container, word, "", command.at, probe=probe)
    words = command.words
    for index, word in enumerate(words):
        if not _ALONE.fullmatch(word.partition("=")[2] or word) or command.program in ("ping", "echo"):
            continue
        said = f"{command.program} {word}".strip()
        port = next((each for each in words[index + 1 : index + 2] if each.isdecimal()), "")
        flag = next((each for each in flags_of(command) if each.written in ("-p", "-P", "--port")), None)
        if port:
            said += f" {port}"
        elif flag is not None:
            port, said = flag.value, f"{said} {flag.written}{flag.joint}{flag.value}"
        else:
            port = str(_DEFAULTS.get(command.program.replace("_", "-"), ""))
        if port.isdecimal() and "-l" not in words:
            yield Call(container, int(port), said, command.at, probe=probe)


def _in_text(container: str, text: str, label: str, at: str, *, probe: bool = False) -> Iterator[Call]:
    """Addresses of the loopback in a text, without what else stands in it."""
    for found in _WITH_PORT.finditer(text):
        scheme = f"{found[1]}://" if found[1] else ""
        protocol = "UDP" if (found[1] or "").lower() == "udp" else "TCP"
        said = f"{label}{scheme}{found['host']}:{found['port']}"
        yield Call(container, int(found["port"]), said, at, probe=probe, protocol=protocol)
    for found in _WITH_CREDENTIALS.finditer(text):
        yield Call(container, int(found["port"]), f"{label}{found['host']}:{found['port']}", at, probe=probe)
    for found in _URL_WITHOUT.finditer(text):
        port = _DEFAULTS.get(found[1].lower().partition("+")[0])
        if port:
            yield Call(container, port, f"{label}{found[1]}://{found['host']}", at, probe=probe)


def _port_of(text: str) -> int:
    found = re.search(r":(\d{1,5})$", text)
    return int(found[1]) if found else 0
