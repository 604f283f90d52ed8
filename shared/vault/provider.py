"""Where the master key lives, and what is done with it: it wraps keys and derives others.

Rotating the vault's provider re-wraps what the vault holds, but what was *derived* from the old
master does not follow. A service that derives a key for something lasting (actor ids, request MACs,
routing) takes it from a provider of its own that is kept, not from the one it rotates.
"""

import os
import stat
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.vault.problems import KeyFileRefused, WrongKeys

KEY_BYTES = 32
NONCE_BYTES = 12


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
    """A master key in a file of 32 bytes, mode 0600, made when it is first asked for.

    Raises ``KeyFileRefused`` where others can read the file or it is not a key. For development.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
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
            raise WrongKeys("this master key does not open what was wrapped") from cause


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
    with path.open("rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise KeyFileRefused(f"{path.name}: mode {mode:04o} lets others at the key; chmod 600")
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise KeyFileRefused(f"{path.name}: a key is {KEY_BYTES} bytes, no more and no less")
    return key
