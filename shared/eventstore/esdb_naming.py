"""One cluster holds many services: how the streams and facts of one are named and told apart."""

import re
from dataclasses import dataclass
from typing import Self

from esdbclient import NewEvent as Sent
from esdbclient import RecordedEvent

from shared.eventstore.port import NewEvent, Stored
from shared.eventstore.stamping import RECORDED_AT, stamped

_SERVICE = re.compile(r"[a-z][a-z0-9-]*")
_STAMP = re.compile(rb'"%b":"([^"]+)"\}$' % RECORDED_AT.encode())
_LONGEST_STAMP = 64


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of one service: ``referrals.referral-1`` is its stream ``referral-1``."""

    prefix: str

    @classmethod
    def of(cls, service: str) -> Self:
        """Give the naming of a service; ``ValueError`` where its name could be taken for others."""
        if not _SERVICE.fullmatch(service):
            raise ValueError(f"{service!r} is no name of a service")
        return cls(f"{service}.")

    @property
    def pattern(self) -> str:
        """The one filter on stream names. The client puts ``^`` and ``$`` around it, unbracketed.

        A stream name may hold line breaks, which a dot does not match.
        """
        return rf"({re.escape(self.prefix)})[\s\S]*"

    def inside(self, stream: str) -> str:
        """Give the name that the cluster knows *stream* by."""
        return self.prefix + stream

    def owns(self, event: RecordedEvent) -> bool:
        """Say whether an event is one of this service's facts, whatever the filter let through."""
        return event.stream_name.startswith(self.prefix)

    def stored(self, event: RecordedEvent) -> Stored:
        """Give the fact that an event of this service holds."""
        return Stored(
            position_of(event),
            event.stream_name.removeprefix(self.prefix),
            event.stream_position,
            event.id,
            event.type,
            event.metadata,
            event.data,
        )


def position_of(event: RecordedEvent) -> int:
    """Give the place of an event in everything."""
    if event.commit_position is None:
        raise ValueError("an engine as old as that is refused at start")
    return event.commit_position


def sent(event: NewEvent, metadata: bytes, moment: str) -> Sent:
    """Give a new fact as the client sends it, with its stamp."""
    return Sent(
        id=event.id,
        type=event.type,
        metadata=stamped(metadata, moment),
        data=event.data,
        content_type=("application/json" if event.data[:1] == b"{" else "application/octet-stream"),
    )


def stamp_of(metadata: bytes) -> str:
    """Give the stamp that stands last in stored metadata; nothing where another hand wrote it."""
    found = _STAMP.search(metadata[-_LONGEST_STAMP:])
    return found[1].decode() if found else ""
