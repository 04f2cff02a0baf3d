"""Log lines as the kubelet writes them."""


def stamp(milliseconds: float) -> str:
    """A kubelet's time, so long after noon."""
    nanoseconds = round(milliseconds * 1e6)
    minutes, rest = divmod(nanoseconds, 60 * 10**9)
    return f"2026-01-01T12:{minutes:02}:{rest // 10**9:02}.{rest % 10**9:09}Z"


def block(*lines: tuple[float, str]) -> bytes:
    """What a log request with timestamps returns."""
    return "".join(f"{stamp(at)} {text}\n" for at, text in lines).encode()
