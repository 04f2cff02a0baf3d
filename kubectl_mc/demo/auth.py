"""Who asks and what they may do: tokens, impersonation and rules, with the API server's 401 and 403 answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubectl_mc.demo import errors

ADMIN = "demo-admin"
VIEWER = "demo-viewer"

_SERVICE_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True)
class User:
    """The identity that a request is decided for."""

    name: str
    groups: tuple[str, ...] = ()


METRICS = "metrics.k8s.io"
"""The one group whose resource has the name of another's."""


@dataclass(frozen=True)
class Attempt:
    """What a request wants to do."""

    verb: str
    group: str
    resource: str
    """With the subresource: `pods/log`."""
    namespace: str = ""
    name: str = ""


@dataclass(frozen=True)
class Rule:
    """What a user was granted; "*" stands for every verb or resource, no namespace for all of them."""

    verbs: frozenset[str]
    resources: frozenset[str]
    namespace: str | None

    def allows(self, attempt: Attempt) -> bool:
        """Resources are names with their subresource, those of metrics with their group: `pods.metrics.k8s.io`."""
        name = f"{attempt.resource}.{attempt.group}" if attempt.group == METRICS else attempt.resource
        return (
            bool(self.verbs & {attempt.verb, "*"})
            and bool(self.resources & {name, "*"})
            and self.namespace in (None, attempt.namespace)
        )


class Auth:
    """The tokens, and the rules that tests and users add to them."""

    def __init__(self) -> None:
        self._tokens = {ADMIN: User(ADMIN, ("system:masters",)), VIEWER: User(VIEWER)}
        self._rules: dict[str, list[Rule]] = {}

    def token(self, user: str) -> str:
        """The bearer token of a user: the name itself, since it protects nothing."""
        return self._tokens[user].name

    def grant(self, user: str, verbs: Iterable[str], resources: Iterable[str], namespace: str | None = None) -> None:
        """Lets a user do something: `grant("demo-viewer", ["get", "list"], ["pods", "pods/log"], "demo")`."""
        self._rules.setdefault(user, []).append(Rule(frozenset(verbs), frozenset(resources), namespace))

    def revoke(self, user: str) -> None:
        """Takes back everything that was granted."""
        self._rules.pop(user, None)

    def user(self, headers: Mapping[str, str]) -> User:
        """The user of a request, after impersonation. ApiError 401, or 403 when impersonating is not allowed."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        user = self._tokens.get(token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            raise errors.unauthorized()
        wanted = headers.get("Impersonate-User")
        if wanted is None:
            return user
        groups = headers.getall("Impersonate-Group", []) if hasattr(headers, "getall") else []
        for attempt in _impersonations(wanted, groups, headers.get("Impersonate-Uid")):
            self.check(user, attempt)
        return User(wanted, tuple(groups))

    def allows(self, user: User, attempt: Attempt) -> bool:
        """Whether a user may do this."""
        if "system:masters" in user.groups or user.name == ADMIN:
            return True
        return any(rule.allows(attempt) for rule in self._rules.get(user.name, ()))

    def check(self, user: User, attempt: Attempt) -> None:
        """ApiError 403 when the user may not."""
        if self.allows(user, attempt):
            return
        where = f'in the namespace "{attempt.namespace}"' if attempt.namespace else "at the cluster scope"
        raise errors.forbidden(
            attempt.resource.partition("/")[0],
            attempt.name,
            f'User "{user.name}" cannot {attempt.verb} resource "{attempt.resource}" '
            f'in API group "{attempt.group}" {where}',
            attempt.group,
        )


def _impersonations(user: str, groups: Iterable[str], uid: str | None) -> Iterable[Attempt]:
    """What someone must be allowed in order to act as this user, in the order in which the server checks."""
    if user.startswith(_SERVICE_ACCOUNT):
        namespace, _, account = user.removeprefix(_SERVICE_ACCOUNT).partition(":")
        yield Attempt("impersonate", "", "serviceaccounts", namespace, account)
    else:
        yield Attempt("impersonate", "", "users", name=user)
    for group in groups:
        yield Attempt("impersonate", "", "groups", name=group)
    if uid is not None:
        yield Attempt("impersonate", "authentication.k8s.io", "uids", name=uid)
