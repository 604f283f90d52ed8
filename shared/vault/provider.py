"""Where the master key lives, and what is done with it: it wraps keys and derives others.

Rotating the vault's provider re-wraps what the vault holds, but what was *derived* from the old
master does not follow. A service that derives a key for something lasting (actor ids, request MACs,
routing) takes it from a provider of its own that is kept, not from the one it rotates.
"""

import os
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.vault.privacy import is_private
from shared.vault.problems import KeyFileRefused, WrongKeys

KEY_BYTES = 32
NONCE_BYTES = 12
_FIRST = (
    f"Den første gang, og kun da (the first time, and only then): openssl rand {KEY_BYTES} > FILE"
)


class KeyProvider(Protocol):
    """Holds a master key and never shows it."""

    def derive(self, purpose: str) -> bytes:
        """Give the 32 bytes that always belong to *purpose* under this master key."""
        ...

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Give *key* locked under the master key and bound to *context*; always the same length."""
        ...

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Give back what :meth:`wrap` locked. Raises ``WrongKeys``."""
        ...


class FileKeys:
    """A master key in a file of 32 bytes that nobody else can read.

    It is made, mode 0600, when it is first asked for; with *make* false it must be there, as in
    production, where a new key in the place of a lost one would open nothing and hide the loss.
    Raises ``KeyFileRefused`` where it is not, where others can get at it, or it is not a key.
    """

    def __init__(self, path: Path, *, make: bool = True) -> None:
        if make and not path.exists():
            _create(path)
        self._master = _read(path)
        self._wrapping = AESGCM(self.derive("key-encryption"))

    def derive(self, purpose: str) -> bytes:
        """Give the 32 bytes that always belong to *purpose* (HKDF-SHA256, RFC 5869)."""
        info = b"kredslob/1/" + purpose.encode()
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self._master)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Give nonce, *key* encrypted with AES-256-GCM, and tag."""
        nonce = token_bytes(NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Give back what :meth:`wrap` locked. Raises ``WrongKeys``."""
        try:
            return self._wrapping.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as cause:
            raise WrongKeys(
                "hovednøglen åbner ikke, hvad der blev låst; brug den nøglefil, der hører til"
                " (this master key does not open what was locked; use the file that belongs to it)"
            ) from cause


def _create(path: Path) -> None:
    """Put a whole key in place or none: of processes that start together one wins, all read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> bytes:
    key, private = _content(path)
    if not private:
        raise KeyFileRefused(
            f"{path}: andre har adgang til nøglen (others can get at the key); chmod 600,"
            " eller 0440 hvis den monteres som roots (or 0440 where it is mounted as root's)"
        )
    if len(key) != KEY_BYTES:
        raise KeyFileRefused(
            f"{path}: en nøgle er {KEY_BYTES} byte, hverken mere eller mindre"
            f" (a key is {KEY_BYTES} bytes, no more and no less). {_FIRST}"
        )
    return key


def _content(path: Path) -> tuple[bytes, bool]:
    """Give what the file holds, as far as a key is long, and whether it is for us alone."""
    try:
        with path.open("rb") as file:
            return file.read(KEY_BYTES + 1), is_private(file.fileno())
    except FileNotFoundError as cause:
        raise KeyFileRefused(
            f"{path}: nøglefilen mangler; læg den, der hører til, på plads, fra en sikkerhedskopi"
            " (the key file is missing; put the one that belongs here in its place, from a backup)."
            f" {_FIRST}"
        ) from cause
    except OSError as cause:
        raise KeyFileRefused(
            f"{path}: nøglefilen kan ikke læses; giv tjenestens bruger adgang"
            f" (cannot be read; let the user of the service read it): {cause.strerror}"
        ) from cause
