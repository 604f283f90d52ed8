"""What one entry of the ledger commits to: the fact, byte for byte, and nothing else.

The leaf is ``SHA-256(0x00 | L(stream) | L(version) | L(id) | L(type) | L(metadata) | L(data))``,
where 0x00 is the leaf prefix of RFC 6962 and ``L(x)`` is the length of x in bytes, as 8 bytes
big-endian, and then x itself.
Texts are UTF-8, the version is 8 bytes big-endian, the id is the 16 bytes of the UUID, metadata and
data are the stored bytes as they are. Source and position are left out: the same fact has the same
leaf in every store that holds it.
"""

from hashlib import sha256

from shared.eventstore.port import Stored

LEAF_PREFIX = b"\x00"


def leaf(stored: Stored) -> bytes:
    """Give the 32 bytes that stand for *stored* in the tree."""
    hashed = sha256(LEAF_PREFIX)
    for field in _fields(stored):
        hashed.update(len(field).to_bytes(8, "big"))
        hashed.update(field)
    return hashed.digest()


def _fields(stored: Stored) -> tuple[bytes, ...]:
    return (
        stored.stream.encode(),
        stored.version.to_bytes(8, "big", signed=True),
        stored.id.bytes,
        stored.type.encode(),
        stored.metadata,
        stored.data,
    )
