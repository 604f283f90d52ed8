"""A sample of each type of fact, as it is stored: ``{type, metadata, data}`` in a file that stays.

A sample is written once and never again. As long as each of them is read and written back the same,
everything that was ever stored can be read.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import JsonValue, TypeAdapter

from services.audit.domain.head.events import HeadSigned
from services.councils import wiring as councils
from services.referrals.wiring import UPCASTS, codec_of
from shared.contracts.catalogue import SCHEMAS
from shared.eventstore.codec import Codec
from shared.eventstore.port import Stored
from shared.kernel.events import Event
from shared.reads.events import ReadMade
from shared.serving.keys import Keys
from shared.serving.settings import ServiceSettings
from tests.contracts.made_up.others import of_audit, of_councils, of_every_service
from tests.contracts.made_up.referrals import of_referrals

SAMPLES = SCHEMAS.with_name("samples")
OLD = frozenset(UPCASTS)
"""Types that are no longer written; what was stored of them is read as a newer one."""
METADATA = {
    "occurred_at": "2026-11-02T12:00:30.123456Z",
    "actor": "2" * 64,
    "authority": "made-up-authority",
    "regime": "gdpr",
    "correlation_id": str(UUID(int=4)),
    "causation_id": str(UUID(int=5)),
    "command_id": str(UUID(int=6)),
    "request_mac": "3" * 64,
    "traceparent": f"00-{'4' * 32}-{'5' * 16}-01",
    "rulebook": "1" * 64,
    "subjects": "6" * 32,
    "recorded_at": "2026-11-02T12:00:31.000000Z",
}


@dataclass(frozen=True)
class Sample:
    """A fact as a store holds it, apart from its place there."""

    type: str
    metadata: dict[str, str]
    data: JsonValue

    @classmethod
    def read(cls, file: Path) -> "Sample":
        """Give what a file holds."""
        return cls(**json.loads(file.read_text("utf-8")))

    def stored(self) -> Stored:
        """Give it at some place of a store."""
        return Stored(
            position=7,
            stream=f"{self.type.partition('.')[0]}-{UUID(int=8)}",
            version=0,
            id=UUID(int=9),
            type=self.type,
            metadata=json.dumps(self.metadata).encode(),
            data=json.dumps(self.data, ensure_ascii=False).encode(),
        )

    def text(self) -> str:
        """Give what its file holds."""
        return json.dumps(vars(self), indent=2, ensure_ascii=False) + "\n"


def made_up() -> Iterator[Event]:
    """Give a fact of each type of every service, written by hand."""
    for facts in (of_referrals, of_councils, of_audit, of_every_service):
        yield from facts()


def sample_of(event: Event, codec: Codec[Any]) -> Sample:
    """Give *event* as its service would store it."""
    return Sample(event.type, METADATA, json.loads(codec.encode(event)))


def write(events: Iterable[Event], codecs: "Codecs", folder: Path = SAMPLES) -> None:
    """Write a sample of each of *events* that has none yet."""
    folder.mkdir(exist_ok=True)
    for event in events:
        file = folder / f"{event.type}.json"
        if not file.exists():
            file.write_text(sample_of(event, codecs.of(event.type)).text(), "utf-8")


class Codecs:
    """What each service reads and writes its facts with. Hidden values stay as they are stored."""

    def __init__(self, folder: Path) -> None:
        """Make the keys that a codec is made with in *folder*; nothing is sealed with them."""
        keys = Keys.of("referrals", ServiceSettings(var=folder))
        self._by_aggregate: dict[str, Codec[Any]] = {
            "referral": replace(codec_of(keys), routing=None),
            "docket-item": councils.OF_ITEMS,
            "meeting": councils.OF_MEETINGS,
            "office": councils.OF_OFFICES,
            "rulebook": councils.OF_RULEBOOKS,
            "audit": Codec(TypeAdapter(HeadSigned)),
            "read": Codec(TypeAdapter(ReadMade)),
        }

    def of(self, fact_type: str) -> Codec[Any]:
        """Give what reads and writes facts of this type."""
        return self._by_aggregate[fact_type.partition(".")[0]]
