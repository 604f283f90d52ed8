"""What the test server knows of one stream, and what an append or a delete to it comes to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import takewhile

from shared.testing.esdb.record import Record

LAST_REVISION = 2**63 - 1
"""The revision of a tombstone; as "hidden before" it hides a whole stream."""
METADATA = "$metadata"
METADATA_OF = "$$"
"""What a stream's name begins with when it holds the settings of the stream named after it."""
TOMBSTONE = "$streamDeleted"
HIDDEN_BEFORE = "$tb"
"""The setting that hides the events before a revision, as deleting a stream does."""


class Expected(Enum):
    """What a writer may expect of a stream without naming a revision."""

    NO_STREAM = -1
    ANY = -2
    EXISTS = -4


class Refused(Enum):
    """Why an append or a delete is not done."""

    WRONG_VERSION = "wrong version"
    DELETED = "deleted"


@dataclass(slots=True)
class Stream:
    """The records of one stream in order, those that are not yet synced among them."""

    records: list[Record] = field(default_factory=list)
    synced: int = 0
    hidden_before: int = 0
    tombstone: bool = False

    @property
    def last(self) -> int:
        """The revision of its last event; -1 in a stream that never was."""
        return self.records[-1].revision if self.records else -1

    @property
    def soft_deleted(self) -> bool:
        """Whether somebody deleted it and nobody appended since."""
        return self.hidden_before == LAST_REVISION

    def take(self, record: Record) -> None:
        """Put *record* at the end."""
        self.records.append(record)
        self.tombstone = record.type == TOMBSTONE

    def described(self, settings: bytes) -> None:
        """Heed the settings that somebody wrote about this stream."""
        self.hidden_before = json.loads(settings).get(HIDDEN_BEFORE, 0)

    @property
    def readable(self) -> list[Record]:
        """The records that a reader may see."""
        if not self.records or self.soft_deleted:
            return []
        return self.records[self.hidden_before : self.synced]

    def verdict(
        self, expected: int | Expected, ids: list[str], recent: Mapping[str, Record]
    ) -> Record | Refused | None:
        """Say what an append comes to: none is "go on", a record is "it is there already".

        With an expected version the ids are compared with what lies after it, however old; without
        one only with *recent*, which the server forgets when it ends. Ids that are there in part
        are a wrong version.
        """
        if self.tombstone or (expected is Expected.EXISTS and self.soft_deleted):
            return Refused.DELETED
        if isinstance(expected, Expected) and expected is not Expected.NO_STREAM:
            fits = expected is Expected.ANY or self.last >= 0
            known = takewhile(self._holds, (recent.get(each) for each in ids))
            there = [each for each in known if each is not None]
        else:
            after = expected if isinstance(expected, int) else -1
            fits = after == self.last or (expected is Expected.NO_STREAM and self.soft_deleted)
            there = _as_far_as(self.records[after + 1 :], ids)
        if ids and len(there) == len(ids):
            return there[-1]
        return None if fits and not there else Refused.WRONG_VERSION

    def keeps(self, expected: int | Expected) -> Refused | None:
        """Say why it is not to be deleted; none is "delete it"."""
        verdict = self.verdict(expected, [], {})
        if isinstance(verdict, Refused):
            return verdict
        return Refused.WRONG_VERSION if self.last < 0 else None

    def _holds(self, record: Record | None) -> bool:
        return record is not None and record in self.records[record.revision :][:1]


def _as_far_as(records: list[Record], ids: list[str]) -> list[Record]:
    """Give the first records, as long as they are those with *ids*."""
    pairs = zip(records, ids, strict=False)
    return [record for record, _ in takewhile(lambda pair: pair[0].id == pair[1], pairs)]
