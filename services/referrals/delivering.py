"""Whenever a referral lies in a unit's inbox, that it was delivered is recorded, and when.

The inbox itself says what is undelivered, so nothing needs to be remembered: after a crash the
next look finds the rest. The command's id follows from the fact that was sent, so a delivery that
was recorded before the crash is not recorded twice.
"""

import asyncio
from dataclasses import dataclass

import structlog

from services.referrals.acting import Cause, as_policy
from services.referrals.domain.referral.commands import RecordDelivery
from services.referrals.projections.one import Undelivered, undelivered
from services.referrals.wiring import Wiring
from shared.kernel.refusals import Refusal
from shared.messaging.patience import unless
from shared.serving.looking import looking
from shared.vault.problems import VaultProblem

SENDS = frozenset({"referral.sent.v1", "referral.resent.v1"})
_log = structlog.get_logger()


@dataclass(frozen=True)
class Delivery:
    """Looks into the inboxes whenever something new has reached them."""

    here: Wiring

    async def run(self, stopping: asyncio.Event) -> None:
        """Deliver until *stopping* is set; what fails is tried again."""
        await looking("delivery", self._look, stopping)

    async def _look(self, stopping: asyncio.Event) -> None:
        head = await self.here.ground.store.head()
        await unless(stopping, self.here.runner.wait_for(head, within=30))
        async with self.here.views.reading() as (connection, generation):
            await self.here.rulebooks.catch_up(connection, generation)
            waiting = await undelivered(connection, generation)
        done = [await self._delivered(each) for each in waiting]
        if not any(done):
            await unless(stopping, self.here.ground.store.wait(head))

    async def _delivered(self, waiting: Undelivered) -> bool:
        """Deliver one; what cannot be delivered waits for news and holds nobody else up."""
        try:
            facts = await self.here.referrals.facts(waiting.stream)
            sent = next(fact for fact in reversed(facts) if fact.event.type in SENDS)
            command = RecordDelivery(unit=waiting.unit, at=self.here.clock.now())
            cause = Cause(sent.id, "delivered", sent.metadata)
            await as_policy(self.here, "delivery", command, waiting.stream, cause)
        except (VaultProblem, Refusal, LookupError) as problem:
            _log.warning("not delivered", policy="delivery", error=type(problem).__name__)
            return False
        return True
