"""Closing a reading into a fact that tells nobody anything, and opening it again."""

from typing import Final
from uuid import UUID, uuid4

from pydantic import TypeAdapter

from shared.api.sealing import mac
from shared.eventstore.codec import Codec
from shared.eventstore.port import NewEvent
from shared.kernel.clock import written
from shared.kernel.personal import Sealed
from shared.reads.events import AlwaysHidden, ReadMade
from shared.reads.reading import Reading
from shared.vault.routing import RoutingKey

FIELD: Final = "reading"
BLOCK: Final = 512
"""Bytes to which a reading is filled up: one object shown and one denied weigh the same."""
_SHORT: Final = 32


class ReadsKey:
    """Seals and opens readings, and names things in tables so that a table alone tells nothing.

    *key* is the platform's for this purpose: :attr:`shared.serving.keys.Keys.reads`.
    """

    def __init__(self, key: bytes) -> None:
        self._key, self._routing = key, RoutingKey(key, block=BLOCK)
        self.codec: Codec[ReadMade] = Codec(TypeAdapter(ReadMade), self._routing)
        """What reads stored readings, opened."""

    def code(self, *parts: str) -> str:
        """Give the code of something, the same each time: what it is comes first, as "object"."""
        return mac(self._key, "code", *parts)[:_SHORT]

    def record(self, reading: Reading) -> NewEvent:
        """Give the fact that *reading* is stored as; its envelope names no person and no object.

        The actor is a code of this record alone, so that nobody who reads envelopes learns which
        records are of the same person.
        """
        its_id = uuid4()
        value = reading.model_dump(mode="json", exclude_none=True)
        hidden = AlwaysHidden[Reading](Sealed(self._routing.hide(its_id, FIELD, value)))
        fact = ReadMade.model_construct(reading=hidden)
        return NewEvent(its_id, fact.type, self._envelope(its_id, reading), _data(fact))

    # With a page of 4 KiB and two records on it, a few bytes more would double the disk.
    def _envelope(self, its_id: UUID, reading: Reading) -> dict[str, str]:
        return {
            "occurred_at": written(reading.at),
            "actor": self.code("record", str(its_id), reading.who.actor),
            "authority": reading.who.authority,
            "regime": reading.who.regime,
            "correlation_id": str(its_id),
            "causation_id": "",
            "command_id": str(its_id),
            "request_mac": "",
            "traceparent": "",
            "rulebook": reading.rulebook,
            "subjects": "",
        }


def _data(fact: ReadMade) -> bytes:
    return fact.model_dump_json().encode()
