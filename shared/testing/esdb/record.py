"""How the test server's file is laid out: a header, then one checked frame per append.

A frame is its length and checksum (``>II``) and then its records, each after its own length
(``>I``). An append of several events is one frame, so that a torn end takes all of it or nothing.
The position of a record is the place of its length in the file: positions grow and have gaps, as
those of a real log do, and none is 0.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from esdbclient.protos.Grpc import streams_pb2 as wire

HEADER = b"ESDBTEST"
_FRAME = struct.Struct(">II")
_LENGTH = struct.Struct(">I")

Recorded = wire.ReadResp.ReadEvent.RecordedEvent


@dataclass(frozen=True, slots=True)
class Record:
    """What the server remembers of one event; its bytes stay in the file."""

    position: int
    size: int
    stream: str
    revision: int
    type: str
    id: str

    @classmethod
    def of(cls, recorded: Recorded, size: int) -> "Record":
        """Give what is remembered of *recorded*, which takes *size* bytes in the file."""
        return cls(
            recorded.commit_position,
            size,
            recorded.stream_identifier.stream_name.decode(),
            recorded.stream_revision,
            recorded.metadata["type"],
            recorded.id.string,
        )

    @property
    def payload(self) -> int:
        """Where its bytes begin in the file."""
        return self.position + _LENGTH.size

    @property
    def end(self) -> int:
        """The place in the file after it."""
        return self.payload + self.size


def frame(start: int, proposed: list[Recorded]) -> tuple[bytes, list[Record]]:
    """Give the frame that holds *proposed* at *start* of the file; it sets their positions."""
    records: list[Record] = []
    body = bytearray()
    for one in proposed:
        position = start + _FRAME.size + len(body)
        one.commit_position = one.prepare_position = position
        packed = one.SerializeToString()
        body += _LENGTH.pack(len(packed)) + packed
        records.append(Record.of(one, len(packed)))
    return _FRAME.pack(len(body), zlib.crc32(body)) + bytes(body), records


def frames(content: bytes) -> Iterator[tuple[list[Recorded], list[Record]]]:
    """Give what each whole frame of a file holds; it ends where the file is torn."""
    at = len(HEADER)
    while at + _FRAME.size <= len(content):
        length, check = _FRAME.unpack_from(content, at)
        body = content[at + _FRAME.size : at + _FRAME.size + length]
        if zlib.crc32(body) != check:
            return
        unpacked = list(_unpacked(body))
        yield [one for one, _ in unpacked], [Record.of(one, size) for one, size in unpacked]
        at += _FRAME.size + length


def _unpacked(body: bytes) -> Iterator[tuple[Recorded, int]]:
    at = 0
    while at < len(body):
        (size,) = _LENGTH.unpack_from(body, at)
        at += _LENGTH.size
        yield Recorded.FromString(body[at : at + size]), size
        at += size
