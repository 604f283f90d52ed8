"""Everything that a class policy can be asked, and the fullest page that a unit can be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice, product
from pathlib import Path
from typing import NamedTuple

from benchmarks.listing import modelled, views_in
from services.referrals.domain.referral.parties import Role
from services.referrals.projections.lists import Asked, List, listed
from services.referrals.projections.party_line import PartyView
from services.referrals.sight import Asker
from shared.access.caller import Caller
from shared.access.possible_parties import possible_parties
from shared.api.identity import Identity
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.rulebook.content import Rulebook
from shared.rulebook.policies import Question
from shared.rulebook.vocabulary import CATEGORIES, ROLES
from tests.referrals.ways import INFOHUS

DAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
OFFICE, PURPOSE = "caseworker", "handling"
IN_AN_INBOX = (Role.HOLDER, Role.LET_IN)
NOBODY = ActorId("0" * 64)


class Fullest(NamedTuple):
    """The kind of unit whose inbox has most classes of case in it: programme and role."""

    kind: str
    classes: tuple[tuple[str, Role], ...]


def questions(rules: Rulebook) -> Iterator[Question]:
    """Give every question that a look can ask on one day, each once."""
    classes = {(each.space, each.existence) for each in rules.programmes.values()}
    for office in rules.district.offices:
        for purpose in rules.purposes.choosable_by(office.id):
            for category, role, (space, existence) in product(CATEGORIES, ROLES, sorted(classes)):
                yield Question(
                    action="see",
                    office=office.id,
                    purpose=purpose.id,
                    category=category,
                    role=role,
                    space=space,
                    existence=existence,
                    day=DAY,
                )


def on_days(asked: Sequence[Question], count: int) -> Iterator[Question]:
    """Give *count* questions, no two the same: these, and these again on the days that follow."""
    for number in range(count):
        turn, which = divmod(number, len(asked))
        yield replace(asked[which], day=DAY + timedelta(days=turn))


def fullest(rules: Rulebook) -> Fullest:
    """Give whose inbox is asked about most, by the routes of all programmes."""
    found: dict[str, list[tuple[str, Role]]] = {}
    for name, programme in sorted(rules.programmes.items()):
        parties = possible_parties(rules.district, programme, DAY)
        for role in IN_AN_INBOX:
            for kind in parties[role.value]:
                found.setdefault(kind, []).append((name, role))
    kind = max(sorted(found), key=lambda each: len(found[each]))
    return Fullest(kind, tuple(found[kind]))


async def a_line(folder: Path) -> PartyView:
    """Give what the holder of a received referral sees, as the view has it."""
    await modelled(folder)
    async with views_in(folder) as views, views.reading() as (connection, generation):
        (row,) = await listed(connection, generation, List.INBOX, Asked(INFOHUS.taker, (), 1))
    return row.line


def page(
    rules: Rulebook, line: PartyView, classes: Sequence[tuple[str, Role]], kind: str, size: int
) -> list[PartyView]:
    """Give *size* lines of one unit, of these *classes* in turn."""
    unit = next(each.id for each in rules.district.units if each.kind == kind)
    lines = [
        replace(
            line,
            unit=UnitId(unit),
            programme=programme,
            existence=rules.programmes[programme].existence,
            role=role,
            sees=tuple(rules.profiles.sees(programme, role.value, unit)),
        )
        for programme, role in classes
    ]
    return list(islice(cycle(lines), size))


def asker(rules: Rulebook, kind: str, day: int) -> Asker:
    """Give somebody in a unit of that kind, so many days from now: nothing is remembered of it."""
    unit = next(each for each in rules.district.units if each.kind == kind)
    by = Caller(
        identity=Identity("http://login.invalid", "opdigtet", "app", frozenset(), NOW),
        subject="opdigtet",
        actor=NOBODY,
        unit=UnitId(unit.id),
        authority=AuthorityId(unit.authority),
        regime="led",
        office=OFFICE,
        acts_as=OFFICE,
        kind=kind,
        territory=unit.territory,
    )
    return Asker(by, frozenset({NOBODY}), PURPOSE, NOW + timedelta(days=day), rules)
