"""Calling a committee together."""

from datetime import datetime, timedelta, timezone

import pytest

from services.councils.domain import meeting
from services.councils.domain.item.refusals import KeepsNoDocket
from services.councils.domain.meeting.commands import ConveneMeeting, SendAgenda
from services.councils.domain.meeting.events import AgendaSent, MeetingEvent
from services.councils.domain.meeting.refusals import (
    AgendaAlreadySent,
    AlreadyConvened,
    NotYourCommittee,
    StartsInPast,
    StartsTooLate,
)
from services.councils.domain.meeting.state import Meeting
from services.councils.domain.rules import Rules
from shared.kernel.ids import ForumId
from shared.kernel.refusals import DoesNotExist
from shared.testing.scenario import Scenario
from tests.councils.saying import CONVENED, INFOHUS, NOW, RANDERS, convene, send_agenda

AMeeting = Scenario[ConveneMeeting | SendAgenda, Meeting, MeetingEvent, Rules]


@pytest.fixture
def a_meeting(rules: Rules) -> AMeeting:
    """A meeting that nobody has convened yet."""
    return Scenario(meeting.decider, rules)


def test_the_tovholders_unit_convenes(a_meeting: AMeeting) -> None:
    """The unit that takes in a committee's referrals calls it together (plan §18)."""
    a_meeting.when(convene()).then(CONVENED)


def test_no_other_unit_convenes(a_meeting: AMeeting) -> None:
    """A committee is convened by its own intake and by no other unit."""
    a_meeting.when(convene(by=RANDERS)).then_refused(NotYourCommittee)


@pytest.mark.parametrize("forum", [INFOHUS, "kredsraad-oestjylland", "no-such-forum"])
def test_a_forum_without_docket_takes_no_referrals(a_meeting: AMeeting, forum: str) -> None:
    """An infohus has its concerns at its intake, never on a network meeting (law §5)."""
    a_meeting.when(convene(forum=ForumId(forum))).then_refused(KeepsNoDocket)


@pytest.mark.parametrize("late", [timedelta(), timedelta(days=1)])
def test_a_meeting_lies_ahead(a_meeting: AMeeting, late: timedelta) -> None:
    """A meeting begins after it was convened."""
    command = convene().model_copy(update={"starts_at": NOW - late})
    a_meeting.when(command).then_refused(StartsInPast)


@pytest.mark.parametrize(
    "starts_at",
    [
        NOW + timedelta(days=5 * 365, seconds=1),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-14))),
    ],
)
def test_a_meeting_lies_within_five_years(a_meeting: AMeeting, starts_at: datetime) -> None:
    """A slip in the year is refused, and so is what is no moment in UTC: no view could show it."""
    command = convene().model_copy(update={"starts_at": starts_at})
    a_meeting.when(command).then_refused(StartsTooLate)


def test_a_meeting_is_kept_in_utc(a_meeting: AMeeting) -> None:
    """However the moment was written, it is stored as all stored times are."""
    command = convene()
    local = command.starts_at.astimezone(timezone(timedelta(hours=2)))
    (convened,) = a_meeting.when(command.model_copy(update={"starts_at": local})).events
    assert convened.model_dump_json() == CONVENED.model_dump_json()


def test_a_meeting_is_convened_once(a_meeting: AMeeting) -> None:
    """The same meeting is not convened again."""
    a_meeting.given(CONVENED).when(convene()).then_refused(AlreadyConvened)


def test_the_agenda_goes_out_once(a_meeting: AMeeting) -> None:
    """An agenda that has gone out is not sent again, and never without a meeting."""
    a_meeting.given(CONVENED).when(send_agenda()).then(AgendaSent())
    a_meeting.given(CONVENED, AgendaSent()).when(send_agenda()).then_refused(AgendaAlreadySent)
    a_meeting.when(send_agenda()).then_refused(DoesNotExist)
