"""Keeping dockets without anybody asking: what the policies want is asked of the items.

Two things run. One hears what becomes of referrals, and moves on only when what follows from it is
stored. The other looks, whenever something new is stored here, whether meetings or items have left
something undone; what is undone can be seen, so it remembers nothing. Both may be stopped at any
moment: the ids of their commands follow from their causes.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import structlog

from services.councils.domain.streams import item_stream
from services.councils.policies import (
    convening_takes_waiting,
    parts_wait_again,
    referral_comes_back,
    referral_leaves_docket,
    referral_reaches_docket,
)
from services.councils.policies.parts_wait_again import Adrift
from services.councils.policies.request import Listed, Request
from services.councils.projections import undone
from services.councils.wiring import Wiring
from shared.api.edge import NotCaughtUp
from shared.api.identity import machine_id
from shared.api.sealing import mac
from shared.api.tracing import asked_by, continued
from shared.contracts.foreign import Foreign, foreign
from shared.eventstore.codec import case_of
from shared.eventstore.port import Stored
from shared.kernel.asking import Acting, Asked
from shared.kernel.ids import AuthorityId
from shared.kernel.recorded import Recorded
from shared.kernel.refusals import DoesNotExist, NotAllowed, NotPossible, NotValid
from shared.messaging.patience import unless
from shared.messaging.sink import Sink
from shared.serving.looking import looking

REFERRALS = "referrals"
PATIENCE = 30.0
OF_ITEMS = (
    referral_leaves_docket.STRIKES.keys()
    | referral_leaves_docket.ANSWERS.keys()
    | referral_comes_back.COMES_BACK
)
_log = structlog.get_logger()


@dataclass(frozen=True)
class Machine:
    """Asks in the name of nobody, for the unit that keeps the docket."""

    here: Wiring
    policy: str

    async def ask(
        self, requests: Iterable[Request], cause: Recorded[Foreign] | None = None
    ) -> None:
        """Ask for everything in *requests*; a no is an answer, and is noted."""
        for request in requests:
            try:
                await self._ask(request, cause)
            except (NotPossible, NotAllowed, NotValid, DoesNotExist) as refusal:
                _log.warning("refused", policy=self.policy, problem=refusal.slug())

    async def _ask(self, request: Request, cause: Recorded[Foreign] | None) -> None:
        stream = item_stream(request.item)
        metadata = dict(cause.metadata) if cause else {}
        trace = continued(metadata.get("traceparent"))
        asked = Asked(
            command_id=request.command_id,
            request_mac=mac(self.here.request_key, request.step, str(request.cause)),
            correlation_id=metadata.get("correlation_id", str(trace.correlation_id)),
            causation_id=str(request.cause),
            traceparent=trace.traceparent,
        )
        with asked_by(f"{self.policy}-{request.step}", trace):
            acting = await self._acting(stream, request)
            await self.here.items.handle(stream, request.command, acting, asked)

    async def _acting(self, stream: str, request: Request) -> Acting:
        """Act for who keeps the item; the rulebook says who that is only until there is one."""
        actor = machine_id(self.here.actor_key, self.policy)
        unit = request.command.unit
        facts = await self.here.items.facts(stream)
        if facts:
            return Acting(actor, facts[0].authority, facts[0].metadata["regime"], unit)
        district = self.here.rulebooks.at(request.command.at).district
        authority = district.authority_by_id[district.unit_by_id[unit].authority]
        return Acting(actor, AuthorityId(authority.id), authority.regime, unit)


@dataclass(frozen=True)
class HearsReferrals:
    """A sink for the facts of referrals: each is acted on before it counts as heard."""

    here: Wiring
    inner: Sink

    async def position(self, source: str) -> int:
        """Give the position of the last fact that was acted on."""
        return await self.inner.position(source)

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:
        """Act on *facts*, one after the other, and then let them count as heard."""
        await self.here.up_to_date(within=PATIENCE)
        for fact in facts:
            await self._hear(fact)
        await self.inner.apply(source, facts)

    async def _hear(self, stored: Stored) -> None:
        machine = Machine(self.here, "referrals")
        if stored.type == referral_reaches_docket.SENT:
            news = foreign(stored)
            rules = self.here.rules_at(news.at)
            await machine.ask(referral_reaches_docket.react(news, rules), news)
        elif stored.type in OF_ITEMS:
            news = foreign(stored)
            items = await self._items(case_of(stored.stream))
            await machine.ask(referral_leaves_docket.react(news, items), news)
            await machine.ask(referral_comes_back.react(news, items), news)

    async def _items(self, referral: UUID) -> Sequence[Listed]:
        """Give the items of a referral, those that this very run has proposed among them."""
        await self.here.up_to_date(within=PATIENCE)
        async with self.here.views.reading() as (connection, generation):
            found = await undone.of_referral(connection, generation, referral)
        return [Listed(each.item, each.intake) for each in found]


@dataclass(frozen=True)
class Tidying:
    """Takes up what waits for a meeting, and lets parts of what has left wait on their own."""

    here: Wiring

    async def run(self, stopping: asyncio.Event) -> None:
        """Look after the dockets until *stopping* is set; what fails is tried again."""
        await looking("tidying", self._look, stopping)

    async def _look(self, stopping: asyncio.Event) -> None:
        head = await self.here.ground.store.head()
        with suppress(NotCaughtUp):
            await unless(stopping, self.here.up_to_date(within=PATIENCE))
            await self._tidy()
            await unless(stopping, self.here.ground.store.wait(head))

    async def _tidy(self) -> None:
        machine = Machine(self.here, "tidying")
        async with self.here.views.reading() as (connection, generation):
            waiting = await undone.waited_for(connection, generation)
            adrift = await undone.adrift(connection, generation)
        for stream, items in waiting.items():
            news = (await self.here.meetings.facts(stream))[0]
            listed = [Listed(each.item, each.intake) for each in items]
            await machine.ask(convening_takes_waiting.react(news, listed))
        parts = [Adrift(each.item, each.intake, each.moved_by) for each in adrift]
        await machine.ask(parts_wait_again.react(parts, self.here.clock.now()))
