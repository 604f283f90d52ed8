"""What only an operator's machine may do: rules and offices. It acts for no authority."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from services.councils.wiring import SERVICE, Here, Wiring
from shared.api.edge import NotCaughtUp
from shared.api.idempotency import wish
from shared.api.identity import Identity, actor_id, signed_in
from shared.api.tokens import Reached
from shared.api.tracing import trace_of
from shared.eventstore.handling import Handled
from shared.kernel.asking import Acting, Asked
from shared.kernel.ids import AuthorityId, UnitId
from shared.messaging.backfill import ask_passed
from shared.platform.layout import KNOWN_BY
from shared.serving.operating import NotAnOperator

SCOPE, READING = "directory", "directory-read"
OPERATOR_UNIT, OPERATOR = UnitId("operator"), AuthorityId("operator")


def operator(identity: Annotated[Identity, Depends(signed_in)]) -> Identity:
    """Give who operates the platform. Raises ``NotAnOperator``."""
    if SCOPE not in identity.scopes:
        raise NotAnOperator
    return identity


def reader(identity: Annotated[Identity, Depends(signed_in)]) -> Identity:
    """Give who may look offices up: the operator, or another service. Raises ``NotAnOperator``."""
    if not identity.scopes & {SCOPE, READING}:
        raise NotAnOperator
    return identity


@dataclass(frozen=True)
class Operating:
    """One request of an operator, on its way to the handler and back."""

    here: Here
    identity: Annotated[Identity, Depends(operator)]
    request: Request
    response: Response

    async def asked(self) -> Asked:
        """Give what makes this request itself. Raises what a bad Idempotency-Key raises."""
        key, who = self.here.request_key, (self.identity.subject,)
        asks = await wish(self.request, unit=OPERATOR_UNIT, asks=who, key=key)
        trace = trace_of(self.request)
        return Asked(
            command_id=asks.command_id,
            request_mac=asks.request_mac,
            correlation_id=str(trace.correlation_id),
            causation_id=str(asks.command_id),
            traceparent=trace.traceparent,
        )

    def acting(self, place: str | None = None) -> Acting:
        """Give in whose file it is recorded: that of the authority whose *place* it is about."""
        identity = self.identity
        actor = actor_id(self.here.actor_key, identity.issuer, identity.subject)
        authority, regime = _keeper(self.here, place) if place else (OPERATOR, "gdpr")
        return Acting(actor, authority, regime, OPERATOR_UNIT)

    async def shown(self, handled: Handled[Any, Any]) -> bool:
        """Say whether this service's read models show what was done, and give the token for it."""
        reached = Reached(SERVICE, handled.position)
        self.here.positions.tell(self.response, reached)
        try:
            await self.here.ground.passed(reached)
        except NotCaughtUp:
            return False
        return True

    async def unknown_to(self, handled: Handled[Any, Any]) -> list[str]:
        """Give the services whose views do not show what was done; all are asked at once.

        One that says nothing may still let somebody in by what it knew before, so it is named.
        """
        bus, position, others = self.here.ground.bus, handled.position, KNOWN_BY[SERVICE]
        asked = (ask_passed(bus, each, position) for each in others)
        answers = await asyncio.gather(self.shown(handled), *asked)
        told = zip((SERVICE, *others), answers, strict=True)
        return [service for service, knows in told if not knows]


def _keeper(here: Wiring, place: str) -> tuple[AuthorityId, str]:
    district = here.rulebooks.at(here.clock.now()).district
    forum = district.forum_by_id.get(place)
    unit = district.unit_by_id.get(forum.intake if forum else place)
    if unit is None:
        return OPERATOR, "gdpr"
    authority = district.authority_by_id[unit.authority]
    return AuthorityId(authority.id), authority.regime


Operate = Annotated[Operating, Depends()]
