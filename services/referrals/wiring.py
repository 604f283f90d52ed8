"""What the doors of referrals may ask for, by name."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends
from pydantic import AwareDatetime, BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from services.referrals.domain.referral import decider
from services.referrals.domain.referral.access import guard
from services.referrals.domain.referral.commands import DraftReferral, ReferralCommand
from services.referrals.domain.referral.decisions import moves_for
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.refusals import UnknownPerson, UnknownProgramme
from services.referrals.domain.referral.state import Begun, NotBegun, Referral, Stage
from shared.access.asking_councils import AskingCouncils
from shared.access.caller import Caller, caller
from shared.access.saying import asked
from shared.api.preconditions import etag
from shared.api.tokens import Reached
from shared.eventstore.codec import Codec
from shared.eventstore.handling import Handled, Handler
from shared.eventstore.sealing import VaultSealing
from shared.kernel.asking import Asked
from shared.kernel.ids import derived
from shared.kernel.refusals import DoesNotExist
from shared.rulebook.slices import Rules
from shared.serving.keys import Keys
from shared.serving.wired import Wired
from shared.vault.holder import KeyHolder
from shared.vault.problems import UnknownSubject
from shared.vault.routing import RoutingKey

SERVICE = "referrals"
Referrals: TypeAlias = Handler[ReferralCommand, Referral, ReferralEvent, Rules]


class Moved(BaseModel):
    """What a request changed: where the referral is now, and what can be done next."""

    referral: UUID
    stage: Stage
    moves: list[str]
    next_staffed: AwareDatetime | None = None
    call: list[str] = []
    answer_due: AwareDatetime | None = None
    subject: str | None = None
    """By what your authority knows the person from now on; told when a referral is begun."""


@dataclass(frozen=True)
class Wiring(Wired):
    """Everything that a door of this service needs, made once when it starts."""

    vault: KeyHolder
    codec: Codec[ReferralEvent]
    councils: AskingCouncils | None

    @cached_property
    def referrals(self) -> Referrals:
        """What carries requests about referrals through the six steps."""
        return Handler(
            decider=decider,
            store=self.ground.store,
            codec=self.codec,
            clock=self.clock,
            rules=self.rules,
            guard=guard,
            sealing=self.sealing,
        )

    @cached_property
    def sealing(self) -> VaultSealing[ReferralEvent]:
        """What closes the facts of this service and opens them again."""
        routing = RoutingKey(self.ground.keys.derive("routing"))
        return VaultSealing(self.codec, self.vault, routing, self.actor_key)

    def rules(self, command: ReferralCommand, referral: Referral) -> Rules:
        """Give the rules for this referral's programme at the moment of the request.

        Raises ``UnknownProgramme``.
        """
        if isinstance(command, DraftReferral):
            programme = command.programme
        elif isinstance(referral, Begun):
            programme = referral.programme
        else:
            raise DoesNotExist
        rules = self.rulebooks.at(command.at).rules(programme, command.at)
        if rules is None:
            raise UnknownProgramme
        return rules


def codec_of(keys: Keys) -> Codec[ReferralEvent]:
    """Give what reads and writes this service's facts."""
    return Codec(TypeAdapter(ReferralEvent), RoutingKey(keys.derive("routing")))


async def wired(request: Request) -> Wiring:
    """Give the wiring that the service was started with."""
    wiring: Wiring = request.app.state.wiring
    return wiring


Here = Annotated[Wiring, Depends(wired)]
Known = Annotated[Caller, Depends(caller)]


@dataclass(frozen=True)
class Asking:
    """One request for a change, on its way to the handler and back."""

    here: Here
    by: Known
    asked: Annotated[Asked, Depends(asked)]
    response: Response

    async def begin(self, command: DraftReferral) -> Moved:
        """Begin a referral about a person, new or already known to this authority.

        The vault is told of nobody before it is sure that there is something to begin.
        """
        case = derived(self.asked.command_id, "referral")
        rules = self.here.rules(command, NotBegun())
        decider.decide(command, NotBegun(), rules)
        apart = rules.existence == "secret"
        authority, vault = self.by.authority, self.here.vault
        try:
            person = await vault.enrol(case, authority, known_as=command.known_as, apart=apart)
        except UnknownSubject:
            raise UnknownPerson from None
        moved = await self.move(case, command)
        return moved.model_copy(update={"subject": person})

    async def move(self, referral: UUID, command: ReferralCommand) -> Moved:
        """Ask for a change and say what became of it, with the tokens to read on by."""
        handled = await self.here.referrals.handle(
            f"referral-{referral}", command, self.by.acting, self.asked
        )
        self._tell(handled)
        return _moved(referral, handled, self.by)

    def _tell(self, handled: Handled[Referral, ReferralEvent]) -> None:
        self.here.positions.tell(self.response, Reached(SERVICE, handled.position))
        if isinstance(handled.state, Begun):
            self.response.headers["ETag"] = etag(handled.state.seen.get(self.by.unit, 0))


async def asking(
    here: Here, by: Known, asked: Annotated[Asked, Depends(asked)], response: Response
) -> Asking:
    """Give the request on its way to the handler; a coroutine, as others are run in a thread."""
    return Asking(here, by, asked, response)


Ask = Annotated[Asking, Depends(asking)]


def _moved(referral: UUID, handled: Handled[Referral, ReferralEvent], by: Caller) -> Moved:
    if not isinstance(handled.state, Begun):
        raise DoesNotExist
    told = {
        name: value.value
        for fact in handled.facts
        for name in ("next_staffed", "call", "answer_due")
        if (value := getattr(fact.event, name, None)) is not None
    }
    moves = moves_for(handled.state, by.unit)
    return Moved(referral=referral, stage=handled.state.stage, moves=moves, **told)
