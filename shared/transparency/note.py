"""Signed notes: a text, an empty line, and lines of signatures (C2SP signed-note).

A signature line is an em dash, the name of the key, and base64(key id | Ed25519 signature over the
text with its final newline). The key id is the first four bytes of SHA-256(name | newline | 0x01 |
key). Signatures of keys one does not know are passed over, so that witnesses can add theirs.
"""

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
KEY_BYTES = 32
MOST_SIGNATURES = 100


class NotSigned(Exception):
    """The note is not one that this key has signed."""


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key and its name. As text it is ``<name>+<key id>+<base64(0x01 | key)>``."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that say which key a signature is of."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.key).decode()}"

    @classmethod
    def read(cls, text: str) -> "NoteKey":
        """Give the key that was written as *text*. Raises ``ValueError``."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = base64.b64decode(encoded, validate=True)
        key = cls(name, raw[1:])
        if raw[:1] != ED25519 or len(key.key) != KEY_BYTES or key.id.hex() != key_id:
            raise ValueError(f"not a key of a signed note: {text!r}")
        return key


@dataclass(frozen=True)
class Signer:
    """Signs notes under a name that has neither spaces nor plus signs."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def kept_in(cls, path: Path, name: str) -> "Signer":
        """Give the signer whose 32 bytes of key are in *path*; a new one is for its owner alone."""
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(Ed25519PrivateKey.generate().private_bytes_raw())
                file.flush()
                os.fsync(file.fileno())
        return cls(name, Ed25519PrivateKey.from_private_bytes(path.read_bytes()))

    @property
    def public(self) -> NoteKey:
        """The key that others check the notes with."""
        return NoteKey(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Give *text*, which must end with a newline, as a signed note."""
        if not text.endswith("\n") or not _plain(text):
            raise ValueError("a note is whole lines without control characters")
        signature = self.public.id + self.private.sign(text.encode())
        return f"{text}\n— {self.name} {base64.b64encode(signature).decode()}\n"


def verify_note(note: str, key: NoteKey) -> str:
    """Give the text of *note* if *key* has signed it; raises ``NotSigned`` for anything else."""
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not _plain(note):
        raise NotSigned("no text, empty line and signatures")
    text += "\n"
    ours = [signature for signature in _signatures(tail, key.name) if signature[:4] == key.id]
    if not ours:
        raise NotSigned(f"no signature of {key.name}")
    for signature in ours:
        try:
            Ed25519PublicKey.from_public_bytes(key.key).verify(signature[4:], text.encode())
        except InvalidSignature as wrong:
            raise NotSigned(f"the signature of {key.name} does not fit the text") from wrong
    return text


def _plain(text: str) -> bool:
    """Whether it is whole UTF-8 without control characters but newlines."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return not any(each < " " and each != "\n" for each in text)


def _signatures(tail: str, name: str) -> Iterator[bytes]:
    lines = tail.splitlines()
    if not tail.endswith("\n") or len(lines) > MOST_SIGNATURES:
        raise NotSigned("the signatures are not whole lines")
    for line in lines:
        dash, _, rest = line.partition(" ")
        signer, _, encoded = rest.partition(" ")
        if dash != "—" or not signer or not encoded:
            raise NotSigned("a line after the text is no signature")
        try:
            signature = base64.b64decode(encoded, validate=True)
        except ValueError as wrong:  # of which binascii.Error is one, but not for a letter like ø
            raise NotSigned("a signature is not base64") from wrong
        if signer == name:
            yield signature
