"""Whether a district's directory agrees with itself: references, dates and hours."""

from collections.abc import Iterator
from datetime import date

from shared.rulebook.checking.dockets import docket_faults
from shared.rulebook.checking.fora import forum_faults
from shared.rulebook.checking.investigating import investigating
from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.names import all_dangling, dangling, repeated
from shared.rulebook.district import District, OpeningHours, Unit
from shared.rulebook.entries import Dated
from shared.rulebook.loading import Place

LEAP_YEAR = 2024
LISTS = (
    "closing_days",
    "opening_hours",
    "akut",
    "unit_kinds",
    "authorities",
    "offices",
    "units",
    "forums",
)


def district_faults(district: District) -> Iterator[Fault]:
    """Everything in the directory that contradicts or misses something else in it."""
    for name in LISTS:
        yield from repeated((name,), getattr(district, name))
    for name in ("offices", "unit_kinds"):
        for index, each in enumerate(getattr(district, name)):
            yield from investigating((name, index), each.id, each.da, each.en)
    yield from _shared_names(district)
    yield from _reversed_dates(district)
    yield from _days_and_hours(district)
    for index, unit in enumerate(district.units):
        yield from _unit_faults(("units", index), unit, district)
    yield from _office_faults(district)
    yield from forum_faults(district)
    yield from docket_faults(district)
    yield from _read_log_faults(district)


def _read_log_faults(district: District) -> Iterator[Fault]:
    for regime, kept in district.read_log.items():
        if kept.days != "unknown" and kept.decision is None:
            da = "hverken planen eller loven siger det: skriv en dateret beslutning (decision)"
            en = "neither the plan nor the law says so: write a dated decision"
            yield Fault(("read_log", regime, "days"), "undecided-retention", da, en)


def _shared_names(district: District) -> Iterator[Fault]:
    """A unit and a forum must not share an id: a referral is addressed to either by it."""
    for index, forum in enumerate(district.forums):
        if forum.id in district.unit_by_id:
            da, en = f"{forum.id} er også en enhed", f"{forum.id} is a unit as well"
            yield Fault(("forums", index, "id"), "duplicate-id", da, en)


def _reversed_dates(district: District) -> Iterator[Fault]:
    for name in ("authorities", "units", "forums", "coverage"):
        entries: tuple[Dated, ...] = getattr(district, name)
        for index, entry in enumerate(entries):
            if entry.valid_to is not None and entry.valid_to < entry.valid_from:
                da, en = "slutter før den begynder", "it ends before it begins"
                yield Fault((name, index, "valid_to"), "dates-reversed", da, en)


def _days_and_hours(district: District) -> Iterator[Fault]:
    for index, closing in enumerate(district.closing_days):
        try:
            date(LEAP_YEAR, closing.month, closing.day)
        except ValueError:
            da, en = "den dag findes ikke", "there is no such day"
            yield Fault(("closing_days", index, "day"), "no-such-day", da, en)
    for index, hours in enumerate(district.opening_hours):
        yield from _hours_faults(("opening_hours", index, "week"), hours)


def _hours_faults(place: Place, hours: OpeningHours) -> Iterator[Fault]:
    for weekday, spans in hours.week.items():
        times = [clock_time for span in spans for clock_time in span.split("-")]
        if times != sorted(set(times)):
            da, en = "tiderne skal følge efter hinanden", "the times must follow each other"
            yield Fault((*place, weekday), "hours-reversed", da, en)


def _unit_faults(place: Place, unit: Unit, district: District) -> Iterator[Fault]:
    territories = {district.id, *district.authority_by_id}
    hours = {hours.id for hours in district.opening_hours} | {"unknown"}
    kinds = {kind.id for kind in district.unit_kinds}
    yield from dangling(
        (*place, "authority"), "authority", unit.authority, district.authority_by_id
    )
    yield from dangling((*place, "kind"), "kind", unit.kind, kinds)
    yield from all_dangling((*place, "territory"), "territory", unit.territory, territories)
    yield from dangling((*place, "hours"), "hours", unit.hours, hours)
    yield from dangling((*place, "on_call"), "hours", unit.on_call, hours)


def _office_faults(district: District) -> Iterator[Fault]:
    kinds = {kind.id for kind in district.unit_kinds}
    for index, office in enumerate(district.offices):
        place: Place = ("offices", index)
        yield from all_dangling((*place, "in_units"), "kind", office.in_units, kinds)
        if office.stands_in_for is not None:
            stood_for = office.stands_in_for
            yield from dangling(
                (*place, "stands_in_for"), "office", stood_for, district.office_by_id
            )
        if not office.in_units and not office.in_forums:
            da, en = "hvervet kan ikke haves noget sted", "the office can be held nowhere"
            yield Fault(place, "nowhere-held", da, en)
