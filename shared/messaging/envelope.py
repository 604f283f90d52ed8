"""A fact as a message: the body is the stored data, the headers say the rest.

The metadata travels twice. Each entry is a readable header of its own, percent-encoded to ASCII,
for tracing and for systems that are not ours. The header ``metadata`` holds the stored bytes in
base64, and only that is read back: the audit hashes these bytes, so order, spacing and escapes
have to arrive as they were stored.
"""

import base64
import binascii
import json
import re
import string
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote
from uuid import UUID

from shared.eventstore.port import Stored
from shared.messaging.names import SUBJECT, subject_of
from shared.messaging.server import MAX_PAYLOAD

MAX_HEADERS = 63 * 1024
"""Bytes. JetStream refuses a message with 64 KiB of headers (its error 10097)."""

_PLAIN = string.punctuation.replace("%", "")
_KEY = re.compile(r"[a-z][a-z_]*")


class Outgoing(NamedTuple):
    """A message ready to be published."""

    subject: str
    headers: dict[str, str]
    body: bytes


class Carried(NamedTuple):
    """A fact that arrived, and the position of the fact before it in the same store."""

    fact: Stored
    previous: int


class NotAFact(Exception):
    """A message that no relay wrote."""


def outgoing(service: str, fact: Stored, previous: int) -> Outgoing | None:
    """Give *fact* as a message, or nothing where the bus cannot carry it.

    That is one with more metadata than JetStream takes, or a type that is no subject. It is then
    left to the backfill: the next message names it as its predecessor, and followers fetch it.
    """
    headers = {
        **_readable(fact.metadata),
        "id": str(fact.id),
        "type": fact.type,
        "stream": quote(fact.stream, safe=_PLAIN),
        "version": str(fact.version),
        "position": str(fact.position),
        "prev-position": str(previous),
        "metadata": base64.b64encode(fact.metadata).decode(),
        "Nats-Msg-Id": str(fact.id),
    }
    size = sum(len(name) + len(value) + 4 for name, value in headers.items())
    fits = size <= MAX_HEADERS and size + len(fact.data) <= MAX_PAYLOAD
    if not (fits and SUBJECT.fullmatch(fact.type)):
        return None
    return Outgoing(subject_of(service, fact.type), headers, fact.data)


def _readable(metadata: bytes) -> dict[str, str]:
    entries = json.loads(metadata).items()
    return {k: quote(v, safe=_PLAIN) for k, v in entries if _KEY.fullmatch(k)}


def carried(headers: Mapping[str, str] | None, body: bytes) -> Carried:
    """Give the fact that a message carries, equal in every byte to the one stored.

    Raises ``NotAFact``.
    """
    try:
        said = headers or {}
        fact = Stored(
            position=int(said["position"]),
            stream=unquote(said["stream"]),
            version=int(said["version"]),
            id=UUID(said["id"]),
            type=said["type"],
            metadata=base64.b64decode(said["metadata"], validate=True),
            data=body,
        )
        return Carried(fact, int(said["prev-position"]))
    except (KeyError, ValueError, binascii.Error) as error:
        raise NotAFact(type(error).__name__) from error
