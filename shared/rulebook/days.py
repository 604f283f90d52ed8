"""Civil days in Denmark: working days, when time runs out, when somebody is there."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from shared.rulebook.district import ClosingDay, OpeningHours, Weekday
from shared.rulebook.programme import Clock

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
SATURDAY = 5
LAST_MOMENT = time(23, 59, 59)
LOOK_AHEAD = 60
"""Days searched for the next opening: more than any run of closed days; then it is unknown."""


def civil_date(moment: datetime) -> date:
    """The date in Denmark at an aware *moment*."""
    return moment.astimezone(COPENHAGEN).date()


def closing_dates(days: Iterable[ClosingDay]) -> frozenset[tuple[int, int]]:
    """The rulebook's closing days as (month, day)."""
    return frozenset((day.month, day.day) for day in days)


@lru_cache(maxsize=256)
def _public_holidays(year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - 6 MiB of calendars: who reckons no days goes without

    return frozenset(holidays.country_holidays("DK", years=year))


def is_closed(day: date, closed: frozenset[tuple[int, int]]) -> bool:
    """Whether *day* is a public holiday or one of the rulebook's closing days."""
    return (day.month, day.day) in closed or day in _public_holidays(day.year)


def is_working_day(day: date, closed: frozenset[tuple[int, int]]) -> bool:
    """Whether offices are open on *day*: no Saturday or Sunday, no holiday, no closing day."""
    return day.weekday() < SATURDAY and not is_closed(day, closed)


def due(start: datetime, clock: Clock, closing_days: Iterable[ClosingDay]) -> datetime:
    """The moment in UTC at which *clock*, started at an aware *start*, has run out."""
    if clock.unit == "hours":
        return start.astimezone(UTC) + timedelta(hours=clock.amount)
    first = civil_date(start)
    if clock.unit == "calendar_days":
        return _end_of(first + timedelta(days=clock.amount))
    closed = closing_dates(closing_days)
    working = (day for day in _days_after(first) if is_working_day(day, closed))
    return _end_of(next(islice(working, clock.amount - 1, None)))


def next_open(
    hours: OpeningHours, at: datetime, closed: frozenset[tuple[int, int]]
) -> datetime | None:
    """The first moment in UTC, from an aware *at* on, within *hours*; *at* itself if open then."""
    now = at.astimezone(UTC)
    today = civil_date(at)
    for day in (today, *islice(_days_after(today), LOOK_AHEAD)):
        if is_closed(day, closed) and not hours.open_on_holidays:
            continue
        for span in hours.week.get(WEEKDAYS[day.weekday()], ()):
            opens, closes = _span(day, span)
            if now < closes:
                return max(now, opens)
    return None


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        yield day


def _end_of(day: date) -> datetime:
    return datetime.combine(day, LAST_MOMENT, COPENHAGEN).astimezone(UTC)


def _span(day: date, span: str) -> tuple[datetime, datetime]:
    opens, closes = (_moment(day, clock_time) for clock_time in span.split("-"))
    return opens, closes


def _moment(day: date, clock_time: str) -> datetime:
    if clock_time == "24:00":
        day, clock_time = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(clock_time), COPENHAGEN).astimezone(UTC)
