"""The lists of a unit, page by page: complete, in order, nothing twice, whatever arrives meanwhile.

The units of this file send to and hear from nobody else, so what they hold is known.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest

from shared.eventstore.port import Stored
from shared.eventstore.sqlite_log import SqliteLog
from shared.platform.supervising import Platform
from tests.doors.cases import INTAKE, draft
from tests.doors.cases import SENDING as TO_NORDDJURS
from tests.doors.knocking import knock, refused
from tests.doors.people import BUSY_HOLDER, BUSY_SENDER, POLICE, SSP, person
from tests.journeys.world import Person, World

MANY, SIZE = 31, 7
URGENCIES = ("almindelig", "hurtig", "akut")
SENDING = {**TO_NORDDJURS, "addressee": "infohus-syddjurs"}
ERROR = "referral.entered-in-error.v1"
OWN_AFFAIRS = frozenset({"referral.claimed.v1", "referral.case-number-set.v1"})


async def _more(world: World, urgency: str) -> str:
    sender = person(world, BUSY_SENDER)
    case = await draft(sender, "infohus", INTAKE, urgency)
    await sender.post(f"/referrals/{case}/sending", SENDING)
    return case


async def _filled(platform: Platform) -> None:
    async with World(platform) as world:
        sender, holder = person(world, BUSY_SENDER), person(world, BUSY_HOLDER)
        await asyncio.gather(sender.token(), holder.token())
        for start in range(0, MANY, 8):
            numbers = range(start, min(start + 8, MANY))
            await asyncio.gather(*(_more(world, URGENCIES[n % 3]) for n in numbers))

        async def delivered() -> bool:
            inbox = (await holder.get("/inbox?size=200")).body["items"]
            return len(inbox) >= MANY and all(e["stage"] == "delivered" for e in inbox)

        await world.eventually("all are delivered", delivered)
        cases = [e["referral"] for e in (await holder.get("/inbox?size=200")).body["items"]]
        for case in cases[:3]:
            await holder.post(f"/referrals/{case}/reception")
            await holder.post(f"/referrals/{case}/claim")
            await sender.put(f"/referrals/{case}/case-number", {"number": "2021-1"})


@pytest.fixture(scope="module")
def full(platform: Platform) -> Platform:
    """Give the platform with many referrals between the two units."""
    asyncio.run(_filled(platform))
    return platform


async def _facts(platform: Platform) -> Sequence[Stored]:
    """Give the facts of the referrals that the busy sender began."""
    log = SqliteLog.open(platform.var / "referrals/events.db")
    try:
        stored = await log.read_all(0, 100_000)
    finally:
        await log.close()
    begun = {each.stream for each in stored if BUSY_SENDER in str(each.data)}
    return [each for each in stored if each.stream in begun]


def _cases(facts: Sequence[Stored], kind: str) -> list[str]:
    """Give the referrals to which this happened, in the order in which it did, without errors."""
    gone = {each.stream for each in facts if each.type == ERROR}
    there = (each for each in facts if each.type == kind and each.stream not in gone)
    return [each.stream.partition("-")[2] for each in there]


async def _settled(world: World) -> list[str]:
    """Wait until whatever was sent lies in the inbox, and give it, oldest first."""
    sent = _cases(await _facts(world.platform), "referral.sent.v1")
    holder = person(world, BUSY_HOLDER)

    async def all_there() -> bool:
        inbox = (await holder.get("/inbox?size=200")).body["items"]
        return set(sent) <= {each["referral"] for each in inbox}

    await world.eventually("all is delivered", all_there)
    return sent


async def _paged(who: Person, place: str, between: Any = None) -> list[Mapping[str, Any]]:  # noqa: ANN401 - a coroutine function
    """Read a list to its end, seven at a time, with something happening *between* two pages."""
    found: list[Mapping[str, Any]] = []
    page = (await who.get(f"{place}?size={SIZE}")).body
    while page["items"]:
        assert len(page["items"]) <= SIZE
        assert len(found) < 20 * MANY, "the list has no end"
        found += page["items"]
        cursor = page.get("cursor") or page.get("next")
        if cursor is None:
            break
        if between is not None:
            await between()
        page = (await who.get(f"{place}?size={SIZE}&after={cursor}")).body
    return found


async def test_the_inbox_is_read_newest_first(world: World, full: Platform) -> None:
    """An inbox read page by page is what arrived, newest first, each referral once."""
    assert full is world.platform
    arrived = await _settled(world)
    found = await _paged(person(world, BUSY_HOLDER), "/inbox")
    assert len(arrived) >= MANY
    assert [each["referral"] for each in found] == arrived[::-1]
    assert {each["name"] for each in found} == {INTAKE["name"]}
    assert [each["arrived"] for each in found] == sorted(
        (each["arrived"] for each in found), reverse=True
    )


async def test_the_sent_list_is_read_newest_first(world: World, full: Platform) -> None:
    """The list of what a unit has begun is complete and in order, drafts among them."""
    unsent = await draft(person(world, BUSY_SENDER), "infohus", INTAKE)
    found = await _paged(person(world, BUSY_SENDER), "/sent")
    begun = _cases(await _facts(full), "referral.drafted.v1")
    assert [each["referral"] for each in found] == begun[::-1]
    assert next(e for e in found if e["referral"] == unsent)["stage"] == "draft"


async def test_the_due_list_is_read_most_urgent_first(world: World, full: Platform) -> None:
    """What a unit owes an answer is read in the order in which the answers fall due."""
    assert full is world.platform
    sent = await _settled(world)
    found = await _paged(person(world, BUSY_HOLDER), "/due")
    moments = [each["answer_due"] for each in found]
    assert moments == sorted(moments)
    assert sorted(each["referral"] for each in found) == sorted(sent)
    assert {each["urgency"] for each in found[:SIZE]} == {"akut"}


@pytest.mark.parametrize("place", ["/inbox", "/due"])
async def test_what_arrives_meanwhile_disturbs_no_list(
    world: World, full: Platform, place: str
) -> None:
    """Whoever reads page by page while others send misses nothing and sees nothing twice."""
    assert full is world.platform
    there = await _settled(world)

    async def arriving() -> None:
        await _more(world, "hurtig")

    found = [e["referral"] for e in await _paged(person(world, BUSY_HOLDER), place, arriving)]
    assert len(found) == len(set(found))
    assert set(there) <= set(found)


@pytest.mark.parametrize("who", [BUSY_SENDER, BUSY_HOLDER])
async def test_the_feed_tells_every_fact_that_a_unit_may_see(
    world: World, full: Platform, who: str
) -> None:
    """Read from its beginning, a unit's feed holds each fact it may see, in order, none twice.

    What had been told of a referral that is over by error is a tombstone since.
    """
    feed = await _paged(person(world, who), "/changes")
    told = [(each["referral"], each["type"]) for each in feed]
    seen: list[tuple[str, str]] = []
    facts = await _facts(full)
    over = {each.stream: each.version for each in facts if each.type == ERROR}
    for fact in facts:
        of_others = fact.type in OWN_AFFAIRS and _by(fact) != who
        before_it_came = who == BUSY_HOLDER and fact.type == "referral.drafted.v1"
        if not (of_others or before_it_came):
            kind = "closed" if fact.version < over.get(fact.stream, 0) else fact.type
            seen.append((fact.stream.partition("-")[2], kind))
    assert told == seen[: len(told)]
    assert len(told) >= 3 * MANY - (MANY if who == BUSY_HOLDER else 0)


def _by(fact: Stored) -> str:
    return str(json.loads(fact.data)["by"])


async def test_a_feed_goes_on_from_its_cursor(world: World, full: Platform) -> None:
    """Whoever keeps the cursor hears what is new, once, also after hearing nothing."""
    assert full is world.platform
    holder, cursor = person(world, BUSY_HOLDER), ""
    while True:
        page = (
            await holder.get(f"/changes?size=200&after={cursor}" if cursor else "/changes")
        ).body
        cursor = page["cursor"]
        if not page["items"]:
            break
    case = await _more(world, "hurtig")

    async def heard() -> list[Any]:
        items = (await holder.get(f"/changes?after={cursor}")).body["items"]
        return items if len(items) >= 2 else []

    news = await world.eventually("the news is heard", heard)
    assert [(each["referral"], each["type"]) for each in news] == [
        (case, "referral.sent.v1"),
        (case, "referral.delivered.v1"),
    ]
    assert all(a["at"] <= b["at"] for a, b in pairwise(news))


async def test_a_cursor_belongs_to_one_list_of_one_unit(world: World, full: Platform) -> None:
    """A cursor of another unit, of another list, or of nobody's making is refused."""
    assert full is world.platform
    holder = person(world, BUSY_HOLDER)
    cursors = {
        place: (await holder.get(f"{place}?size=2")).body["next"] for place in ("/inbox", "/due")
    }
    cursors["/changes"] = (await holder.get("/changes?size=2")).body["cursor"]
    for place, cursor in cursors.items():
        for who in (POLICE, SSP, BUSY_SENDER):
            answer = await knock(person(world, who), "GET", f"{place}?after={cursor}")
            refused(answer, "cursor-not-valid", 422)
        for other in {*cursors, "/sent"} - {place}:
            answer = await knock(holder, "GET", f"{other}?after={cursor}")
            refused(answer, "cursor-not-valid", 422)
        for made_up in ("x", "", "%00", cursor[:-2], cursor + "A", "æ"):
            answer = await knock(holder, "GET", f"{place}?after={made_up}")
            refused(answer, "cursor-not-valid", 422)


@pytest.mark.parametrize("size", ["0", "-1", "201", "many", "", "1.5", "9" * 30])
async def test_a_page_has_one_to_two_hundred_lines(world: World, size: str) -> None:
    """A page of no lines, or of more than 200, is asked for in vain."""
    answer = await knock(person(world, BUSY_HOLDER), "GET", f"/inbox?size={size}")
    refused(answer, "malformed-body", 422)


async def test_what_was_entered_in_error_leaves_the_lists(world: World, full: Platform) -> None:
    """A referral that should never have been made leaves every list, and the feed says so."""
    assert full is world.platform
    sender, holder = person(world, BUSY_SENDER), person(world, BUSY_HOLDER)
    case = await _more(world, "akut")

    async def lies_there() -> bool:
        return case in str((await holder.get("/due?size=200")).body)

    await world.eventually("it is delivered", lies_there)
    await sender.post(f"/referrals/{case}/error", {"reason": "Opdigtet fejl."})
    for who, place in ((sender, "/sent"), (holder, "/inbox"), (holder, "/due")):
        assert case not in str(await _paged(who, place))
    last = (await _paged(holder, "/changes"))[-1]
    assert (last["referral"], last["stage"]) == (case, "entered_in_error")
