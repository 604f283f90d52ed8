"""What can happen to an item of a docket.

The ``type`` strings are the storage format: add new ones, never rename old ones.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from shared.kernel.events import Event
from shared.kernel.ids import ForumId, UnitId


class WhyAnswered(StrEnum):
    """What became of the referral without it being taken back."""

    DECLINED = "declined"
    CLOSED = "closed"


class WhyStruck(StrEnum):
    """Why there is nothing left to talk about."""

    WITHDRAWN = "withdrawn"
    ENTERED_IN_ERROR = "entered_in_error"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    TAKEN_OVER = "taken_over"


class NewsOfReferral(Event):
    """Any fact that news of the referral brought about. (da: Hændelse efter nyt om henvisningen)

    ``heard`` is the version that the news has in the referral's stream. News that are not newer
    have had their effect, so they change nothing when they are heard again.
    """

    heard: int


class ItemProposed(NewsOfReferral):
    """A referral to a committee appears on its docket by itself. (da: Punkt foreslået)"""

    type: Literal["docket-item.proposed.v1"] = "docket-item.proposed.v1"
    forum: ForumId
    referral: UUID
    intake: UnitId


class ItemScreened(Event):
    """The tovholder's unit has found that it belongs here; it waits for a meeting.

    (da: Punkt visiteret)
    """

    type: Literal["docket-item.screened.v1"] = "docket-item.screened.v1"


class ItemPlaced(Event):
    """It is on the agenda of a meeting; late, where the agenda had already gone out.

    (da: Punkt sat på dagsordenen)
    """

    type: Literal["docket-item.placed.v1"] = "docket-item.placed.v1"
    meeting: UUID
    late: bool


class ItemPostponed(Event):
    """It was on an agenda and waits for another meeting. (da: Punkt udsat)

    ``reason`` is of the list that the rulebook has for this kind of forum.
    """

    type: Literal["docket-item.postponed.v1"] = "docket-item.postponed.v1"
    reason: str


class ItemJoined(Event):
    """It is dealt with as part of another item of the same docket. (da: Punkt lagt sammen)"""

    type: Literal["docket-item.joined.v1"] = "docket-item.joined.v1"
    leading: UUID


class ItemSeparated(Event):
    """The item that it was part of has left the docket, so it waits on its own.

    (da: Punkt skilt ud)
    """

    type: Literal["docket-item.separated.v1"] = "docket-item.separated.v1"


class ItemReturned(Event):
    """The committee does not take it up. (da: Punkt sendt tilbage)

    ``reason`` is of the list that the rulebook has for this kind of forum.
    """

    type: Literal["docket-item.returned.v1"] = "docket-item.returned.v1"
    reason: str


class ItemAnswered(NewsOfReferral):
    """The referral was answered for good, and its item leaves the docket. (da: Punkt besvaret)"""

    type: Literal["docket-item.answered.v1"] = "docket-item.answered.v1"
    reason: WhyAnswered


class ItemProposedAgain(NewsOfReferral):
    """The referral was sent again or taken up again, so its item is. (da: Punkt foreslået igen)"""

    type: Literal["docket-item.proposed-again.v1"] = "docket-item.proposed-again.v1"


class ItemStayed(NewsOfReferral):
    """The referral was sent or taken up again while its item was on the docket, where it stays.

    (da: Punkt blev på sagslisten)
    """

    type: Literal["docket-item.stayed.v1"] = "docket-item.stayed.v1"


class ItemStruck(NewsOfReferral):
    """The referral is over for the committee, or should never have been; this item never returns.

    (da: Punkt slettet af sagslisten)
    """

    type: Literal["docket-item.struck.v1"] = "docket-item.struck.v1"
    reason: WhyStruck


ItemEvent: TypeAlias = Annotated[
    ItemProposed
    | ItemScreened
    | ItemPlaced
    | ItemPostponed
    | ItemJoined
    | ItemSeparated
    | ItemReturned
    | ItemAnswered
    | ItemProposedAgain
    | ItemStayed
    | ItemStruck,
    Field(discriminator="type"),
]
