"""What the doors of referrals may ask for, by name."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends
from pydantic import AwareDatetime, BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from services.referrals.doing import BY_ITSELF, KINDS, NARROWS
from services.referrals.domain.referral import decider
from services.referrals.domain.referral.access import guarded_by
from services.referrals.domain.referral.commands import DraftReferral, ReferralCommand
from services.referrals.domain.referral.decisions import moves_for
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.refusals import (
    NotForYourOffice,
    UnknownPerson,
    UnknownProgramme,
)
from services.referrals.domain.referral.state import Begun, NotBegun, Referral, Stage
from services.referrals.domain.safeguards.commands import SeeToTry
from services.referrals.domain.safeguards.refusals import NotYoursToSeeTo
from services.referrals.domain.sharing.upcasts import (
    LET_IN_BEFORE,
    LET_IN_NOW,
    seen_from_joining,
)
from services.referrals.permitting import permitted, programme_of, sees_nothing
from services.referrals.tried import TryNames
from shared.access.asking_councils import AskingCouncils
from shared.access.caller import Caller, caller
from shared.access.marking import Marking, marking_of
from shared.access.noting import Notes, Why
from shared.access.purposes import first_purpose
from shared.access.saying import asked, asked_by_anyone
from shared.api.labels import Administrative
from shared.api.preconditions import etag
from shared.api.tokens import Reached
from shared.eventstore.codec import Codec, Upcast
from shared.eventstore.handling import Handled, Handler
from shared.eventstore.sealing import VaultSealing
from shared.kernel.asking import Acting, Asked
from shared.kernel.ids import ActorId, derived
from shared.kernel.refusals import DoesNotExist, NotAllowed
from shared.reads.reading import Kind
from shared.rulebook.slices import Rules
from shared.serving.keys import Keys
from shared.serving.wired import Wired
from shared.vault.holder import KeyHolder
from shared.vault.problems import UnknownSubject
from shared.vault.routing import RoutingKey

SERVICE = "referrals"
UPCASTS = {LET_IN_BEFORE: Upcast(LET_IN_NOW, seen_from_joining)}
Referrals: TypeAlias = Handler[ReferralCommand, Referral, ReferralEvent, Rules]


class Moved(BaseModel):
    """What a request changed: where the referral is now, and what can be done next."""

    referral: Administrative[UUID]
    stage: Administrative[Stage]
    moves: Administrative[list[str]]
    next_staffed: Administrative[AwareDatetime | None] = None
    call: Administrative[list[str]] = []
    answer_due: Administrative[AwareDatetime | None] = None
    subject: Administrative[str | None] = None
    """By what your authority knows the person from now on; told when a referral is begun."""
    marking: Administrative[Marking | None] = None


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
            guard=self.guard,
            sealing=self.sealing,
        )

    @cached_property
    def sealing(self) -> VaultSealing[ReferralEvent]:
        """What closes the facts of this service and opens them again."""
        routing = RoutingKey(self.ground.keys.derive("routing"))
        return VaultSealing(self.codec, self.vault, routing, self.actor_key)

    def in_case(self, actor: ActorId, referral: UUID) -> ActorId:
        """Give the code by which a secret referral knows a person."""
        return self.sealing.actor_in(f"referral-{referral}", actor)

    def codes_of(self, actor: ActorId, referral: UUID) -> frozenset[ActorId]:
        """Give the codes by which a person may be known on a referral."""
        return frozenset({actor, self.in_case(actor, referral)})

    def guard(
        self, acting: Acting, asked: Asked, command: ReferralCommand, referral: Referral
    ) -> None:
        """Refuse who is no party or kept out, and then whose office does not do such a thing.

        A party that is shown nothing of it does nothing either, and nobody sees to their own try.
        Raises ``DoesNotExist``, ``OutOfDate``, ``NotYoursToSeeTo`` and ``NotForYourOffice``.
        """
        rules, by_itself = self.rulebooks.at(command.at), type(command) in BY_ITSELF
        decision = permitted(rules, acting, command, referral)
        hidden = sees_nothing(rules, acting, command, referral)
        if hidden and not by_itself:
            raise DoesNotExist
        guarded_by(self.rules)(acting, asked, command, referral)
        if isinstance(command, SeeToTry) and self._tried(acting, command, referral):
            raise NotYoursToSeeTo
        if not by_itself and not decision.allowed:
            raise NotForYourOffice(policies=list(decision.policies))

    def _tried(self, acting: Acting, command: SeeToTry, referral: Referral) -> bool:
        """Say whether who sees to a try is who tried, in whichever hat."""
        tries = referral.safeguards.tries if isinstance(referral, Begun) else {}
        noticed, names = tries.get(command.noticed), TryNames.of(self.ground.keys)
        return noticed is not None and any(names.is_of(noticed.entry, c) for c in acting.codes)

    def rules(self, command: ReferralCommand, referral: Referral) -> Rules:
        """Give the rules for this referral's programme at the moment of the request.

        Raises ``UnknownProgramme``.
        """
        programme = programme_of(command, referral)
        if programme is None:
            raise DoesNotExist
        rules = self.rulebooks.at(command.at).rules(programme, command.at)
        if rules is None:
            raise UnknownProgramme
        return rules


def codec_of(keys: Keys) -> Codec[ReferralEvent]:
    """Give what reads and writes this service's facts."""
    return Codec(TypeAdapter(ReferralEvent), RoutingKey(keys.derive("routing")), UPCASTS)


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
    notes: Notes
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
        """Ask for a change and say what became of it, with the tokens to read on by.

        What takes access away is answered when this service's views have passed it. A try at what
        does not exist for who asks is noted, and one at a glass that is not theirs to break. Raises
        ``NotCaughtUp`` besides what the handler does.
        """
        stream = f"referral-{referral}"
        try:
            handled = await self.here.referrals.handle(stream, command, self.by.acting, self.asked)
        except (DoesNotExist, NotAllowed) as refusal:
            if isinstance(refusal, DoesNotExist) or type(command) in KINDS:
                await self._note_denied(referral, command)
            raise
        if any(isinstance(fact.event, NARROWS) for fact in handled.facts):
            await self.here.ground.passed(Reached(SERVICE, handled.position))
        self._tell(handled)
        return self._moved(referral, handled)

    async def _note_denied(self, referral: UUID, command: ReferralCommand) -> None:
        rules = self.here.rulebooks.at(command.at)
        purpose = first_purpose(rules.purposes, self.by.acts_as)
        kind = KINDS.get(type(command), Kind.CHANGE)
        await self.notes.denied(kind, f"referral:{referral}", Why(purpose))

    def _moved(self, referral: UUID, handled: Handled[Referral, ReferralEvent]) -> Moved:
        state = handled.state
        if not isinstance(state, Begun):
            raise DoesNotExist
        told = {
            name: value.value
            for fact in handled.facts
            for name in ("next_staffed", "call", "answer_due")
            if (value := getattr(fact.event, name, None)) is not None
        }
        moves = moves_for(state, self.by.unit)
        rules = self.here.rulebooks.at(self.here.clock.now())
        closing = state.closings.get(self.by.unit)
        marking = None
        if closing is None or closing.kind != "taken_over":
            marking = marking_of(rules, state.programme, state.basis)
        return Moved(
            referral=referral,
            stage=state.stage_for(self.by.unit),
            moves=moves,
            marking=marking,
            **told,
        )

    def _tell(self, handled: Handled[Referral, ReferralEvent]) -> None:
        self.here.positions.tell(self.response, Reached(SERVICE, handled.position))
        if isinstance(handled.state, Begun):
            self.response.headers["ETag"] = etag(handled.state.seen.get(self.by.unit, 0))


async def asking(
    here: Here,
    by: Known,
    asked: Annotated[Asked, Depends(asked)],
    notes: Notes,
    response: Response,
) -> Asking:
    """Give the request on its way to the handler; a coroutine, as others are run in a thread."""
    return Asking(here, by, asked, notes, response)


async def asking_in_oversight(
    here: Here,
    by: Known,
    asked: Annotated[Asked, Depends(asked_by_anyone)],
    notes: Notes,
    response: Response,
) -> Asking:
    """Give the same for a request that who oversees may make as well."""
    return Asking(here, by, asked, notes, response)


Ask = Annotated[Asking, Depends(asking)]
Overseen = Annotated[Asking, Depends(asking_in_oversight)]
