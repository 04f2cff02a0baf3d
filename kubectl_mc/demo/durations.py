"""Ages as Kubernetes prints them (apimachinery `pkg/util/duration`), and the ages of an object's times."""

from typing import Any

from kubectl_mc.demo.clock import epoch

UNKNOWN = "<unknown>"


def human(seconds: float) -> str:
    """`90s`, `2m30s`, `3h12m`, `2d4h`, `3y100d`: two units while the first one is small."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 120:
        return f"{max(whole, 0)}s"
    minutes, hours = whole // 60, whole // 3600
    days, years = hours // 24, hours // (24 * 365)
    if minutes < 10:
        return _two(minutes, "m", whole % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if hours < 192:
        return _two(days, "d", hours % 24, "h")
    if years < 2:
        return f"{days}d"
    return _two(years, "y", days % 365, "d") if years < 8 else f"{years}y"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"


def since(time: Any, now: float) -> str:
    """The age of an RFC 3339 time, or `<unknown>` when there is none."""
    return human(now - epoch(time)) if time else UNKNOWN
