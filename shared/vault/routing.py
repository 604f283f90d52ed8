"""The key under which a service hides where a secret case went: its own projections can look."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final
from uuid import UUID

from pydantic import JsonValue

from shared.vault.problems import Tampered
from shared.vault.provider import KEY_BYTES
from shared.vault.sealing import locked, unlocked

_VERSION: Final = "r1~"
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+")
_BLOCK: Final = 128  # longer than the id of any unit, so that the length does not name one


class RoutingKey:
    """Hides and shows ``Hidden[T]`` fields. *key*: 32 bytes, for the purpose ``routing``.

    What is hidden is filled up to a multiple of *block* bytes.
    """

    def __init__(self, key: bytes, *, block: int = _BLOCK) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a routing key is {KEY_BYTES} bytes")
        self._key, self._block = key, block

    def hide(self, event: UUID, path: str, value: JsonValue) -> str:
        """Give a token of *value*, new each time, that opens only at this event and path."""
        content = locked(self._key, value, _place(event, path), self._block)
        return _VERSION + urlsafe_b64encode(content).rstrip(b"=").decode()

    def show(self, token: str, event: UUID, path: str) -> JsonValue:
        """Give the value that was hidden at this event and path. Raises ``Tampered``."""
        text = token.removeprefix(_VERSION)
        if text == token or not _BASE64URL.fullmatch(text):
            raise Tampered("not a routing token")
        try:
            content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError as cause:
            raise Tampered("not a routing token") from cause
        return unlocked(self._key, content, _place(event, path))


def _place(event: UUID, path: str) -> bytes:
    return b"route/1/" + event.bytes + path.encode()
