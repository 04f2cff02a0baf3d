"""What the API server answers when it says no: `ApiError`, its kinds in the server's own words, their JSON (`Status`).

The texts are those of apimachinery `pkg/api/errors`; clients show them to people as they are.
"""

from dataclasses import dataclass
from typing import Any


class ApiError(Exception):
    """A failure that becomes a `Status` object."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details

    def status(self) -> dict[str, Any]:
        """The `Status` object as JSON."""
        body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            body["reason"] = self.reason
        if self.details is not None:
            body["details"] = self.details
        body["code"] = self.code
        return body


def _details(plural: str, group: str, name: str) -> dict[str, Any]:
    """`details` as the server writes it: empty fields are left out."""
    return {key: value for key, value in (("name", name), ("group", group), ("kind", plural)) if value}


def _qualified(plural: str, group: str) -> str:
    """A resource as messages name it: `pods`, `deployments.apps`."""
    return f"{plural}.{group}" if group else plural


def not_found(plural: str, name: str, group: str = "") -> ApiError:
    """404 for an object."""
    message = f'{_qualified(plural, group)} "{name}" not found'
    return ApiError(404, "NotFound", message, _details(plural, group, name))


def no_such_path() -> ApiError:
    """404 for a resource or a path that the server does not serve."""
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(plural: str, name: str, group: str = "") -> ApiError:
    """409 for a name that is taken."""
    message = f'{_qualified(plural, group)} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, _details(plural, group, name))


def conflict(plural: str, name: str, why: str, group: str = "") -> ApiError:
    """409 for an object that changed under the client's hands, or that is another one by now."""
    message = f'Operation cannot be fulfilled on {_qualified(plural, group)} "{name}": {why}'
    return ApiError(409, "Conflict", message, _details(plural, group, name))


def bad_request(message: str) -> ApiError:
    """400 with the message as it is."""
    return ApiError(400, "BadRequest", message)


def unauthorized() -> ApiError:
    """401: no token or an unknown one."""
    return ApiError(401, "Unauthorized", "Unauthorized")


def forbidden(plural: str, name: str, why: str, group: str = "") -> ApiError:
    """403; `why` begins with the user: `User "x" cannot list resource …`."""
    subject = f'{_qualified(plural, group)} "{name}"' if name else _qualified(plural, group)
    return ApiError(403, "Forbidden", f"{subject} is forbidden: {why}", _details(plural, group, name))


def method_not_allowed() -> ApiError:
    """405 for a verb that the resource has not."""
    message = "the server does not allow this method on the requested resource"
    return ApiError(405, "MethodNotAllowed", message, {})


def too_old(asked: int, oldest: int) -> ApiError:
    """410: the history that a watch or a `continue` token needs is gone."""
    return ApiError(410, "Expired", f"too old resource version: {asked} ({oldest})")


@dataclass(frozen=True)
class Flaw:
    """A field that breaks a rule."""

    field: str
    why: str
    reason: str = "FieldValueInvalid"


def invalid(kind: str, name: str, *flaws: Flaw, group: str = "") -> ApiError:
    """422; `kind` is the object's kind, as in `Pod "x" is invalid`."""
    texts = [f"{flaw.field}: {flaw.why}" for flaw in flaws]
    text = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    causes = [{"reason": flaw.reason, "message": flaw.why, "field": flaw.field} for flaw in flaws]
    details = {**_details(kind, group, name), "causes": causes}
    return ApiError(422, "Invalid", f'{_qualified(kind, group)} "{name}" is invalid: {text}', details)


def internal(message: str) -> ApiError:
    """500 as the server wraps a failure of something behind it."""
    details = {"causes": [{"message": message}]}
    return ApiError(500, "InternalError", f"Internal error occurred: {message}", details)
