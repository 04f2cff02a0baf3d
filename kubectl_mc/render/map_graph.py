"""`kubectl mc map -o mermaid` and `-o dot`: graphs for documents. Names are untrusted; both quote whatever they get."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubectl_mc.model.coupling.paths import Sure
from kubectl_mc.model.coupling.sharing import Use
from kubectl_mc.render.map import Mapped, pattern_words, port_words, told_calls, volume_words
from kubectl_mc.render.text import one_line


@dataclass(frozen=True, slots=True)
class _Node:
    id: str
    lines: tuple[str, ...]
    round: bool = False
    """A volume."""


@dataclass(frozen=True, slots=True)
class _Edge:
    start: str
    end: str
    label: str
    both: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class _Graph:
    title: str
    nodes: tuple[_Node, ...]
    edges: tuple[_Edge, ...]


def mermaid(maps: Iterable[Mapped]) -> str:
    """A Mermaid flowchart, a subgraph a pod."""
    lines = ["flowchart LR"]
    for number, graph in enumerate(_graphs(maps)):
        lines.append(f'  subgraph p{number}["{_entities(graph.title)}"]')
        for node in graph.nodes:
            label = "<br/>".join(_entities(text) for text in node.lines)
            opened, closed = ("[(", ")]") if node.round else ("[", "]")
            lines.append(f'    {node.id}{opened}"{label}"{closed}')
        lines.append("  end")
        for edge in graph.edges:
            arrow = "<-->" if edge.both else "-.->" if edge.dashed else "-->"
            lines.append(f'  {edge.start} {arrow}|"{_entities(edge.label)}"| {edge.end}')
    return "\n".join(lines) + "\n"


def dot(maps: Iterable[Mapped]) -> str:
    """A Graphviz digraph, a cluster a pod."""
    lines = ["digraph pods {", "  rankdir=LR;", "  node [shape=box];"]
    for number, graph in enumerate(_graphs(maps)):
        lines += [f"  subgraph cluster_p{number} {{", f"    label={_quoted(graph.title)};"]
        for node in graph.nodes:
            shape = ", shape=cylinder" if node.round else ""
            lines.append(f"    {node.id} [label={_quoted(*node.lines)}{shape}];")
        lines.append("  }")
        for edge in graph.edges:
            more = (", dir=both" if edge.both else "") + (", style=dashed" if edge.dashed else "")
            lines.append(f"  {edge.start} -> {edge.end} [label={_quoted(edge.label)}{more}];")
    return "\n".join([*lines, "}"]) + "\n"


def _graphs(maps: Iterable[Mapped]) -> Iterator[_Graph]:
    for number, mapped in enumerate(maps):
        coupled = mapped.coupled
        ids = {pattern.container: f"p{number}c{index}" for index, pattern in enumerate(coupled.patterns)}
        nodes = [
            _Node(
                ids[pattern.container],
                (
                    pattern.container,
                    pattern_words(pattern),
                    *(
                        f"listens on {port_words(each.port, each.protocol)}"
                        for each in coupled.listeners
                        if each.container == pattern.container
                    ),
                ),
            )
            for pattern in coupled.patterns
        ]
        edges = [
            _Edge(ids[call.container], ids[name], f"localhost:{call.port}", dashed=call.probe)
            for call in told_calls(coupled)
            for name in call.to_others
        ]
        for call in told_calls(coupled):
            if call.to_nobody:
                nobody = f"p{number}n{call.port}"
                nodes.append(_Node(nobody, (f"localhost:{call.port}", "nobody known")))
                edges.append(_Edge(ids[call.container], nobody, f"localhost:{call.port}", dashed=True))
        for index, volume in enumerate(coupled.volumes):
            store = f"p{number}v{index}"
            nodes.append(_Node(store, (volume.name, volume_words(volume)), round=True))
            edges += [_mount(ids[use.container], store, use) for use in volume.uses]
        unique = tuple(dict.fromkeys(nodes))
        yield _Graph(f"{mapped.pod.namespace}/{mapped.object}".lstrip("/"), unique, tuple(edges))


def _mount(container: str, store: str, use: Use) -> _Edge:
    """An edge in the direction in which bytes go; dashed where nothing says so."""
    label = f"{use.verb} {use.path}" + (f" subPath {use.sub_path}" if use.sub_path else "")
    reads, writes = use.reads >= Sure.LIKELY or use.read_only, use.writes >= Sure.LIKELY
    if reads and not writes:
        return _Edge(store, container, label)
    return _Edge(container, store, label, both=reads and writes, dashed=not writes)


def _entities(text: str) -> str:
    """For a quoted text of Mermaid's, which has entities of its own and no backslashes."""
    return re.sub(r"""["#&<>`|\[\](){}\\;]""", lambda found: f"#{ord(found[0])};", one_line(text))


def _quoted(*lines: str) -> str:
    r"""A text for Graphviz; `\n` is its line break, so a backslash of the text's is doubled."""
    escaped = (one_line(text).replace("\\", "\\\\").replace('"', '\\"') for text in lines)
    return '"' + "\\n".join(escaped) + '"'
