"""Words that the tests of councils share: who, where, and what can be asked and can happen."""

from datetime import timedelta
from uuid import UUID

from services.councils.domain.item import commands as ask
from services.councils.domain.item import events as fact
from services.councils.domain.meeting.commands import ConveneMeeting, SendAgenda
from services.councils.domain.meeting.events import MeetingConvened
from services.councils.domain.office.commands import EndOffice, GrantOffice
from shared.kernel.ids import ActorId, ForumId, UnitId
from shared.testing.scenario import A_MOMENT

NOW, NEXT_WEEK = A_MOMENT, A_MOMENT + timedelta(days=7)
PSP_ODDER, PSP_RANDERS = ForumId("psp-odder"), ForumId("psp-randers")
INFOHUS = ForumId("infohus-aarhus")
ODDER = UnitId("oestjyllands-politi-psp-odder")
RANDERS = UnitId("oestjyllands-politi-psp-randers")
SOMEBODY = ActorId("5e" * 32)
REFERRAL = UUID("018f0000-0000-7000-8000-000000000001")
MEETING = UUID("018f0000-0000-7000-8000-00000000000a")
ANOTHER_MEETING = UUID("018f0000-0000-7000-8000-00000000000b")
LEADING = UUID("018f0000-0000-7000-8000-00000000000c")

PROPOSED = fact.ItemProposed(forum=PSP_ODDER, referral=REFERRAL, intake=ODDER, heard=1)
SCREENED = fact.ItemScreened()
PLACED = fact.ItemPlaced(meeting=MEETING, late=False)
POSTPONED = fact.ItemPostponed(reason="no_time")
JOINED = fact.ItemJoined(leading=LEADING)
RETURNED = fact.ItemReturned(reason="criteria_not_met")
CLOSED = fact.ItemAnswered(reason=fact.WhyAnswered.CLOSED, heard=2)
STRUCK = fact.ItemStruck(reason=fact.WhyStruck.WITHDRAWN, heard=4)
CONVENED = MeetingConvened(forum=PSP_ODDER, intake=ODDER, starts_at=NEXT_WEEK)


def propose(forum: ForumId = PSP_ODDER) -> ask.ProposeItem:
    """Ask that a referral appears on a docket."""
    return ask.ProposeItem(unit=ODDER, at=NOW, forum=forum, referral=REFERRAL, heard=1)


def screen() -> ask.ScreenItem:
    """Ask that it waits for a meeting."""
    return ask.ScreenItem(unit=ODDER, at=NOW)


def place(
    on: UUID = MEETING, *, of: ForumId = PSP_ODDER, agenda_sent: bool = False, office: str = ""
) -> ask.PlaceItem:
    """Ask that it is put on an agenda, by somebody with an office."""
    return ask.PlaceItem(
        unit=ODDER,
        at=NOW,
        meeting=on,
        forum=of,
        agenda_sent=agenda_sent,
        offices=frozenset({office}),
    )


def postpone(reason: str = "no_time") -> ask.PostponeItem:
    """Ask that it waits for another meeting."""
    return ask.PostponeItem(unit=ODDER, at=NOW, reason=reason)


def join(of: ForumId = PSP_ODDER, *, leads_itself: bool = True) -> ask.JoinItem:
    """Ask that it becomes part of another item."""
    return ask.JoinItem(unit=ODDER, at=NOW, leading=LEADING, forum=of, leads_itself=leads_itself)


def give_back(reason: str = "criteria_not_met") -> ask.ReturnItem:
    """Ask that the committee does not take it up."""
    return ask.ReturnItem(unit=ODDER, at=NOW, reason=reason)


def strike(reason: fact.WhyStruck = fact.WhyStruck.WITHDRAWN, *, heard: int = 4) -> ask.StrikeItem:
    """Say that the referral was taken back."""
    return ask.StrikeItem(unit=ODDER, at=NOW, heard=heard, reason=reason)


def answer(heard: int = 2) -> ask.AnswerItem:
    """Say that the referral was closed."""
    closed = fact.WhyAnswered.CLOSED
    return ask.AnswerItem(unit=ODDER, at=NOW, heard=heard, reason=closed)


def propose_again(heard: int = 3) -> ask.ProposeAgain:
    """Say that the referral has come back."""
    return ask.ProposeAgain(unit=ODDER, at=NOW, heard=heard)


def separate() -> ask.SeparateItem:
    """Say that the leading item has left."""
    return ask.SeparateItem(unit=ODDER, at=NOW)


def convene(forum: ForumId = PSP_ODDER, by: UnitId = ODDER) -> ConveneMeeting:
    """Ask for a meeting next week."""
    return ConveneMeeting(unit=by, at=NOW, forum=forum, starts_at=NEXT_WEEK)


def send_agenda() -> SendAgenda:
    """Say that the agenda has gone out."""
    return SendAgenda(unit=ODDER, at=NOW)


def grant(office: str, place: str) -> GrantOffice:
    """Ask for an office for somebody."""
    return GrantOffice(unit=ODDER, at=NOW, holder=SOMEBODY, place=place, office=office)


def end(office: str, place: str) -> EndOffice:
    """Ask for the end of somebody's office."""
    return EndOffice(unit=ODDER, at=NOW, holder=SOMEBODY, place=place, office=office)
