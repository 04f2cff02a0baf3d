"""`kubectl mc map`: how the containers of a pod are coupled, as a drawing where there is room, else as tables."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kubectl_mc.model.coupling.calls import Call
from kubectl_mc.model.coupling.coupled import Coupling
from kubectl_mc.model.coupling.listening import Listener, Sign
from kubectl_mc.model.coupling.patterns import Pattern, Shape
from kubectl_mc.model.coupling.sharing import SharedVolume, Use
from kubectl_mc.model.pod import Pod
from kubectl_mc.render.map_drawing import drawing
from kubectl_mc.render.page import Line, Page, Span, Style, Theme, clipped, line
from kubectl_mc.render.table import Column, table
from kubectl_mc.render.text import one_line, wrapped
from kubectl_mc.render.words import glyph_span, state_words

_INDENT = 2


@dataclass(frozen=True, slots=True)
class Mapped:
    """A pod, or the template of one, and how its containers are coupled."""

    pod: Pod
    coupled: Coupling
    object: str
    """`pod/web`, `deployment/web`."""
    place: str = ""
    """The file and line that it is from; empty for a cluster's."""

    @property
    def live(self) -> bool:
        """Whether there is a state to show."""
        return bool(self.pod.phase)


def map_page(maps: Iterable[Mapped], width: int, theme: Theme, *, drawn: bool) -> Page:
    """The maps, one below the other.

    Args:
        drawn: draw columns where they fit; in a pipe tables are better, each line of which says a whole thing.
    """
    lines: list[Line] = []
    for mapped in maps:
        lines += [()] if lines else []
        lines += _map(mapped, width, theme, drawn=drawn)
    return Page(clipped(spans, width, theme.ellipsis) for spans in lines)


def _map(mapped: Mapped, width: int, theme: Theme, *, drawn: bool) -> Iterator[Line]:
    coupled = mapped.coupled
    where = f"{mapped.pod.namespace}/" if mapped.pod.namespace else ""
    kind, _, name = mapped.object.partition("/")
    title = one_line(name) if kind == "pod" else f"{one_line(kind)}/{one_line(name)}"
    place = f"  {one_line(mapped.place)}" if mapped.place else ""
    yield line(Span(f"{one_line(where)}{title}", Style.STRONG), Span(place, Style.QUIET))
    columns = drawing(mapped.pod, coupled, width - _INDENT, theme, live=mapped.live) if drawn else None
    if columns is not None:
        yield from ((Span(" " * _INDENT), *spans) for spans in columns)
        yield ()
    yield from _containers(mapped, width, theme)
    if columns is None:
        yield from _ports(coupled, width, theme)
        yield from _volumes(coupled.volumes, width, theme)
    else:
        yield from _calls(coupled, width, theme)
    yield ()
    for style, note in notes(coupled):
        for number, piece in enumerate(wrapped(one_line(note), max(width - _INDENT - 2, 20))):
            mark = ("! " if style is Style.WARN else f"{theme.dot} ") if number == 0 else "  "
            yield line(" " * _INDENT, Span(mark, style), Span(piece, style if style is Style.WARN else Style.PLAIN))


def pattern_words(pattern: Pattern) -> str:
    """`main`, `native sidecar: log shipper`, `sidecar: cache`, `ambassador: proxy`, `init: wait-for`."""
    native = "native " if pattern.native and pattern.shape is Shape.SIDECAR else ""
    more = "" if pattern.kind.value in (pattern.shape.value, "main") else f": {pattern.kind.value}"
    later = " (native sidecar)" if pattern.native and pattern.shape is not Shape.SIDECAR else ""
    return f"{native}{pattern.shape.value}{more}{later}"


def use_words(use: Use) -> str:
    """A mount's path with what narrows it: `/data (subPath a, readOnly)`."""
    narrowed = [f"subPath {use.sub_path}"] if use.sub_path else []
    narrowed += ["readOnly"] if use.read_only and use.said == "readOnly" else []
    return one_line(use.path) + (f" ({one_line(', '.join(narrowed))})" if narrowed else "")


def volume_words(volume: SharedVolume) -> str:
    """What a volume is: `emptyDir`, `persistentVolumeClaim uploads`."""
    return one_line(f"{volume.kind or 'not defined'} {volume.claim}".rstrip())


def port_words(port: int, protocol: str) -> str:
    return f"{port}/{protocol}"


def listens_words(listener: Listener) -> str:
    """How surely a container listens, and whether only within the pod."""
    doubt = "listens" if listener.sign > Sign.PROBE else "seems to listen"
    return f"{doubt} on localhost only" if listener.local else doubt


def call_words(call: Call) -> str:
    """`speaks to redis`, `probes web`, `speaks to nobody known`."""
    whom = ", ".join(one_line(name) for name in call.to_others) or "nobody known"
    return f"{'probes' if call.probe else 'speaks to'} {whom}"


def told_calls(coupled: Coupling) -> list[Call]:
    """The calls worth a line: not those of a container to itself."""
    return [call for call in coupled.calls if call.to_others or call.to_nobody]


