"""A pod as a drawing: its containers as boxes side by side, below them a lane for each port and each volume."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kubectl_mc.model.coupling.coupled import Coupling
from kubectl_mc.model.coupling.listening import Sign
from kubectl_mc.model.coupling.paths import Sure
from kubectl_mc.model.coupling.patterns import Pattern, Shape
from kubectl_mc.model.coupling.sharing import SharedVolume, Use
from kubectl_mc.model.health import container_health
from kubectl_mc.model.pod import Pod
from kubectl_mc.render.page import Line, Span, Style, Theme
from kubectl_mc.render.text import fitted, fitted_end, one_line, width_of
from kubectl_mc.render.words import STYLE_OF_HEALTH, glyph_span

_GAP = 3
_PATH = 24
"""Columns that a path may have; of a longer one the end is kept."""
_LEAST = 9


@dataclass(frozen=True, slots=True)
class _Strokes:
    """The characters that it is drawn with."""

    corners: tuple[str, str, str, str]
    across: str
    down: str
    right: str
    left: str


_FINE = _Strokes(("╭", "╮", "╰", "╯"), "─", "│", "▶", "◀")
_PLAIN = _Strokes(("+", "+", "+", "+"), "-", "|", ">", "<")


@dataclass(frozen=True, slots=True)
class _Lane:
    """A port or a volume: what each container does with it, and between whom something flows."""

    label: str
    cells: Mapping[str, str]
    below: Mapping[str, str]
    """A second line of cells."""
    sources: tuple[str, ...] = ()
    sinks: tuple[str, ...] = ()
    bad: bool = False


@dataclass(frozen=True, slots=True)
class _Arrow:
    """A line from one column to another."""

    first: int
    last: int
    right: bool


def drawing(pod: Pod, coupled: Coupling, width: int, theme: Theme, *, live: bool) -> list[Line] | None:
    """The drawing; None where it would be wider than `width`, and for a pod that has nothing to connect."""
    patterns = coupled.patterns
    ports, volumes = list(_ports(coupled)), [_volume(each, theme) for each in coupled.volumes if each.uses]
    names = [pattern.container for pattern in patterns]
    if not names:
        return None
    rows = [cells for lane in (*ports, *volumes) for cells in (lane.cells, lane.below)]
    widths = {
        pattern.container: max(
            _LEAST,
            *(width_of(text) for text in _box_texts(pattern, number, live=live)),
            *(width_of(cells.get(pattern.container, "")) for cells in rows),
        )
        + 2
        for number, pattern in enumerate(patterns)
    }
    label = max((width_of(lane.label) for lane in (*ports, *volumes)), default=0) + 2
    if label + sum(each + 2 + _GAP for each in widths.values()) - _GAP > width:
        return None
    strokes = _FINE if theme.unicode else _PLAIN
    lines = list(_boxes(pod, patterns, widths, label, strokes, theme, live=live))
    for title, lanes in (("NETWORK", ports), ("VOLUMES", volumes)):
        if lanes:
            lines.append((Span(title, Style.HEADER),))
            lines += [spans for lane in lanes for spans in _lane(lane, names, widths, label, strokes)]
    return lines


def _box_texts(pattern: Pattern, number: int, *, live: bool) -> tuple[str, str, str]:
    """The lines of a box; the glyph before the name is drawn apart."""
    native = ", native" if pattern.native else ""
    shape = f"init {number + 1}" if pattern.shape is Shape.INIT else f"{pattern.shape.value}{native}"
    kind = "" if pattern.kind.value == pattern.shape.value else pattern.kind.value
    return f"{'  ' if live else ''}{one_line(pattern.container)}", shape, kind


def _boxes(
    pod: Pod,
    patterns: Sequence[Pattern],
    widths: Mapping[str, int],
    label: int,
    strokes: _Strokes,
    theme: Theme,
    *,
    live: bool,
) -> Iterator[Line]:
    gap, margin = " " * _GAP, " " * label
    top_left, top_right, low_left, low_right = strokes.corners
    edges = [strokes.across * widths[pattern.container] for pattern in patterns]
    yield (Span(margin + gap.join(f"{top_left}{edge}{top_right}" for edge in edges), Style.QUIET),)
    texts = [_box_texts(pattern, number, live=live) for number, pattern in enumerate(patterns)]
    for row in range(3):
        spans = [Span(margin)]
        for number, pattern in enumerate(patterns):
            container = pod.container(pattern.container)
            spans += [Span(f"{gap if number else ''}{strokes.down} ", Style.QUIET)]
            text, room = texts[number][row], widths[pattern.container] - 1
            style = (Style.STRONG, Style.PLAIN, Style.QUIET)[row]
            if row == 0 and live and container is not None:
                glyph = glyph_span(container, pod, theme)
                spans.append(Span(f"{glyph.text} ", glyph.style))
                text, room = text[2:], room - 2
                style = STYLE_OF_HEALTH[container_health(container, pod)] or style
            spans += [Span(_padded(text, room), style), Span(strokes.down, Style.QUIET)]
        yield tuple(spans)
    yield (Span(margin + gap.join(f"{low_left}{edge}{low_right}" for edge in edges), Style.QUIET),)


def _lane(
    lane: _Lane, names: Sequence[str], widths: Mapping[str, int], label: int, strokes: _Strokes
) -> Iterator[Line]:
    arrows = _arrows(lane, names)
    spans = [Span(_padded(lane.label, label), Style.WARN if lane.bad else Style.PLAIN)]
    for index, name in enumerate(names):
        text = lane.cells.get(name, "")
        room = widths[name] + 2
        spans += _cell(text, room, index, arrows, strokes)
        if index < len(names) - 1:
            spans.append(Span(_gap(index, arrows, strokes), Style.BUSY))
    yield tuple(spans)
    if any(lane.below.values()):
        cells = [_padded(f"  {lane.below.get(name, '')}", widths[name] + 2) for name in names]
        yield (Span(" " * label + (" " * _GAP).join(cells).rstrip(), Style.QUIET),)


def _cell(text: str, room: int, index: int, arrows: Sequence[_Arrow], strokes: _Strokes) -> Iterator[Span]:
    """What a container does, with the lines of arrows that come, go or pass."""
    coming = next((arrow for arrow in arrows if arrow.last == index), None)
    going = next((arrow for arrow in arrows if arrow.first == index), None)
    if any(arrow.first < index < arrow.last for arrow in arrows):
        yield Span(strokes.across * room, Style.BUSY)
        return
    if coming is None:
        yield Span(" ")
    else:
        yield Span(strokes.right if coming.right else strokes.across, Style.BUSY)
    if going is None:
        yield Span(_padded(f" {text}", room - 1))
        return
    head = "" if going.right else strokes.left
    yield Span(f" {text} ")
    yield Span(head + strokes.across * (room - 3 - width_of(text) - width_of(head)), Style.BUSY)


def _gap(index: int, arrows: Sequence[_Arrow], strokes: _Strokes) -> str:
    """What stands between the container `index` and the next."""
    return (strokes.across if any(arrow.first <= index < arrow.last for arrow in arrows) else " ") * _GAP


def _arrows(lane: _Lane, names: Sequence[str]) -> list[_Arrow]:
    """The arrows of a lane, only where nothing stands in their way."""
    found: list[_Arrow] = []
    places = {name: index for index, name in enumerate(names)}
    for source in lane.sources:
        for sink in lane.sinks:
            a, b = places[source], places[sink]
            first, last = min(a, b), max(a, b)
            free = not any(lane.cells.get(names[between]) for between in range(first + 1, last))
            if a != b and free and not any(other.first < last and first < other.last for other in found):
                found.append(_Arrow(first, last, a < b))
    return found


def _ports(coupled: Coupling) -> Iterator[_Lane]:
    calls = [call for call in coupled.calls if call.to_others or call.to_nobody]
    ports = {(each.port, each.protocol) for each in coupled.listeners}
    ports |= {(call.port, call.protocol) for call in calls}
    clashing = {(clash[0].port, clash[0].protocol) for clash in coupled.clashes}
    for port, protocol in sorted(ports):
        there = coupled.listening(port, protocol)
        cells = {each.container: "listens" if each.sign > Sign.PROBE else "listens?" for each in there}
        callers = [call for call in calls if (call.port, call.protocol) == (port, protocol)]
        for call in callers:
            word = "probes" if call.probe else "speaks"
            cells.setdefault(call.container, word if call.to_others else f"{word} to nobody")
        yield _Lane(
            f":{port}" + ("" if protocol == "TCP" else f"/{protocol}"),
            cells,
            {},
            tuple(dict.fromkeys(call.container for call in callers)),
            tuple(dict.fromkeys(each.container for each in there)),
            bad=(port, protocol) in clashing or any(call.to_nobody for call in callers),
        )


def _volume(volume: SharedVolume, theme: Theme) -> _Lane:
    cells: dict[str, str] = {}
    below: dict[str, str] = {}
    for use in volume.uses:
        cells.setdefault(use.container, use.verb)
        below.setdefault(use.container, _path(use, theme))
    kind = f" {volume.kind}" if volume.kind else " ?"
    return _Lane(
        one_line(f"{volume.name}{kind}"),
        cells,
        below,
        tuple(use.container for use in volume.uses if use.writes >= Sure.LIKELY),
        tuple(use.container for use in volume.uses if use.reads >= Sure.LIKELY or use.read_only),
        bad=not volume.kind,
    )


def _path(use: Use, theme: Theme) -> str:
    path = f"{use.path}:{use.sub_path}" if use.sub_path else use.path
    return fitted_end(one_line(path), _PATH, theme.ellipsis)


def _padded(text: str, room: int) -> str:
    return fitted(text, room) + " " * max(room - width_of(text), 0)
