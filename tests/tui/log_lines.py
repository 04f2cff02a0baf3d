"""Log lines as a reader hands them on, for tests that need no cluster."""

from datetime import UTC, datetime, timedelta

from kubectl_mc.logs.line import Kind, Plain, message_of, stamp_at, tag_of, told
from kubectl_mc.logs.machine import Name
from kubectl_mc.tui.log_store import LogStore

BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
WEB, PROXY, POD = tag_of(1), tag_of(2), tag_of(3)
CONTAINERS = {WEB: "web", PROXY: "proxy", POD: ""}


def line(message: str | bytes, seconds: float = 0, tag: bytes = WEB) -> bytes:
    """A line of a container."""
    said = message if isinstance(message, bytes) else message.encode()
    return stamp_at(BEGIN + timedelta(seconds=seconds)) + b" " + said + tag


def lines(*messages: str, tag: bytes = WEB) -> list[bytes]:
    """Lines of a container, a second apart."""
    return Plain(line(message, number, tag) for number, message in enumerate(messages))


def numbered(count: int, begin: int = 0, word: str = "line") -> list[bytes]:
    """So many lines, a second apart."""
    return Plain(line(f"{word} {number}", number) for number in range(begin, begin + count))


def said(kind: Kind, message: str, seconds: float = 0, tag: bytes = WEB) -> bytes:
    """A line that no container has written."""
    return told(kind, stamp_at(BEGIN + timedelta(seconds=seconds)), message, tag)


def store(*more: list[bytes]) -> LogStore:
    """A store whose containers have joined, with lines."""
    made = LogStore()
    join(made)
    for each in more:
        made.add(each)
    return made


def join(made: LogStore) -> None:
    for place, (tag, name) in enumerate(CONTAINERS.items()):
        made.joined(tag, Name("demo", "pod", name), place)


def messages(made: LogStore) -> list[str]:
    """What is shown."""
    return [message_of(shown).decode() for shown in made.shown]
