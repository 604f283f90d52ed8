"""The stamps of facts in an EventStoreDB: put on by whoever appends, from its own clock."""

from collections import OrderedDict
from collections.abc import Iterable

from shared.eventstore.esdb_naming import stamp_of
from shared.eventstore.port import Stored
from shared.eventstore.stamping import moment_after
from shared.kernel.clock import Clock

STREAMS = 20_000
"""Streams remembered; one that is forgotten costs a reading more when it is added to."""


class Stamps:
    """What this process has seen of the time in the store, so that its own stamps do not go back.

    Another process may stamp a little behind this one: its clock is its own.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._youngest = ""
        self._versions: OrderedDict[str, int] = OrderedDict()

    def saw(self, facts: Iterable[Stored]) -> None:
        """Take note of facts that the store holds."""
        for fact in facts:
            self._youngest = max(self._youngest, stamp_of(fact.metadata))
            self._versions[fact.stream] = max(fact.version, self._versions.pop(fact.stream, -1))
        while len(self._versions) > STREAMS:
            self._versions.popitem(last=False)

    def knows(self, stream: str, version: int) -> bool:
        """Say whether the stamp at *version* of *stream* has been seen, or there can be none."""
        return version < 0 or self._versions.get(stream, -1) >= version

    def next(self) -> str:
        """Give the stamp of what is added now: not before any that was seen."""
        return moment_after(self._youngest, self._clock)
