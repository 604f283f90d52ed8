"""Every line of the matrix as a row of a real database, found by the queries of the doors.

What is on which list, in which feed, and whether there is a line at all, the service's own queries
say: of each referral once for each unit, as nothing of that depends on the person.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import UUID

from services.referrals.projections.changes import News, news
from services.referrals.projections.lists import Asked, Awaited, List, Row, listed, waiting
from services.referrals.projections.one import line_of
from services.referrals.projections.party_line import PartyView
from services.referrals.projections.party_view import ACTIVATED, feed
from shared.contracts.foreign import foreign
from shared.eventstore.port import Stored
from shared.kernel.clock import StandingClock, written
from shared.kernel.ids import AuthorityId, UnitId
from shared.kernel.recorded import Recorded
from shared.projections.views import Views
from tests.access import everybody as every
from tests.access.everybody import NOW, Place, Situation

ALL = 1_000
OVERSIGHT = UnitId("tilsyn")
"""Who oversees an authority asks in a unit that is no party itself."""


class Who(NamedTuple):
    """For whom something is looked for: a unit, or who oversees a whole authority."""

    unit: UnitId
    whole: AuthorityId | None = None


class Found(NamedTuple):
    """What the service's own queries give somebody of one referral."""

    line: PartyView | None
    rows: Mapping[List, Row]
    waits: Row | None
    news: News | None
    """The newest."""


class Asks(NamedTuple):
    """A referral, and somebody who looks for it."""

    referral: UUID
    who: Who


@cache
def shelf(space: str) -> Mapping[Asks, Found]:
    """Give what everybody of a space finds of each referral."""
    return asyncio.run(_filled(list(told_of(space))))


def told_of(space: str) -> Iterator[tuple[Place, Situation]]:
    """Give every place of a space in every situation that is held against the law."""
    for place in every.places(space):
        for situation in every.situations_of(place):
            yield place, situation


def lookers(place: Place) -> tuple[Who, Who]:
    """Give who looks in a place: the unit, and who oversees its authority."""
    unit = UnitId(every.units_of(place)[place.role])
    return Who(unit), Who(OVERSIGHT, every.overseen_in(place))


async def _filled(told: list[tuple[Place, Situation]]) -> Mapping[Asks, Found]:
    facts: dict[UUID, Recorded[Any]] = {}
    for place, situation in told:
        facts |= {fact.id: fact for fact in every.facts_of(place, situation, len(facts))}

    def decode(stored: Stored) -> Recorded[Any]:
        return facts[stored.id] if stored.id in facts else foreign(stored)

    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'views.db'}"
        views = await Views.open(url, (feed,), decode, StandingClock(NOW))
        await views.apply("councils", [_rules()])
        await views.apply("referrals", [_stored(fact) for fact in facts.values()])
        assert await views.parked_list() == []
        found = await _found(views, told)
        await views.close()
    return found


def _rules() -> Stored:
    said = {"recorded_at": written(NOW), "authority": "operator", "actor": "", "rulebook": ""}
    body = json.dumps({"type": ACTIVATED, "content": every.rulebook().content})
    metadata = json.dumps(said).encode()
    return Stored(1, "rulebook", 0, every.REFERRAL, ACTIVATED, metadata, body.encode())


def _stored(fact: Recorded[Any]) -> Stored:
    name = (fact.position, fact.stream, fact.version, fact.id, fact.event.type)
    return Stored(*name, b"", b"")


async def _found(views: Views, told: list[tuple[Place, Situation]]) -> Mapping[Asks, Found]:
    asked: dict[Who, list[UUID]] = defaultdict(list)
    for place, situation in told:
        for who in lookers(place):
            asked[who].append(every.referral_of(place, situation))
    found: dict[Asks, Found] = {}
    for who, referrals in asked.items():
        found |= await _found_by(views, who, referrals)
    return found


async def _found_by(views: Views, who: Who, referrals: Iterable[UUID]) -> Mapping[Asks, Found]:
    """Give what one looker finds of some referrals: each query is asked once."""
    async with views.reading() as (connection, generation):
        rows = {
            which: _by_id(await listed(connection, generation, which, Asked(who.unit, (), ALL)))
            for which in List
        }
        waits = _by_id(await waiting(connection, generation, Awaited(*who, NOW, size=ALL)))
        told = await news(connection, generation, who.unit, 0, ALL * ALL)
        newest = {UUID(each.change.referral): each for each in told}
        return {
            Asks(each, who): Found(
                line=await line_of(connection, generation, each, who.unit, who.whole),
                rows={which: found[each] for which, found in rows.items() if each in found},
                waits=waits.get(each),
                news=newest.get(each),
            )
            for each in referrals
        }


def _by_id(rows: Iterable[Row]) -> Mapping[UUID, Row]:
    return {UUID(row.referral): row for row in rows}
