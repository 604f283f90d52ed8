"""What is new for a party has numbers without gaps, whatever came between."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.kernel.events import Event
from shared.projections.views import Views
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
