"""Whenever a shared view has closed, the keys to what is gone from it are taken back.

Rows and doors have lost it by then; this takes it from whoever gets at the vault itself. It does
not stop at the closing: a request that lost to it may have left a key behind. A referral with a
fact that nobody can read keeps no other waiting, and is looked at again after the next start.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from services.referrals.domain.referral import decider
from services.referrals.domain.referral.state import Begun
from services.referrals.wiring import Referrals
from shared.eventstore.codec import case_of
from shared.eventstore.port import EventStore, Stored
from shared.messaging.patience import unless
from shared.serving.looking import looking
from shared.vault.revoking import NEVER, Remaining
from shared.vault.vault import Vault

BATCH = 500
_log = structlog.get_logger()


@dataclass
class Revoking:
    """Follows the store. How far it has come is kept in the vault, so that both fit together."""

    vault: Vault
    store: EventStore
    referrals: Referrals
    _reached: int | None = field(default=None, init=False)
    _kept: int = field(default=0, init=False)
    _since: int = field(default=0, init=False)
    """Facts taken in since it was last written how far; a position may count bytes."""
    _unread: bool = field(default=False, init=False)
    """Whether something could not be read: a program that can starts where this one stopped."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Take keys back until *stopping* is set; what fails is tried again."""
        await looking("revoking", self._look, stopping)

    async def _look(self, stopping: asyncio.Event) -> None:
        if not await self.catch_up():
            await unless(stopping, self.store.wait(await self._from()))

    async def catch_up(self) -> bool:
        """Take in what is new, and say whether anything was."""
        facts = await self.store.read_all(await self._from(), BATCH)
        if facts:
            await self._take_in(facts)
        return bool(facts)

    async def again(self, cases: Iterable[UUID]) -> int:
        """Take back what a request that was long under way has brought back meanwhile.

        Give the number of keys.
        """
        found = [await self._remaining(f"referral-{case}") for case in cases]
        closed = [each for each in found if each is not None]
        return await self.vault.revoke(closed, until=self._kept) if closed else 0

    async def _from(self) -> int:
        """Give where to go on: from the beginning, where the store was restored to before that."""
        if self._reached is None:
            self._kept = await self.vault.revoked_until()
            if self._kept > await self.store.head():
                self._kept = NEVER
                await self.vault.revoke((), until=NEVER)
            self._reached = self._kept
        return self._reached

    async def _take_in(self, facts: Sequence[Stored]) -> None:
        until = facts[-1].position
        found = [await self._remaining(stream) for stream in dict.fromkeys(f.stream for f in facts)]
        closed = [each for each in found if each is not None]
        # Each time it is written it is on disk: a quiet store would wait for that at every fact.
        self._since += len(facts)
        if closed or self._since >= BATCH:
            self._kept = self._kept if self._unread else until
            await self.vault.revoke(closed, until=self._kept)
            self._since = 0
        self._reached = until

    async def _remaining(self, stream: str) -> Remaining | None:
        """Give what is still open in a referral; None where no view has closed, or nobody knows."""
        try:
            now = await self.referrals.standing(stream)
        except (ValueError, LookupError) as problem:
            self._unread = True
            _log.warning("not read", policy="revoking", error=type(problem).__name__)
            return None
        if not isinstance(now.state, Begun) or not now.state.closings:
            return None
        facts = frozenset(fact.id for fact in now.facts)
        return Remaining(case_of(stream), facts, decider.grants(now.state))
