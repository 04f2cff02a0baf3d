"""What a request is about, from its method and path: verb, resource, namespace, name (apiserver's `RequestInfo`)."""

from dataclasses import dataclass

from kubectl_mc.demo.auth import Attempt

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True)
class Target:
    """A request below `/api/v1` or `/apis/GROUP/VERSION`."""

    verb: str
    group: str
    version: str
    plural: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def misplaced(self) -> bool:
        """Whether the verb is one for an object and there is no name, or the other way round."""
        return (self.verb in ("update", "patch") and not self.name) or (self.verb == "create" and bool(self.name))

    @property
    def attempt(self) -> Attempt:
        """For the authoriser."""
        resource = f"{self.plural}/{self.subresource}" if self.subresource else self.plural
        return Attempt(self.verb, self.group, resource, self.namespace, self.name)


def target(method: str, path: str, *, watch: bool) -> Target | None:
    """The target of a request; None for paths that name no resource, such as `/version`."""
    parts = path.strip("/").split("/")
    if parts[:2] == ["api", "v1"]:
        group, version, rest = "", "v1", parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if rest[:1] == ["namespaces"] and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    if not rest:
        return None
    plural, name = (*rest, "")[:2]
    subresource = "/".join(rest[2:])
    if plural == "namespaces":
        namespace = name
    return Target(_verb(method, name, watch), group, version, plural, namespace, name, subresource)


def _verb(method: str, name: str, watch: bool) -> str:
    if method in ("GET", "HEAD"):
        return "watch" if watch else "get" if name else "list"
    verb = _VERBS.get(method, "")
    return "deletecollection" if verb == "delete" and not name else verb
