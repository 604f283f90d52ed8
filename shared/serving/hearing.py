"""What was heard from other services, and waiting until a certain fact has been."""

import asyncio
from collections.abc import Sequence

from shared.eventstore.port import START, Stored
from shared.messaging.sink import Sink
from shared.projections.runner import ViewsBehind
from shared.projections.views import Views


async def shows(views: Views, source: str, position: int) -> bool:
    """Say whether *views* show the fact of *source* at *position*: applied, and not set aside.

    The position moves on past a fact that a view could not take in, and its rows stand still.
    """
    if (await views.checkpoints()).get(source, START) < position:
        return False
    parked = await views.parked_list()
    return all((each.source, each.position) != (source, position) for each in parked)


class Heard:
    """A sink that tells who waits how far each source has come."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._reached: dict[str, int] = {}
        self._progress = asyncio.Condition()

    async def position(self, source: str) -> int:
        """Give the position of the last fact of *source* applied."""
        position = await self._sink.position(source)
        await self._tell(source, position)
        return position

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:
        """Apply *facts*, and wake who waits for them."""
        await self._sink.apply(source, facts)
        if facts:
            await self._tell(source, facts[-1].position)

    async def wait_for(self, source: str, position: int, *, within: float = 2.0) -> None:
        """Return when *source* has been heard up to *position*. Raises ``ViewsBehind``."""
        try:
            async with asyncio.timeout(within), self._progress:
                await self._progress.wait_for(lambda: self._reached.get(source, START) >= position)
        except TimeoutError:
            raise ViewsBehind(f"{source} {position}") from None

    async def _tell(self, source: str, position: int) -> None:
        async with self._progress:
            self._reached[source] = position
            self._progress.notify_all()
