"""`kubectl mc map`: the drawing, the tables, and the graphs, for pods that mean well and others."""

import re
from typing import Any

import pytest

from kubectl_mc.model.coupling.coupled import coupling
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.render.map import Mapped, map_page
from kubectl_mc.render.map_document import map_document
from kubectl_mc.render.map_graph import dot, mermaid
from kubectl_mc.render.page import Theme
from kubectl_mc.render.text import width_of
from tests.pods import Json, container, pod, running, sidecar
from tests.render.hostile import EVIL, many_containers, poisoned


def _mounts(*volumes: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": volume, "mountPath": f"/{volume}", **more} for volume in volumes]


def _shop(*, phase: str = "Running") -> Json:
    """An app that writes logs and speaks to a cache and to nobody; a shipper that reads them; an init step."""
    env = [{"name": "REDIS_URL", "value": "redis://localhost:6379"}, {"name": "API", "value": "http://localhost:9999"}]
    script = ["sh", "-c", "serve --port=8080 >> /logs/app.log"]
    document = pod(
        container("shop", running(), ready=True, command=script, env=env, volumeMounts=_mounts("logs")),
        container("redis", running(), ready=True, image="redis:7"),
        container("shipper", running(), image="fluent/fluent-bit", volumeMounts=_mounts("logs", readOnly=True)),
        init=[container("wait", running(), command=["sh", "-c", "until nc -z db 5432; do sleep 1; done"])],
        phase=phase,
    )
    document["spec"]["volumes"] = [{"name": "logs", "emptyDir": {}}, {"name": "idle", "emptyDir": {}}]
    return document


def _mapped(document: Json) -> Mapped:
    read = parse_pod(document)
    return Mapped(read, coupling(read), f"pod/{read.name}")


def _text(document: Json, width: int = 200, *, drawn: bool = False, unicode: bool = True) -> str:
    return map_page([_mapped(document)], width, Theme(unicode=unicode), drawn=drawn).text()


def test_the_tables_say_a_whole_thing_a_line() -> None:
    lines = [" ".join(line.split()) for line in _text(_shop()).splitlines()]

    for said in (
        "8080/TCP shop listens --port=8080",
        "6379/TCP shop speaks to redis REDIS_URL=redis://localhost:6379",
        "9999/TCP shop speaks to nobody known API=http://localhost:9999",
        "logs emptyDir shop writes /logs serve >> /logs/app.log",
        "logs emptyDir shipper reads /logs (readOnly) readOnly",
        "! shop speaks to localhost:9999, where no container is known to listen (API=http://localhost:9999)",
        "· volume idle is mounted by no container",
        "· processes: each container sees its own",
    ):
        assert said in lines


def test_a_drawing_has_a_box_a_container_and_arrows_in_the_direction_of_what_flows() -> None:
    text = _text(_shop(), 140, drawn=True)

    assert re.search(r"│ ◐ wait +│ +│ ● shop +│ +│ ● redis +│ +│ ! shipper +│", text)
    assert re.search(r"│ init 1 +│ +│ main +│ +│ sidecar +│ +│ sidecar +│", text)
    assert re.search(r":6379 +speaks ─+▶ listens", text)
    assert re.search(r"logs emptyDir +writes ─+▶ reads", text)
    assert re.search(r":9999 +speaks to nobody", text)


def test_an_arrow_may_point_to_the_left() -> None:
    called = container("app", ports=[{"containerPort": 80}])
    text = _text(pod(called, container("exporter", args=["http://localhost:80"])), 100, drawn=True)

    assert re.search(r":80 +listens ◀─+ speaks", text)


def test_a_reader_between_two_writers_gets_two_arrows() -> None:
    writes: dict[str, Any] = {"command": ["sh", "-c", "date > /data/x"], "volumeMounts": _mounts("data")}
    reads: dict[str, Any] = {"command": ["tail", "-f", "/data/x"], "volumeMounts": _mounts("data")}
    document = pod(container("a", **writes), container("b", **reads), container("c", **writes))
    document["spec"]["volumes"] = [{"name": "data", "emptyDir": {}}]

    assert re.search(r"writes ─+▶ reads ◀─+ writes", _text(document, 120, drawn=True))


def test_what_is_too_wide_to_be_drawn_is_told_in_tables_which_fit() -> None:
    text = _text(_shop(), 50, drawn=True)

    assert "╭" not in text
    assert "PORT" in text
    assert all(width_of(line) <= 50 for line in text.splitlines())


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("document", [_shop(), many_containers(), pod()], ids=["shop", "many", "none"])
def test_no_line_is_wider_than_the_terminal(document: Json, width: int) -> None:
    assert all(width_of(line) <= width for line in _text(document, width, drawn=True).splitlines())


def test_without_unicode_all_is_ascii() -> None:
    assert _text(_shop(), 140, drawn=True, unicode=False).isascii()
    assert "speaks -" in _text(_shop(), 140, drawn=True, unicode=False)


def test_a_manifest_has_no_state_to_show() -> None:
    assert "STATE" in _text(_shop())
    assert "STATE" not in _text(_shop(phase=""))
    assert "●" not in _text(_shop(phase=""), 140, drawn=True)


def test_a_clash_of_ports_and_a_missing_volume_stand_out() -> None:
    port: dict[str, Any] = {"ports": [{"containerPort": 8080}]}
    text = _text(pod(container("a", **port), container("b", volumeMounts=_mounts("lost"), **port)))

    assert "! port 8080/TCP is wanted by a and b, and only one can have it" in text
    assert "! b mounts volume lost, which is not defined" in text


def test_an_init_step_that_ends_takes_no_port_from_anybody() -> None:
    port: dict[str, Any] = {"ports": [{"containerPort": 8080}]}

    assert "wanted by" not in _text(pod(container("a", **port), init=[container("b", **port)]))
    assert "wanted by" in _text(pod(container("a", **port), init=[sidecar("b", **port)]))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"shareProcessNamespace": True}, "one namespace (shareProcessNamespace)"),
        ({"hostPID": True}, "the node's (hostPID)"),
        ({"hostNetwork": True}, "the node's (hostNetwork)"),
    ],
)
def test_what_all_containers_share_is_said(spec: dict[str, Any], said: str) -> None:
    document = _shop()
    document["spec"].update(spec)

    assert said in _text(document)


