"""When an answer is due, and when somebody is next there to give it."""

from datetime import UTC, datetime

import pytest

from services.referrals.domain.referral.events import ReferralDelivered, Urgency
from services.referrals.domain.referral.state import Stage
from shared.kernel.personal import Hidden
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After
from tests.referrals.ways import INFOHUS, PSP, UKN

MIDWEEK = datetime(2021, 3, 31, 8, 0, tzinfo=UTC)
"""Wednesday before Easter, 10.00 in Denmark, where summer time has begun."""
JUST_SATURDAY = datetime(2021, 3, 5, 23, 30, tzinfo=UTC)
"""Half past midnight in Denmark, so Saturday the 6th; still Friday in Greenwich."""
BEFORE_CHRISTMAS = datetime(2021, 12, 23, 12, 0, tzinfo=UTC)


def at(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Give a moment of 2021 in UTC."""
    return datetime(2021, month, day, hour, minute, second, tzinfo=UTC)


FOR_THE_INFOHUS = [
    (Urgency.AKUT, who.FRIDAY_1540, at(3, 5, 18, 40), "4 hours"),
    (Urgency.HURTIG, who.FRIDAY_1540, at(3, 9, 22, 59, 59), "2 working_days"),
    (Urgency.ALMINDELIG, who.FRIDAY_1540, at(3, 19, 22, 59, 59), "10 working_days"),
    (Urgency.HURTIG, MIDWEEK, at(4, 7, 21, 59, 59), "2 working_days"),
    (Urgency.HURTIG, BEFORE_CHRISTMAS, at(12, 28, 22, 59, 59), "2 working_days"),
]


@pytest.mark.parametrize(("urgency", "delivered", "due", "clock"), FOR_THE_INFOHUS)
def test_the_answer_is_due_by_the_programmes_clock(
    after: After, urgency: Urgency, delivered: datetime, due: datetime, clock: str
) -> None:
    """The clock starts at delivery and runs in the unit the programme names, stored as a moment.

    Working days leave out weekends, Danish holidays and the rulebook's closing days.
    """
    drafted = happened.drafted(INFOHUS, urgency=urgency)
    said = Hidden(f"{clock} from delivery")
    expected = ReferralDelivered(by=Hidden(INFOHUS.taker), answer_due=Hidden(due), clock=said)
    case = after(INFOHUS, None, drafted, happened.sent(INFOHUS))
    case.when(asking.deliver(INFOHUS, delivered)).then(expected)


@pytest.mark.parametrize(
    ("delivered", "due"),
    [
        (who.FRIDAY_1540, at(3, 19, 22, 59, 59)),
        (JUST_SATURDAY, at(3, 20, 22, 59, 59)),
        (MIDWEEK, at(4, 14, 21, 59, 59)),
    ],
)
def test_calendar_days_are_days_in_denmark(
    after: After, delivered: datetime, due: datetime
) -> None:
    """Calendar days count them all, and end at midnight in Denmark, summer and winter."""
    said = Hidden("14 calendar_days from delivery")
    expected = ReferralDelivered(by=Hidden(PSP.taker), answer_due=Hidden(due), clock=said)
    after(PSP, Stage.SENT).when(asking.deliver(PSP, delivered)).then(expected)


def test_the_clock_starts_anew_with_each_delivery(after: After) -> None:
    """What came back for more is due anew from the day it lies there again."""
    again = after(PSP, Stage.RETURNED, happened.resent(PSP))
    said = Hidden("14 calendar_days from delivery")
    due = at(4, 14, 21, 59, 59)
    expected = ReferralDelivered(by=Hidden(PSP.taker), answer_due=Hidden(due), clock=said)
    again.when(asking.deliver(PSP, MIDWEEK)).then(expected)


def test_the_clock_starts_anew_with_a_reopening(after: After) -> None:
    """What is taken up again is due anew, counted from that day."""
    due = at(4, 14, 21, 59, 59)
    reopened = happened.reopened(PSP, due=due)
    after(PSP, Stage.CLOSED).when(asking.reopen(PSP, at=MIDWEEK)).then(reopened)


@pytest.mark.parametrize(
    ("sent", "staffed"),
    [
        (at(3, 4, 9, 0), at(3, 4, 9, 0)),
        (at(3, 5, 13, 0), who.MONDAY_0800),
        (who.FRIDAY_1540, who.MONDAY_0800),
        (at(3, 8, 5, 0), who.MONDAY_0800),
        (at(3, 31, 14, 0), at(4, 6, 6, 0)),
        (at(12, 23, 15, 0), at(12, 27, 7, 0)),
    ],
    ids=["open now", "at closing time", "friday 15.40", "before opening", "easter", "christmas"],
)
def test_the_answer_to_sending_says_when_somebody_is_there(
    after: After, sent: datetime, staffed: datetime
) -> None:
    """Whoever sends on a Friday at 15.40 is told that nobody reads it before Monday at 8.00."""
    draft = after(PSP, Stage.DRAFT)
    draft.when(asking.send(PSP, at=sent)).then(happened.sent(PSP, next_staffed=Hidden(staffed)))
    returned = after(PSP, Stage.RETURNED)
    returned.when(asking.send_again(PSP, at=sent)).then(happened.resent(PSP, staffed))


def test_unknown_hours_are_not_guessed(after: After) -> None:
    """Where the rulebook does not know when a receiver is there, nothing is said of it."""
    (sent,) = after(UKN, Stage.DRAFT).when(asking.send(UKN)).events
    assert sent == happened.sent(UKN, next_staffed=None)
