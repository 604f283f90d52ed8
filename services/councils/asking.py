"""One request for a change of a docket: what it is about is there for who asks, or is not."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from services.councils.domain.item.state import OnDocket
from services.councils.domain.meeting.state import Convened
from services.councils.domain.streams import item_stream, meeting_stream
from services.councils.seeing import F, Look, Seeing, forum_object, item_object, meeting_object
from services.councils.wiring import SERVICE, Wiring
from shared.access.caller import Caller
from shared.access.saying import asked
from shared.api.tokens import Reached
from shared.eventstore.handling import Handled
from shared.kernel.asking import Asked
from shared.reads.reading import Kind


@dataclass(frozen=True)
class Asking:
    """One request for a change, made for a unit, on its way to the handler and back."""

    look: Seeing
    asked: Asked
    response: Response

    @property
    def here(self) -> Wiring:
        """What the service is made of."""
        return self.look.here

    @property
    def by(self) -> Caller:
        """Who asks."""
        return self.look.by

    async def item(self, item: UUID) -> OnDocket:
        """Give an item that the caller may see, and change.

        Raises ``DoesNotExist``, which is noted, and ``PurposeNotYours``.
        """
        facts = await self.here.items.facts(item_stream(item))
        state = self.here.items.decider.fold(facts)
        seen = await self.look.item(item)
        return await self._own(
            item_object(item), state if seen and isinstance(state, OnDocket) else None
        )

    async def meeting(self, meeting: UUID) -> Convened:
        """Give a meeting that the caller may change, as ``item`` does."""
        facts = await self.here.meetings.facts(meeting_stream(meeting))
        state = self.here.meetings.decider.fold(facts)
        known = state if isinstance(state, Convened) and state.intake == self.by.unit else None
        return await self._own(meeting_object(meeting), known)

    async def committee(self, forum: str) -> None:
        """Refuse whose unit keeps the docket of a forum, and whose office does not change it.

        Which unit keeps it is no secret: any other is told so, by what convenes. Raises as above.
        """
        if own := self.look.own(forum):
            await self._own(forum_object(forum), own)

    def tell(self, handled: Handled[Any, Any]) -> None:
        """Put into the answer the token that a read can wait for."""
        self.here.positions.tell(self.response, Reached(SERVICE, handled.position))

    async def _own(self, object_id: str, found: F | None) -> F:
        own, _ = await self.look.demand(Kind.CHANGE, object_id, found)
        return own


async def asking(look: Look, asked: Annotated[Asked, Depends(asked)], response: Response) -> Asking:
    """Give the request on its way to the handler; a coroutine, as others are run in a thread."""
    return Asking(look, asked, response)


Ask = Annotated[Asking, Depends(asking)]
