"""What a line is about: the cluster, or the demo, and the kubeconfig. Looked into only where a value asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kubectl_mc.cluster.flags import ConnectionFlags

if TYPE_CHECKING:
    from kubectl_mc.completion.names import Names


@dataclass(frozen=True)
class World:
    """The world as the connection flags on the line choose it."""

    flags: ConnectionFlags
    environ: Mapping[str, str]
    demo: bool
    """Whether the command is run on the built-in demo."""

    @cached_property
    def names(self) -> "Names":
        """Where names come from."""
        if self.demo:
            from kubectl_mc.completion.demo_names import DemoNames

            return DemoNames(self.flags.namespace)
        from kubectl_mc.completion.cluster_names import ClusterNames

        return ClusterNames(self.flags, self.environ)

    @cached_property
    def kubeconfig(self) -> Mapping[str, Mapping[str, Any]]:
        """Its contexts, clusters and users by name.

        Raises:
            ConfigurationError: it cannot be read.
        """
        from kubectl_mc.cluster.kubeconfig import kubeconfig_paths, merged_config

        return merged_config(kubeconfig_paths(self.flags, self.environ))


def connection_flags(values: Mapping[str, Sequence[str]]) -> ConnectionFlags:
    """The connection flags among a line's values. --request-timeout is left out: a TAB has a bound of its own."""
    flags: dict[str, Any] = {}
    for field in fields(ConnectionFlags):
        given = values.get(field.name)
        if given and field.name != "request_timeout":
            flags[field.name] = {False: True, (): tuple(given)}.get(field.default, given[-1])
    return ConnectionFlags(**flags)
