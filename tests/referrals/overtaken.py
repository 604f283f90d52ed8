"""Something else always happens between reading and writing, as under load it sometimes does."""

from collections.abc import Awaitable, Callable, Sequence

from shared.eventstore.port import EventStore, NewEvent, Stored


class Overtaken:
    """A store in which something else happens just before one append."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self.first: Callable[[], Awaitable[object]] | None = None
        self.read_stream, self.read_all, self.head = store.read_stream, store.read_all, store.head
        self.position_at, self.wait, self.close = store.position_at, store.wait, store.close

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Let the other come first, once, and append."""
        first, self.first = self.first, None
        if first is not None:
            await first()
        return await self._store.append(stream, expected, events)
