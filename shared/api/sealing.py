"""What leaves as an opaque text and comes back unread, and the framing that keeps parts apart."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from hmac import digest
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Scalar: TypeAlias = str | int | None

_NONCE_BYTES = 12
_BLOCK = 32


class NotSealedHere(Exception):
    """A text was not sealed with this key for this use."""


def framed(*parts: str | bytes) -> bytes:
    """Give the parts in one row, each after its length, so that no two rows read the same."""
    row = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(8) + part for part in row)


def mac(key: bytes, *parts: str | bytes) -> str:
    """Give the HMAC-SHA256 of the framed parts in hexadecimal."""
    return digest(key, framed(*parts), sha256).hex()


class Sealer:
    """Seals short rows of values under a key of its own, derived from *key* for one *purpose*.

    AES-256-GCM with a random nonce; the length tells nothing finer than 32 bytes.
    """

    def __init__(self, key: bytes, purpose: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(key)
        self._cipher = AESGCM(derived)

    def seal(self, values: Sequence[Scalar], *bound_to: str) -> str:
        """Give *values* as a text that opens only where the same *bound_to* is named."""
        plain = json.dumps(list(values), separators=(",", ":")).encode()
        padded = plain + b" " * (-len(plain) % _BLOCK)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, padded, framed(*bound_to))
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, text: str, *bound_to: str) -> tuple[Scalar, ...]:
        """Give back what was sealed. Raises ``NotSealedHere`` for any other text."""
        try:
            sealed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            return tuple(json.loads(self._cipher.decrypt(nonce, rest, framed(*bound_to))))
        except (InvalidTag, ValueError) as error:
            raise NotSealedHere from error
