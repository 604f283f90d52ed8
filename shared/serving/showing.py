"""Who knows how far the read models are, whether they are kept up here or only read."""

import asyncio
from typing import Protocol, TypeAlias

from shared.messaging.consumer import Consumer
from shared.projections.runner import Lag
from shared.serving.watching import WatchedSource


class Shown(Protocol):
    """What knows how far the own read models are: the runner itself, or who watches it."""

    @property
    def trouble(self) -> str | None:
        """The class of what keeps the views from moving on, as far as it is known here."""
        ...

    async def run(self, stopping: asyncio.Event) -> None:
        """Do its part until *stopping* is set."""
        ...

    async def wait_for(self, position: int, *, within: float = 2.0) -> None:
        """Return when the views have passed *position*. Raises ``ViewsBehind``."""
        ...

    async def lag(self) -> Lag:
        """Give how far the views are behind."""
        ...


class Passing(Protocol):
    """What knows how far the read models are in other services' facts."""

    async def wait_for(self, source: str, position: int, *, within: float = 2.0) -> None:
        """Return when *source* was heard up to *position*. Raises ``ViewsBehind``."""
        ...


Following: TypeAlias = Consumer | WatchedSource
"""What brings another service's facts here, or sees how far that has come elsewhere."""
