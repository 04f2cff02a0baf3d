"""Kubernetes quantities as numbers, and back as people write them."""

import math
import re

_SUFFIXES = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
_BINARY = {40: "Ti", 30: "Gi", 20: "Mi", 10: "Ki", 0: ""}
"""By power of two; the largest first."""
_FORM = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)")


def parse_quantity(text: str) -> float | None:
    """The number that a quantity is, in cores or bytes: 0.25 for `250m`; None for what is none.

    Source: apimachinery `pkg/api/resource/quantity.go`.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None or match[2] not in _SUFFIXES:
        return None
    try:
        number = float(match[1]) * _SUFFIXES[match[2]]
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def cores(amount: float) -> str:
    """CPU as `kubectl top` writes it: `250m`, rounded up as there, so that a little is not nothing."""
    # A nanocore is the smallest there is; what is beyond it is binary noise, which must not become a millicore.
    return f"{math.ceil(round(amount * 1000, 6))}m"


def mebibytes(amount: float) -> str:
    """Memory as `kubectl top` writes it: `64Mi`."""
    return f"{int(amount // 2**20)}Mi"


def amount_words(resource: str, amount: float) -> str:
    """An amount of a resource as a manifest has it: `2`, `1500m`, `1536Mi`, `3Gi`; what doesn't fit is rounded up."""
    if resource == "cpu":
        return str(int(amount)) if amount == int(amount) else cores(amount)
    if resource in ("memory", "ephemeral-storage", "storage") or resource.startswith("hugepages-"):
        power = next((power for power in _BINARY if power and amount >= 2**power and amount % 2**power == 0), 0)
        if not power and amount >= 2**20:
            return f"{math.ceil(amount / 2**20)}Mi"
        return f"{int(amount) >> power}{_BINARY[power]}"
    return f"{amount:g}"
