"""Noting a reading before its answer leaves; where that cannot be done, nothing is shown."""

import asyncio
from typing import Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.api.edge import Unavailable
from shared.eventstore.port import (
    NO_STREAM,
    EventStore,
    NewEvent,
    OutcomeUnknown,
    StoreFull,
    StoreProblem,
)
from shared.projections.views import ViewsAway
from shared.reads.ballast import Ballast
from shared.reads.chosen import Choice, Choices, ChoicesHere
from shared.reads.reading import Kind, Outcome, Reading, Who, alike, parts
from shared.reads.sealing import ReadsKey

TRIES = 3
"""How often an append is repeated of which nobody knows whether it happened."""
RECALLED = 1_000
"""Choices that were recalled and not yet noted again: those of the requests under way."""
CHOOSING = frozenset({Kind.SHOW, Kind.REVEAL, Kind.CHANGE, Kind.EXPORT, Kind.REPLAY})
"""The kinds of which the purpose was chosen for the one object that they are about."""
EMERGENCY = "emergency"
"""The purpose of who looks through broken glass: what they had chosen before stays chosen."""
_log = structlog.get_logger()


class ReadsUnwritable(Unavailable):
    """Reads cannot be noted just now, so nothing is shown.

    (da: Læsninger kan ikke noteres lige nu, så intet vises.)
    """


class ReadLog:
    """What one service has shown: written by its doors, told to the audit by its relay."""

    def __init__(
        self,
        store: EventStore,
        key: ReadsKey,
        choices: Choices,
        ballast: Ballast | None = None,
    ) -> None:
        self.store, self.key, self.choices, self.ballast = store, key, choices, ballast
        self._making_room = asyncio.Lock()
        self._recalled: dict[str, str | None] = {}

    @classmethod
    def over(cls, store: EventStore, key: bytes = bytes(32)) -> Self:
        """Give a log over *store* that remembers choices in memory: for what no disk is needed."""
        return cls(store, ReadsKey(key), ChoicesHere())

    async def note(self, reading: Reading) -> None:
        """Note *reading*: it is durable, and its purpose remembered, when this returns.

        Raises ``ReadsUnwritable``.
        """
        position = 0
        for part in parts(alike(reading)):
            position = await self._appended(self.key.record(part))
        await self._remember(reading, position)

    async def recall(self, who: Who, object_id: str) -> str | None:
        """Give the purpose that this person chose for this object in this very office, or None.

        What they look for in another hat is another choice. Raises ``ViewsAway``.
        """
        key = self._hat(who, object_id)
        known = self._recalled[key] = await self.choices.recall(key)
        if len(self._recalled) > RECALLED:
            self._recalled.pop(next(iter(self._recalled)))
        return known

    def chosen(self, reading: Reading, position: int) -> dict[str, Choice]:
        """Give what *reading*, which stands at *position*, says was chosen."""
        told = reading.outcome is Outcome.SHOWN and reading.kind in CHOOSING
        if not told or reading.purpose is None or reading.purpose == EMERGENCY:
            return {}
        choice = Choice(reading.purpose, position)
        return {self._hat(reading.who, each): choice for each in reading.ids}

    def _hat(self, who: Who, object_id: str) -> str:
        return self.key.code("chosen", who.actor, who.unit, who.office, object_id)

    async def _remember(self, reading: Reading, position: int) -> None:
        """Remember what was chosen, where it is new; what fails is made up for from the log."""
        chosen = self.chosen(reading, position)
        try:
            known = [key for key in chosen if await self._is_known(key, chosen[key])]
            await self.choices.keep({k: v for k, v in chosen.items() if k not in known})
        except (ViewsAway, SQLAlchemyError) as problem:
            _log.warning("a choice is not remembered yet", error=type(problem).__name__)

    async def _is_known(self, key: str, choice: Choice) -> bool:
        """Say whether that is remembered; what this request has just recalled is not asked for."""
        if key in self._recalled:
            return self._recalled.pop(key) == choice.purpose
        return await self.choices.recall(key) == choice.purpose

    async def _appended(self, record: NewEvent) -> int:
        """Append in a stream of its own: nothing is read before, and nobody is in the way."""
        stream, tries = f"read-{record.id}", TRIES
        while True:
            held = self.ballast.held if self.ballast else 0
            try:
                return (await self.store.append(stream, NO_STREAM, [record]))[-1].position
            except OutcomeUnknown as problem:
                tries -= 1
                if not tries:
                    raise ReadsUnwritable from problem
            except StoreFull as problem:
                if not await self._made_room(held):
                    raise ReadsUnwritable from problem
            except StoreProblem as problem:
                raise ReadsUnwritable from problem

    async def _made_room(self, held: int) -> bool:
        """Make room, unless somebody has since *held* was looked at; False where there is none."""
        ballast = self.ballast
        if ballast is None:
            return False
        async with self._making_room:
            if ballast.held < held:
                return True
            _log.warning("making room for reads", count=ballast.held)
            return await asyncio.to_thread(ballast.give_way)
