"""What is new for a party has numbers without gaps, whatever came between or was buried."""

import json
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.kernel.events import Event
from shared.projections.rebuild import Rebuild
from shared.projections.views import Views
from tests.projections import ruled
from tests.projections.circles import (
    SOURCE,
    Joined,
    Left,
    Log,
    Noted,
    Unreadable,
    drawn,
)
from tests.projections.conftest import Opens, digest, rows
from tests.projections.test_applying import Stops

PARTIES = st.sampled_from(["a", "b", "c", "ø"])
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.lists(PARTIES, max_size=3, unique=True).map(lambda parties: drawn(*parties)),
    PARTIES.map(lambda party: Joined(party=party)),
    PARTIES.map(lambda party: Left(party=party)),
    st.text("xyz", max_size=2).map(lambda word: Noted(word=word)),
)
STREAMS = st.sampled_from(["circle-1", "circle-2", "circle-3"])
HISTORIES = st.lists(st.tuples(STREAMS, EVENTS), max_size=25)
FEW = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])


def told(history: list[tuple[str, Event]]) -> Log:
    """Give the log of a history."""
    log = Log()
    for stream, event in history:
        log.record(stream, event)
    return log


async def numbers(views: Views) -> dict[str, list[int]]:
    """Give the numbers of each party's feed."""
    found: dict[str, list[int]] = {}
    for row in await rows(views, "news"):
        found.setdefault(row.party, []).append(row.number)
    return found


async def dense(views: Views) -> bool:
    """Whether every party's numbers are 1, 2, 3, and so on."""
    return all(n == list(range(1, len(n) + 1)) for n in (await numbers(views)).values())


@FEW
@given(history=HISTORIES, cuts=st.lists(st.integers(1, 24), max_size=3))
async def test_numbers_are_dense_under_batches_and_restarts(
    opens: Opens, history: list[tuple[str, Event]], cuts: list[int]
) -> None:
    """However a history is cut into batches and restarts, everybody is told the same, 1, 2, 3."""
    log = told(history)
    once, place = await (await opens.elsewhere())(), await opens.elsewhere()
    await once.apply(SOURCE, log.facts)
    assert await dense(once)
    for start, end in pairwise([0, *sorted({*cuts, len(history)})]):
        again = await place()
        await again.apply(SOURCE, log.facts[start:end])
        await again.close()
    assert await digest(await place()) == await digest(once)


async def test_a_party_is_told_only_of_what_it_sees(opens: Opens) -> None:
    """A party is told nothing of what came before it joined, and nothing after it left."""
    views = await opens()
    log = Log().record("circle-1", drawn("a"), Noted(word="x"), Joined(party="b"))
    log.record("circle-1", Noted(word="y"), Left(party="b"), Noted(word="z"))
    await views.apply(SOURCE, log.facts)
    assert await numbers(views) == {"a": [1, 2, 3, 4], "b": [1, 2]}
    positions = [row.position for row in await rows(views, "news") if row.party == "b"]
    assert positions == [log.facts[2].position, log.facts[3].position]


async def test_a_parked_fact_takes_no_number(opens: Opens) -> None:
    """A fact that could not be applied leaves no gap in anybody's numbers."""
    views = await opens()
    log = Log().record("circle-1", drawn("a")).record("circle-2", drawn("a"), Unreadable())
    log.record("circle-1", Noted(word="x"))
    await views.apply(SOURCE, log.facts)
    assert await numbers(views) == {"a": [1, 2, 3]}


async def entries(views: Views, party: str) -> list[str]:
    """Give what a party's feed says: words, and a dagger for what is gone."""
    said = [json.loads(row.entry) for row in await rows(views, "news") if row.party == party]
    return ["†" if each["gone"] else each["word"] for each in said]


async def test_what_a_party_was_told_is_buried_when_its_view_closes(opens: Opens) -> None:
    """Its entries of that stream keep their numbers and say nothing; all other entries stay."""
    views = await opens(ruled.read_models(), ruled.decode)
    log = Log().record(ruled.STREAM, ruled.ruling("a", "b"))
    log.record("circle-1", drawn("a", "b"), Noted(word="x")).record("circle-2", drawn("b"))
    log.record("circle-1", Noted(word="y")).record("circle-2", Noted(word="z"))
    await views.apply(SOURCE, log.facts)
    before = await numbers(views)
    log.record("circle-1", Left(party="b"), Noted(word="later"), Joined(party="b"))
    await views.apply(SOURCE, log.facts)
    assert await entries(views, "b") == ["†", "†", "", "†", "z", "†", "later"]
    assert await entries(views, "a") == ["", "x", "y", "later"]
    places = [row.position for row in await rows(views, "news") if row.party == "b"]
    assert (before["b"], places) == ([1, 2, 3, 4, 5], sorted(places))
    assert await dense(views)
    at_once = await (await opens.elsewhere())(ruled.read_models(), ruled.decode)
    await at_once.apply(SOURCE, log.facts)
    assert await digest(at_once) == await digest(views)


@FEW
@given(history=HISTORIES, cuts=st.lists(st.integers(1, 24), max_size=3))
async def test_what_is_buried_does_not_depend_on_batches(
    opens: Opens, history: list[tuple[str, Event]], cuts: list[int]
) -> None:
    """Within a batch, over several and in a rebuild, the same entries are buried."""
    log = told([(ruled.STREAM, ruled.ruling("a", "b", "c", "ø")), *history])
    once = await (await opens.elsewhere())(ruled.read_models(), ruled.decode)
    again = await (await opens.elsewhere())(ruled.read_models(), ruled.decode)
    await once.apply(SOURCE, log.facts)
    for start, end in pairwise([0, *sorted({*cuts, len(log.facts)})]):
        await again.apply(SOURCE, log.facts[start:end])
    await Rebuild(again, {SOURCE: log}, compare=True).run()
    assert await digest(again) == await digest(once)
    assert await dense(once)


async def test_a_burial_that_fails_buries_nothing(opens: Opens) -> None:
    """What was told goes with the row that closes, or neither does."""
    feed = ruled.read_models()[1]
    views = await opens([feed], ruled.decode)
    log = Log().record(ruled.STREAM, ruled.ruling("a"))
    await views.apply(SOURCE, log.record("circle-1", drawn("a"), Noted(word="x")).facts)
    before = await digest(views)
    failing = await opens([Stops(feed, OSError("gone"))], ruled.decode)
    with pytest.raises(OSError, match="gone"):
        await failing.apply(SOURCE, log.record("circle-1", Left(party="a")).facts)
    assert await digest(views) == before
    await views.apply(SOURCE, log.facts)
    assert await entries(views, "a") == ["†", "†", "†"]
