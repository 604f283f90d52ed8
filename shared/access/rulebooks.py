"""The rulebooks that were put in force, each from its moment on."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.access.directory import Directory
from shared.api.edge import Unavailable
from shared.rulebook.content import Rulebook, taken


class NoRulebook(Unavailable):
    """No rulebook has been put in force yet. (da: Der er endnu ikke sat noget regelsæt i kraft.)"""


class Rulebooks:
    """Every rulebook that this service has heard of, in the order in which they took effect."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._known: list[tuple[datetime, Rulebook]] = []
        self._reached = 0

    async def catch_up(self, connection: AsyncConnection, generation: int) -> None:
        """Take in what has been activated since this was last asked."""
        found = await self._directory.activations(connection, generation, self._reached)
        for position, at, content in found:
            if position > self._reached:  # another request may have asked at the same time
                self._known.append((at, taken(content)))
                self._reached = position

    @property
    def known(self) -> bool:
        """Whether any rulebook has been put in force."""
        return bool(self._known)

    def at(self, moment: datetime) -> Rulebook:
        """Give the rulebook in force at *moment*; before the first, the first counts.

        Raises ``NoRulebook`` where there is none at all.
        """
        if not self._known:
            raise NoRulebook
        in_force = [rulebook for since, rulebook in self._known if since <= moment]
        return in_force[-1] if in_force else self._known[0][1]
