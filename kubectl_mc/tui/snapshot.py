"""What the dashboard knows at one moment. Immutable: a widget may keep it as long as it likes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.pod import Pod


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why what is shown may be old."""

    reason: str
    retry_at: datetime
    """When the next attempt is due."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The pods of a question."""

    pods: Mapping[str, Pod] = field(default_factory=dict)
    """By uid."""
    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The same as the API has them."""
    gone: Mapping[str, datetime] = field(default_factory=dict)
    """Of the pods, those that are there no more, and since when: kept as long as somebody looks at them."""
    usage: Mapping[tuple[str, str, str], Usage] = field(default_factory=dict)
    """By namespace, pod and container; empty where nothing measures it."""
    history: Mapping[str, Sequence[Usage]] = field(default_factory=dict)
    """What the containers of the pod that somebody looks at have used, the newest last."""
    unmeasured: str = ""
    """Why nothing measures it, where that is known."""
    answered: bool = False
    """Whether the cluster has said yet what there is."""
    trouble: Trouble | None = None
    forbidden: str = ""
    """Why there are no pods to be seen, where that is a matter of rights."""

    def successor(self, uid: str) -> str:
        """The uid of the pod that has the name of one that is gone; empty where there is none, or nothing is gone."""
        if uid not in self.gone:
            return ""
        pod = self.pods[uid]
        found = (each.uid for each in self.pods.values() if (each.namespace, each.name) == (pod.namespace, pod.name))
        return next((each for each in found if each != uid), "")
