"""A self-signed certificate for 127.0.0.1, made anew at each start so that no key lies in a repository.

kubectl sends tokens over TLS only, and the standard library cannot make certificates: hence ECDSA on P-256 (FIPS 186-5)
and the few forms of DER (X.690, RFC 5280) that one certificate needs. Not constant in time: nothing here is a secret.
"""

import base64
import hashlib
import secrets
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_A = _P - 3
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)

Point = tuple[int, int]

_EC_PUBLIC_KEY, _P256 = "1.2.840.10045.2.1", "1.2.840.10045.3.1.7"
_ECDSA_SHA256, _COMMON_NAME = "1.2.840.10045.4.3.2", "2.5.4.3"
_KEY_ID, _KEY_USAGE, _NAMES, _CONSTRAINTS = "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19"
_EXTENDED_USAGE, _SERVER_AUTH = "2.5.29.37", "1.3.6.1.5.5.7.3.1"
_VALID_DAYS = 30


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key."""

    pem: str
    """Its own authority as well: what a kubeconfig trusts."""
    key: str

    def context(self) -> ssl.SSLContext:
        """For a server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # The ssl module reads keys from files only; mkdtemp makes a directory that nobody else can open.
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "server.pem")
            file.write_text(self.key + self.pem)
            context.load_cert_chain(file)
        return context


def self_signed(name: str, address: str) -> Certificate:
    """A certificate for an IPv4 address, valid from yesterday for a month."""
    secret = secrets.randbelow(_N - 1) + 1
    x, y = _times(secret, _G)
    point = b"\x04" + x.to_bytes(32) + y.to_bytes(32)
    algorithm = _sequence(_oid(_ECDSA_SHA256))
    subject = _sequence(_set(_sequence(_oid(_COMMON_NAME), _tagged(0x0C, name.encode()))))
    now = datetime.now(UTC)
    content = _sequence(
        _tagged(0xA0, _integer(2)),
        _integer(secrets.randbits(63)),
        algorithm,
        subject,
        _sequence(_time(now - timedelta(days=1)), _time(now + timedelta(days=_VALID_DAYS))),
        subject,
        _sequence(_sequence(_oid(_EC_PUBLIC_KEY), _oid(_P256)), _bits(point)),
        _tagged(0xA3, _sequence(*_extensions(point, address))),
    )
    signed = _sequence(content, algorithm, _bits(_signature(secret, content)))
    key = _sequence(_integer(1), _octets(secret.to_bytes(32)), _tagged(0xA0, _oid(_P256)), _tagged(0xA1, _bits(point)))
    return Certificate(_pem("CERTIFICATE", signed), _pem("EC PRIVATE KEY", key))


def _extensions(point: bytes, address: str) -> list[bytes]:
    """What strict verifiers (Go, OpenSSL with X509_STRICT) want of a certificate that is its own authority."""
    ip = bytes(int(part) for part in address.split("."))
    true = _tagged(0x01, b"\xff")
    return [
        _sequence(_oid(_CONSTRAINTS), true, _octets(_sequence(true))),
        _sequence(_oid(_KEY_USAGE), true, _octets(_tagged(0x03, b"\x02\x84"))),
        _sequence(_oid(_EXTENDED_USAGE), _octets(_sequence(_oid(_SERVER_AUTH)))),
        _sequence(_oid(_KEY_ID), _octets(_octets(hashlib.sha1(point).digest()))),
        _sequence(_oid(_NAMES), _octets(_sequence(_tagged(0x87, ip)))),
    ]


def _signature(secret: int, content: bytes) -> bytes:
    """ECDSA with SHA-256."""
    digest = int.from_bytes(hashlib.sha256(content).digest())
    nonce = secrets.randbelow(_N - 1) + 1
    r = _times(nonce, _G)[0] % _N
    s = pow(nonce, -1, _N) * (digest + r * secret) % _N
    return _sequence(_integer(r), _integer(s))


def _times(factor: int, point: Point) -> Point:
    """A point of the curve times a number, by doubling and adding."""
    found: Point | None = None
    while factor:
        if factor & 1:
            found = point if found is None else _plus(found, point)
        point = _plus(point, point)
        factor >>= 1
    assert found is not None
    return found


def _plus(left: Point, right: Point) -> Point:
    if left == right:
        slope = (3 * left[0] ** 2 + _A) * pow(2 * left[1], -1, _P)
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, _P)
    x = (slope**2 - left[0] - right[0]) % _P
    return x, (slope * (left[0] - x) - left[1]) % _P


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _set(part: bytes) -> bytes:
    return _tagged(0x31, part)


def _integer(value: int) -> bytes:
    return _tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def _octets(content: bytes) -> bytes:
    return _tagged(0x04, content)


def _bits(content: bytes) -> bytes:
    return _tagged(0x03, b"\x00" + content)


def _oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = bytes([first * 40 + second])
    for part in rest:
        digits = [part & 0x7F]
        while part := part >> 7:
            digits.append(part & 0x7F | 0x80)
        content += bytes(reversed(digits))
    return _tagged(0x06, content)


def _time(when: datetime) -> bytes:
    return _tagged(0x17, when.strftime("%y%m%d%H%M%SZ").encode())


def _pem(label: str, content: bytes) -> str:
    text = base64.encodebytes(content).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n"
