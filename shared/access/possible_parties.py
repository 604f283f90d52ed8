"""Which kinds of unit can be a party of a case, and as what, by a programme's own routes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from shared.rulebook.district import District, Unit
from shared.rulebook.programme import Programme
from shared.rulebook.vocabulary import Role


def possible_parties(
    district: District, programme: Programme, day: date
) -> Mapping[Role, frozenset[str]]:
    """Give for each role the kinds of unit that can have it on *day*.

    Only units with an account count: a receiver outside the directory sees nothing.
    """
    units = [unit for unit in district.units if unit.account and unit.holds_on(day)]
    senders = {kind for route in programme.routes for kind in route.senders}
    holders = [unit for unit in units if _takes(district, programme, unit, day)]
    guests = {kind for entry in programme.let_in for kind in entry.unit_kinds}
    members = set(_members(district, programme, holders, day))
    return {
        "sender": _kinds(unit for unit in units if unit.kind in senders),
        "holder": _kinds(holders),
        "let_in": _kinds(unit for unit in units if unit.kind in guests or unit.id in members),
    }


def _kinds(units: Iterable[Unit]) -> frozenset[str]:
    return frozenset(unit.kind for unit in units)


def _takes(district: District, programme: Programme, unit: Unit, day: date) -> bool:
    forum = district.forum_of_intake(unit.id, day)
    return any(
        unit.kind == route.to.unit_kind or (forum is not None and forum.kind == route.to.forum_kind)
        for route in programme.routes
    )


def _members(
    district: District, programme: Programme, holders: list[Unit], day: date
) -> Iterator[str]:
    """Give the units that may be let in as members of the forum whose intake holds the case."""
    if any(entry.forum_members for entry in programme.let_in):
        for unit in holders:
            forum = district.forum_of_intake(unit.id, day)
            yield from (each for each in forum.unit_ids(day) if each != unit.id) if forum else ()
