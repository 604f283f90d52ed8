"""When a clock runs out and when somebody is there: civil time in Denmark, stored in UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rulebook.content import Rulebook
from shared.rulebook.days import (
    COPENHAGEN,
    civil_date,
    closing_dates,
    due,
    is_working_day,
    next_open,
)
from shared.rulebook.programme import Clock

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis asks for naive bounds beside timezones


def _danish(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


def _due(rulebook: Rulebook, start: str, amount: int, unit: str) -> str:
    clock = Clock.model_validate({"amount": amount, "unit": unit})
    ends = due(_danish(start), clock, rulebook.district.closing_days)
    assert ends.tzinfo is UTC
    return ends.astimezone(COPENHAGEN).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("start", "days", "ends", "why"),
    [
        ("2026-11-13 15:40", 1, "2026-11-16", "Friday to Monday"),
        ("2026-11-14 12:00", 1, "2026-11-16", "sent on a Saturday"),
        ("2021-03-31 10:00", 1, "2021-04-06", "Easter: Thursday to Monday"),
        ("2023-05-04 10:00", 1, "2023-05-08", "Store bededag was still a holiday in 2023"),
        ("2024-04-25 10:00", 1, "2024-04-26", "and is none from 2024 on"),
        ("2026-06-04 10:00", 1, "2026-06-08", "5 June is a closing day of the rulebook"),
        ("2026-12-23 10:00", 1, "2026-12-28", "24 December, and the two days of Christmas"),
        ("2026-12-30 10:00", 1, "2027-01-04", "31 December, New Year and a weekend"),
        ("2026-11-02 10:00", 10, "2026-11-16", "two weeks without a holiday"),
    ],
)
def test_working_days(rulebook: Rulebook, start: str, days: int, ends: str, why: str) -> None:
    """Weekends, Danish holidays and the rulebook's closing days are no working days."""
    assert _due(rulebook, start, days, "working_days") == f"{ends} 23:59:59", why


@pytest.mark.parametrize(
    ("start", "days", "ends"),
    [
        ("2026-03-27 10:00", 2, "2026-03-29 23:59:59"),
        ("2026-10-24 10:00", 1, "2026-10-25 23:59:59"),
        ("2026-12-23 10:00", 7, "2026-12-30 23:59:59"),
        ("2026-02-28 23:59", 1, "2026-03-01 23:59:59"),
    ],
)
def test_calendar_days_end_with_the_danish_day(
    rulebook: Rulebook, start: str, days: int, ends: str
) -> None:
    """Calendar days count every day, and end at the same hour on both sides of summer time."""
    assert _due(rulebook, start, days, "calendar_days") == ends


@pytest.mark.parametrize(
    ("start", "ends"),
    [
        ("2026-03-29 01:00", "2026-03-29 04:00:00"),
        ("2026-10-25 01:00", "2026-10-25 02:00:00"),
        ("2026-12-24 23:00", "2026-12-25 01:00:00"),
    ],
)
def test_hours_are_hours_lived_through(rulebook: Rulebook, start: str, ends: str) -> None:
    """Two hours are two hours, through holidays and the nights when the clocks change."""
    assert _due(rulebook, start, 2, "hours") == ends


def test_the_day_is_the_danish_one() -> None:
    """Late in the evening in UTC it is already tomorrow in Denmark."""
    assert civil_date(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == date(2026, 7, 2)
    assert civil_date(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert civil_date(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)) == date(2027, 1, 1)


@given(start=MOMENTS, amount=st.integers(1, 40))
def test_between_start_and_end_lie_just_so_many_working_days(
    rulebook: Rulebook, start: datetime, amount: int
) -> None:
    """A clock of n working days ends on the n-th working day after the day it starts."""
    closing_days = rulebook.district.closing_days
    first, last = (
        civil_date(start),
        civil_date(due(start, Clock(amount=amount, unit="working_days"), closing_days)),
    )
    after = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    working = [day for day in after if is_working_day(day, closing_dates(closing_days))]
    assert len(working) == amount
    assert working[-1] == last


@pytest.mark.parametrize(
    ("at", "staffed"),
    [
        ("2026-11-13 15:40", "2026-11-16 08:00"),
        ("2026-11-13 13:59", "2026-11-13 13:59"),
        ("2026-11-13 14:00", "2026-11-16 08:00"),
        ("2026-11-16 07:59", "2026-11-16 08:00"),
        ("2026-12-23 16:00", "2026-12-28 08:00"),
        ("2026-03-27 15:00", "2026-03-30 08:00"),
    ],
)
def test_when_a_unit_is_next_staffed(rulebook: Rulebook, at: str, staffed: str) -> None:
    """A sender on Friday afternoon is told Monday morning, not over a weekend or Christmas."""
    rules = rulebook.rules("infohus", _danish(at))
    assert rules
    answer = rules.next_staffed("oestjyllands-politi-infohus-aarhus", _danish(at))
    assert answer == _danish(staffed)


def test_unknown_hours_are_not_guessed(rulebook: Rulebook) -> None:
    """A unit whose hours nobody knows is staffed nobody knows when."""
    at = _danish("2026-11-13 10:00")
    rules = rulebook.rules("ukn", at)
    assert rules
    assert rules.next_staffed("ukn-sekretariat", at) is None
    assert rules.next_staffed("no-such-unit", at) is None


def test_on_call_is_somebody(rulebook: Rulebook) -> None:
    """Plan §16: somebody is on call at Offerrådgivningen around the clock, on Christmas Eve too."""
    at = _danish("2026-12-24 23:30")
    rules = rulebook.rules("psp", at)
    assert rules
    assert rules.next_staffed("offerraadgivningen-oestjylland", at) == at


@given(at=MOMENTS)
def test_the_next_opening_is_never_in_the_past(rulebook: Rulebook, at: datetime) -> None:
    """Whatever the moment, the next opening is now or later, on a working day in office hours."""
    closed = closing_dates(rulebook.district.closing_days)
    answer = next_open(rulebook.district.opening_hours[0], at, closed)
    assert answer is not None
    assert answer >= at
    local = answer.astimezone(COPENHAGEN)
    assert is_working_day(local.date(), closed)
    assert "08:00" <= local.strftime("%H:%M") < "15:30"
