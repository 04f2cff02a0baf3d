"""What a pod demands of its node besides resources, in the words of a selector."""

from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_mc.model.fields import Json, labels, mapping, objects, text, texts

_SIGNS = {"In": "{key} in ({values})", "NotIn": "{key} not in ({values})", "Exists": "{key}", "DoesNotExist": "!{key}"}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a pod may run. Preferences are left out, since they keep no pod from a node."""

    node_selector: tuple[str, ...] = ()
    """`disk=ssd`; all of them have to hold."""
    node_affinity: tuple[str, ...] = ()
    """`zone in (a, b), disk`; one of them has to hold."""
    near: tuple[str, ...] = ()
    """Required podAffinity: `pods with app=cache on the same kubernetes.io/hostname`."""
    apart: tuple[str, ...] = ()
    """Required podAntiAffinity, worded the same."""
    spread: tuple[str, ...] = ()
    """Topology spread constraints that forbid: `topology.kubernetes.io/zone`."""


def parse_placement(spec: Json) -> Placement:
    """The demands of a pod's spec."""
    affinity = mapping(spec, "affinity")
    nodes = mapping(mapping(affinity, "nodeAffinity"), _REQUIRED)
    return Placement(
        node_selector=tuple(f"{key}={value}" for key, value in labels(spec, "nodeSelector").items()),
        node_affinity=tuple(
            ", ".join(_expressions([*objects(term, "matchExpressions"), *objects(term, "matchFields")]))
            for term in objects(nodes, "nodeSelectorTerms")
        ),
        near=tuple(_pods(mapping(affinity, "podAffinity"))),
        apart=tuple(_pods(mapping(affinity, "podAntiAffinity"))),
        spread=tuple(
            text(each, "topologyKey")
            for each in objects(spec, "topologySpreadConstraints")
            if text(each, "whenUnsatisfiable") != "ScheduleAnyway"
        ),
    )


def _pods(affinity: Json) -> Iterator[str]:
    for term in objects(affinity, _REQUIRED):
        selector = mapping(term, "labelSelector")
        wanted = [f"{key}={value}" for key, value in labels(selector, "matchLabels").items()]
        wanted += _expressions(objects(selector, "matchExpressions"))
        yield f"pods with {', '.join(wanted) or 'any labels'} on the same {text(term, 'topologyKey')}"


def _expressions(expressions: list[Json]) -> Iterator[str]:
    for each in expressions:
        values = ", ".join(texts(each, "values"))
        operator = text(each, "operator")
        form = _SIGNS.get(operator, f"{{key}} {operator} {{values}}")
        yield form.format(key=text(each, "key"), values=values)
