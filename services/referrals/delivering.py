"""Whenever a referral lies in a unit's inbox, that it was delivered is recorded, and when.

The inbox itself says what is undelivered, so nothing needs to be remembered: after a crash the
next look finds the rest. The command's id follows from the fact that was sent, so a delivery that
was recorded before the crash is not recorded twice.
"""

import asyncio
from dataclasses import dataclass

import structlog

from services.referrals.domain.referral.commands import RecordDelivery
from services.referrals.projections.one import undelivered
from services.referrals.projections.party_view import PartyView
from services.referrals.wiring import Wiring
from shared.api.sealing import mac
from shared.api.tracing import asked_by, continued
from shared.kernel.asking import Acting, Asked
from shared.kernel.ids import ActorId, AuthorityId, UnitId, derived
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
        done = [await self._delivered(stream, unit, line) for stream, unit, line in waiting]
        if not any(done):
            await unless(stopping, self.here.ground.store.wait(head))

    async def _delivered(self, stream: str, unit: UnitId, line: PartyView) -> bool:
        """Deliver one; what cannot be delivered waits for news and holds nobody else up."""
        try:
            await self._deliver(stream, unit, line.authority)
        except (VaultProblem, Refusal, LookupError) as problem:
            _log.warning("not delivered", policy="delivery", error=type(problem).__name__)
            return False
        return True

    async def _deliver(self, stream: str, unit: UnitId, authority: AuthorityId) -> None:
        facts = await self.here.referrals.facts(stream)
        cause = next(fact for fact in reversed(facts) if fact.event.type in SENDS)
        now = self.here.clock.now()
        district = self.here.rulebooks.at(now).district
        regime = district.authority_by_id[authority].regime
        machine = ActorId(mac(self.here.actor_key, "machine", "delivery"))
        trace = continued(cause.metadata["traceparent"])
        asked = Asked(
            command_id=derived(cause.id, "delivered"),
            request_mac=mac(self.here.request_key, "delivery", str(cause.id)),
            correlation_id=cause.metadata["correlation_id"],
            causation_id=str(cause.id),
            traceparent=trace.traceparent,
        )
        acting = Acting(machine, authority, regime, unit)
        with asked_by("delivery", trace):
            command = RecordDelivery(unit=unit, at=now)
            await self.here.referrals.handle(stream, command, acting, asked)
