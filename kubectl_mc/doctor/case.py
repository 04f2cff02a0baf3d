"""All that is known about one pod when it is judged. Whatever could not be read makes a finding less certain."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from kubectl_mc.model.event import Event
from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.pod import Container, Pod

if TYPE_CHECKING:
    from kubectl_mc.model.coupling.coupled import Coupling


class Presence(Enum):
    """Whether an object that a pod refers to is there."""

    THERE = "there"
    MISSING = "missing"
    UNREAD = "unread"
    """It was not asked for, or may not be read."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an object that a pod refers to. Never a value that is in it."""

    presence: Presence
    keys: frozenset[str] = frozenset()
    """Of a ConfigMap or a Secret."""
    type: str = ""
    """Of a Secret: `kubernetes.io/dockerconfigjson`."""
    phase: str = ""
    """Of a claim: `Pending`, `Bound`, `Lost`. Of a node: `Ready` or `NotReady`."""
    storage_class: str = ""
    """Of a claim."""
    events: tuple[Event, ...] = ()
    """Of a claim."""

    @property
    def missing(self) -> bool:
        return self.presence is Presence.MISSING

    @property
    def there(self) -> bool:
        return self.presence is Presence.THERE


UNREAD = Known(Presence.UNREAD)


@dataclass(frozen=True, slots=True)
class Tail:
    """The last lines that an instance of a container has written."""

    lines: tuple[str, ...]
    """Without their times, the newest last; decoded, yet not made harmless for a terminal."""
    previous: bool = False
    """Whether it is the instance before the one that the status tells of."""
    complete: bool = False
    """Whether these are all lines that there are."""


@dataclass(frozen=True)
class Case:
    """One pod and what is around it."""

    pod: Pod
    now: datetime
    events: tuple[Event, ...] = ()
    """The pod's own, by uid, folded, the newest last."""
    objects: Mapping[tuple[str, str], Known] = field(default_factory=dict)
    """By kind and name, in the pod's namespace: ConfigMap, Secret, PersistentVolumeClaim, ServiceAccount; Node."""
    tails: Mapping[str, Tail] = field(default_factory=dict)
    """By container: the log of the instance that ended last, or of the one that runs where none has ended."""
    usage: Mapping[str, Usage] = field(default_factory=dict)
    """By container; empty where nothing measures it."""

    @cached_property
    def coupled(self) -> "Coupling":
        """How its containers depend on each other; worked out when it is first asked for."""
        from kubectl_mc.model.coupling.coupled import coupling  # few pods need it

        return coupling(self.pod)

    def known(self, kind: str, name: str) -> Known:
        """What is known of an object in the pod's namespace."""
        return self.objects.get((kind, name), UNREAD)

    def events_of(self, *reasons: str, container: Container | None = None, saying: str = "") -> Iterator[Event]:
        """The pod's events of these reasons, the newest first.

        Args:
            container: only those about it.
            saying: only those whose message has this in it, in whatever case.
        """
        for event in reversed(self.events):
            if reasons and event.reason not in reasons:
                continue
            if container is not None and event.container != container.name:
                continue
            if saying.lower() in event.message.lower():
                yield event

    def event(self, *reasons: str, container: Container | None = None, saying: str = "") -> Event | None:
        """The newest of `events_of`."""
        return next(self.events_of(*reasons, container=container, saying=saying), None)

    def tail(self, container: Container) -> Tail:
        """The last lines of a container; none where its log was not read."""
        return self.tails.get(container.name, Tail(()))
