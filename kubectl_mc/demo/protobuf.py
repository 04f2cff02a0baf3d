"""Just enough protobuf to read the one request that kubectl insists on sending in it: `kubectl auth can-i`.

The envelope is apimachinery's `Unknown`; field numbers are those of `k8s.io/api/authorization/v1/generated.proto`.
"""

from typing import Any

from kubectl_mc.demo import errors

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"

_MAGIC = b"k8s\x00"
_RAW, _SPEC, _RESOURCE_ATTRIBUTES = 2, 2, 1
_ATTRIBUTES = {1: "namespace", 2: "verb", 3: "group", 4: "version", 5: "resource", 6: "subresource", 7: "name"}


def access_review(content: bytes) -> dict[str, Any]:
    """A SelfSubjectAccessReview as JSON. ApiError 400."""
    if not content.startswith(_MAGIC):
        raise errors.bad_request("the object provided is unrecognized: it is no protobuf of Kubernetes")
    review = _fields(_fields(content.removeprefix(_MAGIC)).get(_RAW, b""))
    attributes = _fields(_fields(review.get(_SPEC, b"")).get(_RESOURCE_ATTRIBUTES, b""))
    named = {_ATTRIBUTES[number]: value.decode() for number, value in attributes.items() if number in _ATTRIBUTES}
    return {"spec": {"resourceAttributes": {name: value for name, value in named.items() if value}}}


def _fields(message: bytes) -> dict[int, bytes]:
    """The length-delimited fields of a message by number; others do not occur in what is read here."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        size, at = _varint(message, at)
        if tag & 7 == 0:
            continue
        if tag & 7 != 2:
            raise errors.bad_request("the object provided is unrecognized: unexpected wire type")
        found[tag >> 3] = message[at : at + size]
        at += size
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and the position behind it."""
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return value, at
