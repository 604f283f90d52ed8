"""What the doors of councils may ask for, by name."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, ClassVar, TypeAlias

from fastapi import Depends
from pydantic import TypeAdapter
from starlette.requests import Request

from services.councils.domain import item, meeting, office, rulebook
from services.councils.domain.item import access as item_access
from services.councils.domain.item.commands import ItemCommand
from services.councils.domain.item.events import ItemEvent
from services.councils.domain.item.state import Item
from services.councils.domain.meeting import access as meeting_access
from services.councils.domain.meeting.commands import ConveneMeeting, SendAgenda
from services.councils.domain.meeting.events import MeetingEvent
from services.councils.domain.meeting.state import Meeting
from services.councils.domain.office import access as office_access
from services.councils.domain.office.commands import EndOffice, GrantOffice
from services.councils.domain.office.events import OfficeEvent
from services.councils.domain.office.state import Held, Vacant
from services.councils.domain.rulebook.commands import ActivateRulebook
from services.councils.domain.rulebook.decisions import Examined
from services.councils.domain.rulebook.events import RulebookActivated
from services.councils.domain.rulebook.state import NoRulebook, RulebookInForce
from services.councils.domain.rules import Rules
from services.councils.examining import examined
from shared.access.caller import Caller, caller
from shared.api.edge import NotCaughtUp
from shared.eventstore.codec import Codec
from shared.eventstore.handling import Handler
from shared.eventstore.sealing import Unsealed
from shared.kernel.asking import Acting, Asked
from shared.kernel.commands import Command
from shared.projections.runner import ViewsBehind
from shared.rulebook.days import civil_date
from shared.serving.wired import Wired

SERVICE = "councils"
Items: TypeAlias = Handler[ItemCommand, Item, ItemEvent, Rules]
Meetings: TypeAlias = Handler[ConveneMeeting | SendAgenda, Meeting, MeetingEvent, Rules]
Offices: TypeAlias = Handler[GrantOffice | EndOffice, Vacant | Held, OfficeEvent, Rules]
RulebookBook: TypeAlias = Handler[
    ActivateRulebook, NoRulebook | RulebookInForce, RulebookActivated, Examined
]

OF_ITEMS: Codec[ItemEvent] = Codec(TypeAdapter(ItemEvent))
OF_MEETINGS: Codec[MeetingEvent] = Codec(TypeAdapter(MeetingEvent))
OF_OFFICES: Codec[OfficeEvent] = Codec(TypeAdapter(OfficeEvent))
OF_RULEBOOKS: Codec[RulebookActivated] = Codec(TypeAdapter(RulebookActivated))


@dataclass(frozen=True)
class Wiring(Wired):
    """Everything that a door of this service needs, made once when it starts."""

    councils: ClassVar[None] = None
    """Nobody is asked who holds which office: that is known here first."""

    @cached_property
    def items(self) -> Items:
        """What carries requests about items on a docket through the six steps."""
        return Handler(
            item.decider,
            self.ground.store,
            OF_ITEMS,
            self.clock,
            self.rules,
            item_access.guard,
            Unsealed(OF_ITEMS),
        )

    @cached_property
    def meetings(self) -> Meetings:
        """What carries requests about meetings through the six steps."""
        return Handler(
            meeting.decider,
            self.ground.store,
            OF_MEETINGS,
            self.clock,
            self.rules,
            meeting_access.guard,
            Unsealed(OF_MEETINGS),
        )

    @cached_property
    def offices(self) -> Offices:
        """What carries requests about offices through the six steps."""
        return Handler(
            office.decider,
            self.ground.store,
            OF_OFFICES,
            self.clock,
            self.rules,
            office_access.guard,
            Unsealed(OF_OFFICES),
        )

    @cached_property
    def activations(self) -> RulebookBook:
        """What carries requests about the rules in force through the six steps."""
        return Handler(
            rulebook.decider,
            self.ground.store,
            OF_RULEBOOKS,
            self.clock,
            examined,
            _let,
            Unsealed(OF_RULEBOOKS),
        )

    def rules(self, command: Command, _state: object) -> Rules:
        """Give the directory as the rulebook has it at the moment of the request.

        Raises ``NoRulebook``.
        """
        return self.rules_at(command.at)

    def rules_at(self, moment: datetime) -> Rules:
        """Give the directory as the rulebook in force at *moment* has it. Raises ``NoRulebook``."""
        found = self.rulebooks.at(moment)
        return Rules(found.district, civil_date(moment), found.manifest.hash)

    async def up_to_date(self, *, within: float = 2.0) -> None:
        """Return when the read models show all that is stored by now, and the rules are known.

        Raises ``NotCaughtUp``.
        """
        try:
            await self.runner.wait_for(await self.ground.store.head(), within=within)
        except ViewsBehind as behind:
            raise NotCaughtUp from behind
        async with self.views.reading() as (connection, generation):
            await self.rulebooks.catch_up(connection, generation)


def _let(_acting: Acting, _asked: Asked, _command: Command, _state: object) -> None:
    """Leave it to the door, which lets in operators alone."""


async def wired(request: Request) -> Wiring:
    """Give the wiring that the service was started with; a coroutine, as others take a thread."""
    wiring: Wiring = request.app.state.wiring
    return wiring


Here = Annotated[Wiring, Depends(wired)]
Known = Annotated[Caller, Depends(caller)]
