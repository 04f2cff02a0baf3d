"""Kubernetes quantities as numbers, and back as people write them."""

import math
import re

_SUFFIXES = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
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