def notes(coupled: Coupling) -> Iterator[tuple[Style, str]]:
    """What is shared by all, and what does not fit together."""
    for clash in coupled.clashes:
        names = " and ".join(listener.container for listener in clash)
        said = "; ".join(f"{listener.container}: {listener.said}" for listener in clash)
        where = port_words(clash[0].port, clash[0].protocol)
        yield Style.WARN, f"port {where} is wanted by {names}, and only one can have it ({said})"
    for call in coupled.calls:
        if call.to_nobody:
            where = f"localhost:{call.port}, where no container is known to listen"
            yield Style.WARN, f"{call.container} speaks to {where} ({call.said})"
    for volume in coupled.volumes:
        if not volume.kind:
            users = ", ".join(dict.fromkeys(use.container for use in volume.uses))
            yield Style.WARN, f"{users} mounts volume {volume.name}, which is not defined"
        elif not volume.uses:
            yield Style.QUIET, f"volume {volume.name} is mounted by no container"
    yield Style.QUIET, _network(coupled)
    yield from _processes(coupled)


def _network(coupled: Coupling) -> str:
    if coupled.host_network:
        return "network: the node's (hostNetwork); ports are taken on the node"
    return "network: one for all containers; each reaches the others at localhost"


def _processes(coupled: Coupling) -> Iterator[tuple[Style, str]]:
    processes = coupled.processes
    if processes.host:
        yield Style.QUIET, "processes: the node's (hostPID); every container sees all of them"
    elif processes.shared:
        yield (
            Style.QUIET,
            "processes: one namespace (shareProcessNamespace); containers see and can signal each other's",
        )
    else:
        yield Style.QUIET, "processes: each container sees its own"
    for name, target in processes.targets:
        yield Style.QUIET, f"processes: {name} joins those of {target}"


def _containers(mapped: Mapped, width: int, theme: Theme) -> Iterator[Line]:
    pod = mapped.pod

    def name(pattern: Pattern) -> Sequence[Span]:
        container = pod.container(pattern.container)
        shown = Span(one_line(pattern.container), Style.STRONG)
        if container is None or not mapped.live:
            return (shown,)
        glyph = glyph_span(container, pod, theme)
        return (Span(f"{glyph.text} ", glyph.style), shown)

    def state(pattern: Pattern) -> Sequence[Span]:
        container = pod.container(pattern.container)
        return (Span(state_words(container, pod) if container is not None and mapped.live else ""),)

    columns = [
        Column[Pattern]("CONTAINER", name),
        Column[Pattern]("STATE", state, least=10),
        Column[Pattern]("PATTERN", lambda each: (Span(pattern_words(each)),)),
        Column[Pattern]("WHY", lambda each: (Span(one_line(each.reason)),), spills=True),
    ]
    yield from table(columns, mapped.coupled.patterns, width, indent=_INDENT, ellipsis=theme.ellipsis)


@dataclass(frozen=True, slots=True)
class _PortRow:
    port: str
    container: str
    does: str
    said: str
    style: Style = Style.PLAIN


def _port_rows(coupled: Coupling) -> list[_PortRow]:
    rows = [(each.port, each.protocol, 0, _listener_row(each)) for each in coupled.listeners]
    rows += [(call.port, call.protocol, 1, _call_row(call)) for call in told_calls(coupled)]
    return [row for _, _, _, row in sorted(rows, key=lambda row: row[:3])]


def _listener_row(each: Listener) -> _PortRow:
    return _PortRow(port_words(each.port, each.protocol), each.container, listens_words(each), each.said)


def _call_row(call: Call) -> _PortRow:
    style = Style.WARN if call.to_nobody else Style.PLAIN
    return _PortRow(port_words(call.port, call.protocol), call.container, call_words(call), call.said, style)


def _ports(coupled: Coupling, width: int, theme: Theme) -> Iterator[Line]:
    yield from _port_table(_port_rows(coupled), width, theme)


def _calls(coupled: Coupling, width: int, theme: Theme) -> Iterator[Line]:
    yield from _port_table([_call_row(call) for call in told_calls(coupled)], width, theme)


def _port_table(rows: Sequence[_PortRow], width: int, theme: Theme) -> Iterator[Line]:
    if not rows:
        return
    columns = [
        Column[_PortRow]("PORT", lambda row: (Span(row.port),)),
        Column[_PortRow]("CONTAINER", lambda row: (Span(one_line(row.container), Style.STRONG),)),
        Column[_PortRow]("DOES", lambda row: (Span(row.does, row.style),), least=16),
        Column[_PortRow]("SAID BY", lambda row: (Span(one_line(row.said)),), least=20),
    ]
    yield ()
    yield from table(columns, rows, width, indent=_INDENT, ellipsis=theme.ellipsis)


def _volumes(volumes: Iterable[SharedVolume], width: int, theme: Theme) -> Iterator[Line]:
    rows = [(volume, use) for volume in volumes for use in volume.uses]
    if not rows:
        return
    row_type = tuple[SharedVolume, Use]
    columns = [
        Column[row_type]("VOLUME", lambda row: (Span(one_line(row[0].name)),)),
        Column[row_type]("KIND", lambda row: (Span(volume_words(row[0])),), least=9),
        Column[row_type]("CONTAINER", lambda row: (Span(one_line(row[1].container), Style.STRONG),)),
        Column[row_type]("DOES", lambda row: (Span(row[1].verb),)),
        Column[row_type]("AT", lambda row: (Span(use_words(row[1])),), least=12),
        Column[row_type]("SAID BY", lambda row: (Span(one_line(row[1].said)),), least=14),
    ]
    yield ()
    yield from table(columns, rows, width, indent=_INDENT, ellipsis=theme.ellipsis)
