"""The facts of councils, of the audit and of every service. Everything in them is made up."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from services.audit.domain.head.events import HeadSigned
from services.councils.domain.item import events as item
from services.councils.domain.meeting import events as meeting
from services.councils.domain.office.events import OfficeEnded, OfficeGranted
from services.councils.domain.rulebook.events import RulebookActivated
from shared.kernel.events import Event
from shared.kernel.ids import ActorId, ForumId, UnitId
from shared.kernel.personal import Sealed
from shared.reads.events import AlwaysHidden, ReadMade
from shared.reads.reading import Reading

FORUM, INTAKE = ForumId("made-up-forum"), UnitId("made-up-intake")
HOLDER = ActorId("0" * 64)
NOTE = (
    "kredslob/made-up\n3\n0gMTVJcJ7ZlHj4m3X9NbkB2mVvGGmEVQGwIVVbDuVxA=\n\n— kredslob/made-up AAAA\n"
)


def of_councils() -> Iterator[Event]:
    """Give a fact of each type."""
    yield from _of_items()
    yield meeting.MeetingConvened(
        forum=FORUM, intake=INTAKE, starts_at=datetime(2026, 12, 1, 8, tzinfo=UTC)
    )
    yield meeting.AgendaSent()
    yield OfficeGranted(holder=HOLDER, place="made-up-unit", office="caseworker")
    yield OfficeEnded(holder=HOLDER, place="made-up-unit", office="caseworker")
    yield RulebookActivated(
        district="made-up",
        manifest="1" * 64,
        content={"district": {"id": "made-up", "hours": None, "shares": [0.5, True, "æ"]}},
    )


def _of_items() -> Iterator[Event]:
    yield item.ItemProposed(forum=FORUM, referral=UUID(int=1), intake=INTAKE, heard=1)
    yield item.ItemScreened()
    yield item.ItemPlaced(meeting=UUID(int=2), late=True)
    yield item.ItemPostponed(reason="somebody_missing")
    yield item.ItemJoined(leading=UUID(int=3))
    yield item.ItemSeparated()
    yield item.ItemReturned(reason="another_forum")
    yield item.ItemAnswered(reason=item.WhyAnswered.DECLINED, heard=2)
    yield item.ItemProposedAgain(heard=3)
    yield item.ItemStayed(heard=4)
    yield item.ItemStruck(reason=item.WhyStruck.ENTERED_IN_ERROR, heard=5)


def of_audit() -> Iterator[Event]:
    """Give a fact of each type."""
    yield HeadSigned(note=NOTE)


def of_every_service() -> Iterator[Event]:
    """Give a fact of each type."""
    yield ReadMade(reading=AlwaysHidden[Reading](Sealed("r1~made-up")))
