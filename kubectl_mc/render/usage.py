"""What a pod's containers use, over the last minutes, against what they ask for and may have."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.quantity import cores, mebibytes, parse_quantity
from kubectl_mc.render.page import Line, Span, Style, Theme, line
from kubectl_mc.render.text import fitted, one_line

_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", "_.-:=+*#"
_NAME = 18
_HIGH = 0.9
"""The part of a limit from which on it is near: the kernel kills or throttles at all of it."""


def usage_lines(pod: Pod, history: Mapping[str, Sequence[Usage]], width: int, theme: Theme) -> Iterator[Line]:
    """Two lines a container: CPU and memory, each with its course, its present amount, request and limit.

    Args:
        history: for each container what was measured, the newest last.
    """
    for container in pod.containers:
        measured = history.get(container.name, ())
        if measured:
            name = fitted(one_line(container.name), _NAME, theme.ellipsis)
            yield _line(name, "cpu", container, [usage.cpu for usage in measured], cores, width, theme)
            yield _line("", "memory", container, [usage.memory for usage in measured], mebibytes, width, theme)


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
    said = f"{words(amounts[-1]):>8}  request {one_line(request or 'none'):>8}  limit {one_line(limit or 'none'):>8}"
    of = f"  {amounts[-1] / bound:4.0%} of its limit" if bound else ""
    room = max(10, width - _NAME - 10 - len(said) - len(of) - 4)
    course = sparkline(amounts[-room:], bound or max(amounts) or 1.0, unicode=theme.unicode)
    style = Style.BAD if near else Style.GOOD
    return line(
        Span(f"  {name:<{_NAME}}", Style.STRONG),
        Span(f" {resource:<7}", Style.QUIET),
        Span(f"{course:<{min(room, 60)}}", style),
        said,
        Span(of, style if near else Style.QUIET),
    )


def sparkline(amounts: Sequence[float], top: float, *, unicode: bool) -> str:
    """A column an amount, of a height in proportion to `top`."""
    bars = _BARS if unicode else _ASCII_BARS
    return "".join(bars[min(int(amount / top * len(bars)), len(bars) - 1)] for amount in amounts)
