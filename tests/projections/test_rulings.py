"""All rows of a generation are made under one ruling: what was newest when it began."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.events import Event
from shared.projections.per_party import PerParty
from shared.projections.ruling import NOTHING, Ruled, RulingState
from shared.projections.views import Views
from tests.projections import ruled
from tests.projections.circles import SOURCE, Left, Log, Noted, Seen, drawn
from tests.projections.conftest import Opens, digest, rows
from tests.projections.ruled import RULES, Ruling, read_models, ruling, words
from tests.projections.test_applying import Stops
from tests.projections.test_feed import EVENTS, FEW, PARTIES, STREAMS, told

ONE = "circle-1"
SAID = Log().record(ONE, drawn("a", "b"), Noted(word="hush"))
RULINGS = st.lists(PARTIES, max_size=3, unique=True).map(lambda readers: ruling(*readers))
MIXED = st.lists(
    st.one_of(
        st.tuples(STREAMS, EVENTS),
        st.tuples(STREAMS, EVENTS),
        RULINGS.map(lambda each: (ruled.STREAM, each)),
    ),
    max_size=25,
)


def rules(*rulings: Event) -> Log:
    """Give the source of *rulings*."""
    return Log().record(ruled.STREAM, *rulings)


async def opened(opens: Opens) -> Views:
    """Open the read models that are made under rules."""
    return await opens(read_models(), ruled.decode)


async def state(views: Views) -> RulingState:
    """Give the state of the list, which is that of the feed's view too."""
    found = await views.ruling_states()
    assert found["circles"] == found["told"]
    return found["circles"]


async def test_before_the_first_ruling_nobody_reads(opens: Opens) -> None:
    """Without rules the default counts, and rows made so are older than the first rules."""
    views = await opened(opens)
    assert await state(views) == NOTHING
    await views.apply(SOURCE, SAID.facts)
    assert await words(views) == {"a": "", "b": ""}
    assert not await views.stale()
    await views.apply(RULES, rules(ruling("a")).facts)
    assert await words(views) == {"a": "", "b": ""}
    assert await views.stale()


async def test_the_newest_ruling_before_the_first_row_counts(opens: Opens) -> None:
    """Of several rulings heard before there is a row, the last is the one."""
    views = await opened(opens)
    await views.apply(RULES, rules(ruling("a"), ruling("b")).facts)
    await views.apply(SOURCE, SAID.facts)
    assert await words(views) == {"a": "", "b": "hush"}
    assert not await views.stale()


async def test_rows_stay_under_the_ruling_they_were_begun_with(opens: Opens) -> None:
    """A later ruling is noted and changes nothing, not even for rows that are made after it."""
    views, heard = await opened(opens), rules(ruling("a"), ruling("b"))
    await views.apply(RULES, heard.facts[:1])
    await views.apply(SOURCE, SAID.facts[:1])
    await views.apply(RULES, heard.facts)
    await views.apply(SOURCE, SAID.facts)
    assert await words(views) == {"a": "hush", "b": ""}
    assert (await state(views)).stale


async def test_rows_that_are_gone_were_rows(opens: Opens) -> None:
    """A generation keeps its ruling when all have left: its feed still tells of them."""
    views, heard = await opened(opens), rules(ruling("a"), ruling("b"))
    await views.apply(RULES, heard.facts[:1])
    await views.apply(SOURCE, Log().record(ONE, drawn("a"), Left(party="a")).facts)
    await views.apply(RULES, heard.facts)
    assert await rows(views, "circles") == []
    assert await views.stale()


async def test_the_same_rules_again_are_not_newer(opens: Opens) -> None:
    """Rows are older than a ruling that says something else, however often the same was set."""
    views, heard = await opened(opens), rules(ruling("a"), ruling("b"), ruling("a"))
    await views.apply(RULES, heard.facts[:1])
    await views.apply(SOURCE, SAID.facts)
    await views.apply(RULES, heard.facts)
    assert not await views.stale()


@FEW
@given(history=MIXED, cuts=st.lists(st.integers(1, 24), max_size=4))
async def test_under_one_ruling_batches_make_no_difference(
    opens: Opens, history: list[tuple[str, Event]], cuts: list[int]
) -> None:
    """However facts and rulings are cut into batches, rows and rulings come out the same."""
    log = told(history)
    once, place = await opened(await opens.elsewhere()), await opens.elsewhere()
    await once.apply(SOURCE, log.facts)
    for start, end in pairwise([0, *sorted({*cuts, len(history)})]):
        again = await opened(place)
        await again.apply(SOURCE, log.facts[start:end])
        await again.close()
    assert await digest(await opened(place)) == await digest(once)


async def test_a_ruling_that_nobody_can_read_waits(opens: Opens) -> None:
    """Rules that cannot be read are set aside like any such fact, and the ones before count."""
    views = await opened(opens)
    await views.apply(RULES, rules(ruling("a"), Ruling(text="{")).facts)
    await views.apply(SOURCE, SAID.facts)
    assert await words(views) == {"a": "hush", "b": ""}
    assert [waits.reason for waits in await views.parked_list()] == ["JSONDecodeError"]
    assert not await views.stale()


async def test_a_ruling_is_read_once(opens: Opens) -> None:
    """However many batches are made under a ruling, its text is parsed once in a process."""
    texts = list[str]()

    def read(text: str) -> frozenset[str]:
        texts.append(text)
        return frozenset(text)

    nobody = frozenset[str]()
    counted = Ruled(ruled.project, ruled.CARRIED_BY, ruled.of, read, nobody)
    views = await opens([PerParty("circles", Seen, counted)], ruled.decode)
    await views.apply(RULES, rules(ruling("a")).facts)
    for fact in SAID.facts:
        await views.apply(SOURCE, [fact])
    assert texts == [ruling("a").text]


async def test_a_batch_that_fails_leaves_the_ruling(opens: Opens) -> None:
    """Rulings are kept in the transaction of rows and checkpoint, and undone with it."""
    [circles, _] = read_models()
    assert isinstance(circles, PerParty)
    failing = await opens([Stops(circles, OSError("gone"))], ruled.decode)
    with pytest.raises(OSError, match="gone"):
        await failing.apply(RULES, rules(ruling("a")).facts)
    views = await opens([circles], ruled.decode)
    assert await views.ruling_states() == {"circles": NOTHING}


async def test_who_waits_for_rulings_is_woken(opens: Opens) -> None:
    """News of rules wakes whoever waits for them, once they are committed; other facts do not."""
    views = await opened(opens)
    await views.apply(SOURCE, SAID.facts)
    assert not views.ruling_heard.is_set()
    await views.apply(RULES, rules(ruling("a")).facts)
    assert views.ruling_heard.is_set()
