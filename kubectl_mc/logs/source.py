"""Whose log it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A container whose log is read. The pod is known by its uid: a successor may have its name."""

    uid: str
    namespace: str
    pod: str
    container: str

    def __str__(self) -> str:
        return f"{self.pod}/{self.container}"
