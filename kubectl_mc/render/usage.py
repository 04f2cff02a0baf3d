"""What a pod's containers use, over the last minutes, against what they ask for and may have."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.quantity import cores, mebibytes, parse_quantity
from kubectl_mc.render.page import Line, Span, Style, Theme, line
from kubectl_mc.render.text import fitted, one_line, width_of

_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", "_.-:=+*#"
_NAME = 18
_HIGH = 0.9
"""The part of a limit from which on it is near: the kernel kills or throttles at all of it."""


def usage_lines(pod: Pod, history: Mapping[str, Sequence[Usage]], width: int, theme: Theme) -> Iterator[Line]:
    """Two lines a container: CPU and memory, each with its course, its present amount, request and limit.

    Args:
        history: for each container what was measured, the newest last.
    """
    names = {each.name: one_line(each.name) for each in pod.containers if history.get(each.name)}
    column = min(max(map(width_of, names.values()), default=0), _NAME)
    for container in pod.containers:
        measured = history.get(container.name, ())
        if measured:
            name, blank = fitted(names[container.name], column, theme.ellipsis), " " * column
            name += blank[width_of(name) :]
            yield _line(name, "cpu", container, [usage.cpu for usage in measured], cores, width, theme)
            yield _line(blank, "memory", container, [usage.memory for usage in measured], mebibytes, width, theme)


def _line(
    name: str,
    resource: str,
    container: Container,
    amounts: Sequence[float],
    words: Callable[[float], str],
    width: int,
    theme: Theme,
) -> Line:
    request, limit = container.spec.requests.get(resource), container.spec.limits.get(resource)
    bound = parse_quantity(limit) if limit else None
    near = bound is not None and amounts[-1] >= bound * _HIGH
    of = f"{amounts[-1] / bound:4.0%} of its limit {one_line(limit or ''):<8}" if bound else f"{'no limit':<26}"
    asked = f"  request {one_line(request or 'none')}"
    room = max(6, min(width - width_of(name) - 50 - width_of(asked), 60))
    course = sparkline(amounts[-room:], bound or max(amounts) or 1.0, unicode=theme.unicode)
    style = Style.BAD if near else Style.GOOD
    return line(
        Span(f"  {name}", Style.STRONG),
        Span(f"  {resource:<7}", Style.QUIET),
        Span(f"{course:<{room}}", style),
        f"{words(amounts[-1]):>8}  ",
        Span(of, style if near else Style.QUIET),
        asked,
    )


def sparkline(amounts: Sequence[float], top: float, *, unicode: bool) -> str:
    """A column an amount, of a height in proportion to `top`."""
    bars = _BARS if unicode else _ASCII_BARS
    return "".join(bars[min(int(amount / top * len(bars)), len(bars) - 1)] for amount in amounts)
