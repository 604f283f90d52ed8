"""When a head is due, and how it becomes a fact that others hear.

Heads go into streams of 500, by their number: a stream stays short whatever the load, and the place
of a head follows from the head, so that publishing it twice is publishing it once.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from services.audit.domain.head.events import HeadSigned
from services.audit.ledger.writing import Ledger, Rewritten
from shared.eventstore.port import EventStore, NewEvent
from shared.kernel.clock import Clock, written
from shared.kernel.ids import derived
from shared.transparency.note import Signer

EVERY_ENTRIES = 1000
EVERY = timedelta(minutes=1)
PER_STREAM = 500


def head_due(size: int, last_size: int, now: datetime, last_at: datetime | None) -> bool:
    """Tell whether a ledger of *size* needs a head after that of *last_size*, signed at *last_at*.

    It does when it has grown by 1,000 entries, or at all since a minute ago. ``None`` is long ago.
    """
    if size <= last_size:
        return False
    return size - last_size >= EVERY_ENTRIES or last_at is None or abs(now - last_at) >= EVERY


class HeadPublisher:
    """Signs heads when they are due and appends each, once, to the audit's own event store.

    ``said_by`` is the metadata that every head carries: actor, authority, regime. A head is in the
    ledger's file before it is a fact; what a crash left unpublished is published by the next call.
    """

    def __init__(
        self,
        ledger: Ledger,
        store: EventStore,
        *,
        signer: Signer,
        clock: Clock,
        said_by: Mapping[str, str],
    ) -> None:
        self._ledger, self._store = ledger, store
        self._signer, self._clock, self._said_by = signer, clock, dict(said_by)
        self._log = uuid5(NAMESPACE_URL, signer.name)
        self._published: int | None = None
        self._last_size = 0
        self._last_at: datetime | None = None
        self._turn = asyncio.Lock()

    async def sign_if_due(self) -> int:
        """Sign and publish what is due by now; give how many heads are published in all.

        Call it every second or so. Raises ``Rewritten`` where the ledger does not hold what it has
        signed, and whatever the store raises; the next call tries again.
        """
        async with self._turn:
            now = self._clock.now()
            if head_due(self._ledger.size, self._last_size, now, self._last_at):
                head = await self._ledger.sign(self._signer)
                self._last_size, self._last_at = head.size, now
            published = await self._already() if self._published is None else self._published
            self._published = await self._publish(published, now)
            return self._published

    async def _publish(self, published: int, now: datetime) -> int:
        while notes := await asyncio.to_thread(self._ledger.pages.heads, published):
            for note in notes:
                chapter, place = divmod(published, PER_STREAM)
                await self._store.append(self._stream(chapter), place - 1, [self._event(note, now)])
                published += 1
                self._published = published
        return published

    async def _already(self) -> int:
        signed = await asyncio.to_thread(self._ledger.pages.signed)
        for chapter in range(signed // PER_STREAM, -1, -1):
            if facts := await self._store.read_stream(self._stream(chapter)):
                published = chapter * PER_STREAM + len(facts)
                if published > signed:
                    raise Rewritten(
                        f"{published} heads are published, the ledger knows of {signed}"
                    )
                return published
        return 0

    def _stream(self, chapter: int) -> str:
        return f"head-{derived(self._log, 'heads', str(chapter))}"

    def _event(self, note: str, now: datetime) -> NewEvent:
        fact = HeadSigned(note=note)
        cause = derived(self._log, note)
        own = {"occurred_at": written(now), "command_id": str(cause), "correlation_id": str(cause)}
        return NewEvent(cause, fact.type, self._said_by | own, fact.model_dump_json().encode())