def test_nothing_from_a_cluster_reaches_a_terminal_or_a_graph_as_it_is() -> None:
    document = poisoned(_shop())
    mapped = _mapped(document)

    for text in (_text(document), _text(document, 400, drawn=True), mermaid([mapped]), dot([mapped])):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", text)


def test_a_document_has_what_the_page_says() -> None:
    [found] = map_document([_mapped(_shop())])["pods"]

    assert [(each["name"], each["pattern"], each["kind"]) for each in found["containers"]] == [
        ("wait", "init", "wait-for"), ("shop", "main", "main"),
        ("redis", "sidecar", "cache"), ("shipper", "sidecar", "log shipper"),
    ]  # fmt: skip
    assert found["references"][0] == {
        "container": "shop", "port": 6379, "protocol": "TCP", "to": ["redis"], "probe": False,
        "said": "REDIS_URL=redis://localhost:6379", "at": "spec.containers[0].env[0]",
    }  # fmt: skip
    mounts = found["volumes"][0]["mounts"]
    assert [(each["container"], each["writes"], each["readOnly"]) for each in mounts] == [
        ("shop", "said", False), ("shipper", "no", True),
    ]  # fmt: skip


_LABEL = r'"(?:[^"#&<>`\\]|#\d+;|<br/>)*"'
_MERMAID = re.compile(
    rf"flowchart LR|  subgraph p\d+\[{_LABEL}\]|    p\d+[cvn]\d+(?:\[{_LABEL}\]|\[\({_LABEL}\)\])|  end"
    rf"|  (p\d+[cvn]\d+) (?:-->|-\.->|<-->)\|{_LABEL}\| (p\d+[cvn]\d+)"
)
_QUOTED = r'"(?:[^"\\]|\\\\|\\"|\\n)*"'
_DOT = re.compile(
    rf"digraph pods {{|  rankdir=LR;|  node \[shape=box\];|  subgraph cluster_p\d+ {{|    label={_QUOTED};|  }}|}}"
    rf"|    p\d+[cvn]\d+ \[label={_QUOTED}(?:, shape=cylinder)?\];"
    rf"|  (p\d+[cvn]\d+) -> (p\d+[cvn]\d+) \[label={_QUOTED}(?:, dir=both)?(?:, style=dashed)?\];"
)
_HOSTILE = ['a"b', "a\\", 'a\\"; x', "a]]", "a|b", "#quot;", "</script>", "`a`", "end", "a\nb", "{}", EVIL]


@pytest.mark.parametrize("form", ["mermaid", "dot"])
@pytest.mark.parametrize("name", ["shop", *_HOSTILE])
def test_a_graph_is_valid_whatever_its_names_are(form: str, name: str) -> None:
    document = _shop()
    document["spec"]["containers"][0]["name"] = document["metadata"]["name"] = name
    document["spec"]["containers"][0]["env"].append({"name": name, "value": f"http://localhost:1/{name}"})
    graph, rule = (mermaid, _MERMAID) if form == "mermaid" else (dot, _DOT)
    lines = graph([_mapped(document), _mapped(_shop())]).splitlines()
    parsed = [rule.fullmatch(line) for line in lines]

    assert [line for line, found in zip(lines, parsed, strict=True) if found is None] == []
    defined = {found[1] for line in lines if (found := re.match(r"    (p\d+[cvn]\d+)\b", line))}
    used = {end for found in parsed if found is not None for end in found.groups() if end}
    assert used <= defined
    assert len(used) >= 6


def test_a_graph_has_an_edge_in_the_direction_in_which_bytes_go() -> None:
    text = mermaid([_mapped(_shop())])

    assert 'p0c1 -->|"writes /logs"| p0v0' in text
    assert 'p0v0 -->|"reads /logs"| p0c3' in text
    assert 'p0c1 -->|"localhost:6379"| p0c2' in text
