"""ConfigMaps and Secrets that a pod needs: how the kubelet says that one isn't there, and where to look for it."""

import re

from kubectl_mc.doctor.finding import Step, kubectl

KINDS = {"configmap": "ConfigMap", "secret": "Secret"}
"""Kinds by their names in the kubelet's messages."""

_NOT_FOUND = re.compile(r'\b(configmap|secret)s? "([^"]+)" not found', re.IGNORECASE)


def not_found(message: str) -> list[tuple[str, str]]:
    """The kinds and names of the objects that a message says don't exist."""
    return [(KINDS[kind.lower()], name) for kind, name in _NOT_FOUND.findall(message)]


def look(kind: str, name: str, *, there: bool) -> Step:
    """What shows the keys of an object, or which ones there are instead of it."""
    return kubectl("describe", kind.lower(), name) if there else kubectl("get", f"{kind.lower()}s")
