"""Events: parsed, attributed to a container, folded."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kubectl_mc.model.fields import Json, mapping, number, text
from kubectl_mc.model.times import parse_time

_CONTAINER_PATH = re.compile(r"spec\.(?:containers|initContainers|ephemeralContainers)\{(.+)\}")
_NANOSECONDS = re.compile(r"\.([0-9a-f]{14,16})$")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """core/v1 Event, or several of them folded into one."""

    uid: str
    """The event object's own uid."""
    type: str
    """`Normal` or `Warning`."""
    reason: str
    message: str
    namespace: str
    object: str
    """`pod/web`, `replicaset/web-5d9f`: kind in lower case and name of what it is about."""
    object_uid: str
    container: str = ""
    """From `fieldPath`; empty for an event about the whole object."""
    count: int = 1
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    exact: datetime | None = None
    """When it was seen first, to the microsecond, where the name says so."""

    @property
    def warning(self) -> bool:
        return self.type == "Warning"


def parse_event(document: Json) -> Event:
    """An Event as the API lists it.

    The last time is the series', else lastTimestamp, else eventTime: an event has one of them, by its writer's age.
    """
    metadata, about, series = (mapping(document, key) for key in ("metadata", "involvedObject", "series"))
    path = _CONTAINER_PATH.fullmatch(text(about, "fieldPath"))
    at = parse_time(document.get("eventTime"))
    created = parse_time(metadata.get("creationTimestamp"))
    last = parse_time(series.get("lastObservedTime")) or parse_time(document.get("lastTimestamp")) or at or created
    first = parse_time(document.get("firstTimestamp")) or at or created or last
    return Event(
        uid=text(metadata, "uid"),
        type=text(document, "type"),
        reason=text(document, "reason"),
        message=text(document, "message"),
        namespace=text(metadata, "namespace"),
        object=f"{text(about, 'kind').lower()}/{text(about, 'name')}",
        object_uid=text(about, "uid"),
        container=path[1] if path else "",
        count=max(number(series, "count"), number(document, "count"), 1),
        first_seen=first,
        last_seen=last,
        exact=_named_time(text(metadata, "name"), first),
    )


def _named_time(name: str, second: datetime | None) -> datetime | None:
    """The nanoseconds at the end of a name, if they lie in the second that the event names.

    Source: client-go `tools/record/event.go` makeEvent, `pod.UNIX-NANOSECONDS-IN-HEX`; its times have whole seconds.
    """
    nanoseconds = _NANOSECONDS.search(name)
    if nanoseconds is None or second is None:
        return None
    whole, rest = divmod(int(nanoseconds[1], 16), 10**9)
    if whole != int(second.timestamp()):
        return None
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=rest // 1000)


def folded(events: Iterable[Event]) -> list[Event]:
    """Events in the order of their last times; those that say the same of the same become one, their counts added.

    The API folds repeats by itself, but begins anew when a component restarts or an hour has passed.
    """
    found: dict[tuple[str, ...], Event] = {}
    for event in events:
        key = (event.object_uid, event.object, event.container, event.type, event.reason, event.message)
        known = found.get(key)
        found[key] = event if known is None else _merged(known, event)
    return sorted(found.values(), key=lambda event: event.last_seen or _LONG_AGO)


def _merged(known: Event, event: Event) -> Event:
    return replace(
        event,
        count=known.count + event.count,
        first_seen=min((time for time in (known.first_seen, event.first_seen) if time), default=None),
        last_seen=max((time for time in (known.last_seen, event.last_seen) if time), default=None),
    )
