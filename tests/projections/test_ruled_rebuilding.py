"""A rebuild makes rows under the newest ruling, and what was made under older ones goes."""

import asyncio

import pytest
from hypothesis import given

from shared.eventstore.port import Stored
from shared.kernel.events import Event
from shared.projections.bookkeeping import TwoRunners
from shared.projections.rebuild import Progress, Rebuild, Unreadable
from shared.projections.views import OtherShape, Views
from tests.projections import ruled
from tests.projections.circles import SOURCE, Log, Noted, drawn
from tests.projections.circles import read_models as unruled
from tests.projections.conftest import Opens, digest
from tests.projections.ruled import RULES, Ruling, ruling, words
from tests.projections.test_feed import FEW, told
from tests.projections.test_rebuilding import InSmallParts, generation
from tests.projections.test_rulings import MIXED, ONE, opened, rules


def said() -> Log:
    """Give a circle with words."""
    return Log().record(ONE, drawn("a", "b"), *[Noted(word="x")] * 4, Noted(word="hush"))


async def begun(opens: Opens, heard: Log, log: Log) -> Views:
    """Give read models that were begun under the first ruling, and have heard them all."""
    views = await opened(opens)
    await views.apply(RULES, heard.facts[:1])
    await views.apply(SOURCE, log.facts)
    await views.apply(RULES, heard.facts)
    return views


@pytest.mark.parametrize("order", [(RULES, SOURCE), (SOURCE, RULES)])
async def test_a_rebuild_is_made_under_the_newest(opens: Opens, order: tuple[str, str]) -> None:
    """Other rules give other rows, in whatever order the sources are read; then none is newer."""
    heard, log = rules(ruling("a"), ruling("a", "b"), ruling("b")), said()
    views = await begun(opens, heard, log)
    assert await words(views) == {"a": "hush", "b": ""}
    readers = {RULES: heard, SOURCE: log}
    await Rebuild(await opened(opens), {each: readers[each] for each in order}).run()
    assert await words(views) == {"a": "", "b": "hush"}
    assert not await views.stale()


async def test_the_live_work_goes_on_in_the_new_generation(opens: Opens) -> None:
    """What is applied after the switch is made under the ruling of the new generation."""
    heard, log = rules(ruling("a"), ruling("b")), said()
    views = await begun(opens, heard, log)
    await Rebuild(await opened(opens), {RULES: heard, SOURCE: log}).run()
    await views.apply(SOURCE, log.record(ONE, Noted(word="after")).facts)
    assert await words(views) == {"a": "", "b": "after"}


async def test_rules_come_first_where_none_are_known(opens: Opens) -> None:
    """Read models that knew no rules are made anew under the newest, if these are read first."""
    heard, log = rules(ruling("a"), ruling("b")), said()
    before = await opens(unruled(), ruled.decode)
    await before.apply(SOURCE, log.facts)
    await before.apply(RULES, heard.facts)
    views = await opened(opens)
    await Rebuild(views, {RULES: heard, SOURCE: log}).run()
    assert await words(views) == {"a": "", "b": "hush"}
    assert not await views.stale()


@FEW
@given(history=MIXED)
async def test_a_rebuild_under_the_same_ruling_is_the_same(
    opens: Opens, history: list[tuple[str, Event]]
) -> None:
    """Rules and things in one log, too: the second rebuild equals the first, digest for digest."""
    log, views = told(history), await opened(await opens.elsewhere())
    await views.apply(SOURCE, log.facts)
    await Rebuild(views, {SOURCE: InSmallParts(log)}).run()
    assert not await views.stale()
    before = await digest(views)
    await Rebuild(views, {SOURCE: log}, compare=True).run()
    assert await digest(views) == before


async def test_a_rebuild_left_under_older_rules_is_not_gone_on_with(opens: Opens) -> None:
    """What a cancelled rebuild has made is dropped when the rules have changed since."""
    heard, log = rules(ruling("a"), ruling("b"), ruling("a", "b")), said()
    views = await begun(opens, Log(heard.clock, heard.facts[:2]), log)

    def cancel(progress: Progress) -> None:
        if progress.source == SOURCE:
            task.cancel()

    readers = {RULES: heard, SOURCE: InSmallParts(log)}
    task = asyncio.create_task(Rebuild(await opened(opens), readers, progress=cancel).run())
    with pytest.raises(asyncio.CancelledError):
        await task
    await views.apply(RULES, heard.facts)
    await Rebuild(await opened(opens), readers).run()
    assert await words(views) == {"a": "hush", "b": "hush"}
    assert not await views.stale()


async def test_who_fills_what_was_dropped_stops(opens: Opens) -> None:
    """A rebuild whose generation another one dropped stops, and switches nothing."""
    heard, log = rules(ruling("a"), ruling("b"), ruling("a", "b")), said()
    views = await begun(opens, Log(heard.clock, heard.facts[:2]), log)

    class Overtaken(InSmallParts):
        async def read_all(self, after: int = 0, limit: int = 500) -> tuple[Stored, ...]:
            if after:
                await views.apply(RULES, heard.facts)
                await Rebuild(await opened(opens), {RULES: heard, SOURCE: log}).run()
            return await super().read_all(after, limit)

    with pytest.raises(TwoRunners):
        await Rebuild(await opened(opens), {RULES: heard, SOURCE: Overtaken(log)}).run()
    assert await words(views) == {"a": "hush", "b": "hush"}


async def test_nobody_goes_back_to_older_rules(opens: Opens) -> None:
    """Going back to rows that were made under older rules is refused: profiles are the newest."""
    heard, log = rules(ruling("a"), ruling("b")), said()
    views = await begun(opens, heard, log)
    readers = {RULES: heard, SOURCE: log}
    await Rebuild(views, readers).run()
    with pytest.raises(OtherShape):
        await Rebuild(views, readers).run(generation=1)
    assert await generation(views) == 2


async def test_a_ruling_that_nobody_can_read_stops_a_rebuild(opens: Opens) -> None:
    """A rebuild never guesses: it says where the rules are that it cannot read."""
    heard, log = rules(ruling("a"), Ruling(text="{")), said()
    views = await begun(opens, heard, log)
    with pytest.raises(Unreadable, match=r"^rules "):
        await Rebuild(views, {RULES: heard, SOURCE: log}).run()
    assert await generation(views) == 1
