"""How a value is sealed: the token's text, the content key, and the key it is wrapped under.

A token is ``k1~event~path~subject~wrap~content``: URL-safe ASCII, the last two in base64url.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from pydantic import JsonValue

from shared.kernel.ids import SubjectId
from shared.vault.problems import Tampered
from shared.vault.provider import KEY_BYTES, NONCE_BYTES

_VERSION: Final = "k1"
_PATH: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
_SUBJECT: Final = re.compile(r"[0-9a-f]{32}")
_TAG_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Token:
    """A sealed value taken apart. ``event``, ``path`` and ``subject`` say where it belongs."""

    event: UUID
    path: str
    subject: SubjectId
    wrapped: bytes = field(repr=False)
    content: bytes = field(repr=False)

    @classmethod
    def read(cls, text: str) -> "Token":
        """Take *text* apart; nothing is decrypted. Raises ``Tampered`` where it is no token."""
        try:
            version, event, path, subject, wrapped, content = text.split("~")
            token = cls(UUID(event), path, SubjectId(subject), _bytes(wrapped), _bytes(content))
        except ValueError as cause:
            raise Tampered("not a token of this vault") from cause
        if version != _VERSION or not _PATH.fullmatch(path) or not _SUBJECT.fullmatch(subject):
            raise Tampered("not a token of this vault")
        return token

    def __str__(self) -> str:
        parts = (_VERSION, self.event.hex, self.path, self.subject)
        return "~".join((*parts, _text(self.wrapped), _text(self.content)))


@dataclass(frozen=True, slots=True)
class ContentKey:
    """What seals the fields about one subject in one event."""

    event: UUID
    subject: SubjectId
    _key: bytes = field(repr=False)
    _wrapped: bytes = field(repr=False)

    def seal(self, path: str, value: JsonValue) -> str:
        """Give the token of *value* for the field *path*, such as ``intake.birth_date``.

        Raises ``ValueError`` for a path that is not a field's name (it stands in clear), or a value
        that JSON cannot hold.
        """
        if not _PATH.fullmatch(path):
            raise ValueError("a path holds letters, digits, dots, dashes and underscores")
        content = locked(self._key, value, _place(self.event, path))
        return str(Token(self.event, path, self.subject, self._wrapped, content))

    def packed(self) -> str:
        """Give the key in clear, for the vault's private door and nowhere else."""
        return _text(self._key + self._wrapped)

    @classmethod
    def unpacked(cls, event: UUID, subject: SubjectId, packed: str) -> "ContentKey":
        """Give back what :meth:`packed` gave. Raises ``ValueError`` where it is something else."""
        raw = _bytes(packed)
        if len(raw) != KEY_BYTES + NONCE_BYTES + KEY_BYTES + _TAG_BYTES:
            raise ValueError("not a content key and its wrap")
        return cls(event, subject, raw[:KEY_BYTES], raw[KEY_BYTES:])


class SubjectKey:
    """The key-encryption key of one subject, opened: it wraps the content keys of its events.

    The content key of an event follows from it, so that a command tried twice seals under one key
    and the wraps of either try open the event that came.
    """

    def __init__(self, subject: SubjectId, secret: bytes) -> None:
        self.subject = subject
        self._wrapping = AESGCM(_expanded(secret, b"wrap"))
        self._contents = _expanded(secret, b"contents")

    def content_key(self, event: UUID) -> ContentKey:
        """Give the key of *event*."""
        key = _expanded(self._contents, event.bytes)
        return ContentKey(event, self.subject, key, self.wrap(event, key))

    def wrap(self, event: UUID, key: bytes) -> bytes:
        """Give the content key of *event* locked for this subject."""
        nonce = token_bytes(NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, key, self._bound(event))

    def unwrap(self, event: UUID, wrapped: bytes) -> bytes:
        """Give back the content key that was wrapped. Raises ``Tampered``."""
        return _decrypted(self._wrapping, wrapped, self._bound(event))

    def _bound(self, event: UUID) -> bytes:
        return b"wrap/1/" + event.bytes + self.subject.encode()


def unsealed(token: Token, key: bytes) -> JsonValue:
    """Give the value in *token*. Raises ``Tampered``."""
    return unlocked(key, token.content, _place(token.event, token.path))


def locked(key: bytes, value: JsonValue, place: bytes, block: int = 32) -> bytes:
    """Give nonce, *value* as JSON under AES-256-GCM bound to *place*, and tag.

    The JSON is filled up with spaces to a multiple of *block* bytes, so that the length does not
    tell a yes from a no or one unit from another.
    """
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    nonce = token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain + b" " * (-len(plain) % block), place)


def unlocked(key: bytes, content: bytes, place: bytes) -> JsonValue:
    """Give back what :func:`locked` made. Raises ``Tampered``."""
    value: JsonValue = json.loads(_decrypted(AESGCM(key), content, place))
    return value


def _decrypted(cipher: AESGCM, content: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as cause:
        raise Tampered("the bytes or the place they belong to were changed") from cause


def _expanded(secret: bytes, info: bytes) -> bytes:
    return HKDFExpand(SHA256(), KEY_BYTES, info).derive(secret)


def _place(event: UUID, path: str) -> bytes:
    return b"content/1/" + event.bytes + path.encode()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _text(raw) != text:
        raise ValueError("more than one way to write the same bytes")
    return raw
