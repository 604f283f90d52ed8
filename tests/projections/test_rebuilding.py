"""Read models made anew are those that live work would have made, and take their place at once."""

import asyncio
import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, inspect

from shared.eventstore.port import Stored
from shared.kernel.events import Event
from shared.projections.bookkeeping import TwoRunners, checkpoint
from shared.projections.digest import digests
from shared.projections.dropping import drop_generation
from shared.projections.per_party import PerParty
from shared.projections.rebuild import (
    LAST_STRETCH,
    NotTheSame,
    Progress,
    Rebuild,
    Unreadable,
    uncollected,
)
from shared.projections.views import NotInSource, OtherShape, Views
from tests.projections import circles
from tests.projections.circles import POISON, SOURCE, Log, Noted, Seen, drawn, project, read_models
from tests.projections.conftest import Opens, digest, rows
from tests.projections.test_feed import FEW, HISTORIES, told

ONE = "circle-1"


class InSmallParts(Log):
    """A source that gives few facts at a time and remembers what it was asked."""

    asked: list[int]

    def __init__(self, log: Log) -> None:
        super().__init__(log.clock, log.facts)
        self.asked = []

    async def read_all(self, after: int = 0, limit: int = 500) -> tuple[Stored, ...]:
        """Give at most three facts."""
        self.asked.append(after)
        return await super().read_all(after, min(limit, 3))


class WhileLive(Log):
    """A source in which something happens, and is seen, at each step of a rebuild."""

    def __init__(self, log: Log, live: Views) -> None:
        super().__init__(log.clock, log.facts)
        self.live = live

    async def read_all(self, after: int = 0, limit: int = 500) -> tuple[Stored, ...]:
        """Give facts, and let live work overtake."""
        if limit <= LAST_STRETCH:
            return await super().read_all(after, limit)
        found = await super().read_all(after, 1)
        self.record(ONE, Noted(word="meanwhile"))
        await self.live.apply(SOURCE, self.facts)
        return found


async def spoil(views: Views) -> None:
    """Put a row into what is read that no fact accounts for."""
    async with views.writing() as (connection, generation):
        [table] = views.absorber.projections[0].tables(generation)
        row = {"stream": "circle-x", "party": "nobody", "line": "{}", "word": "", "count": 0}
        await connection.execute(insert(table), [row])


async def generation(views: Views) -> int:
    """Give the generation that is read."""
    async with views.reading() as (_, number):
        return number


@FEW
@given(history=HISTORIES, other=HISTORIES, batch=st.integers(1, 9))
async def test_a_rebuild_equals_what_live_work_made(
    opens: Opens, history: list[tuple[str, Event]], other: list[tuple[str, Event]], batch: int
) -> None:
    """The rows of a rebuild are those of live work, byte for byte, from however many sources."""
    here, there = told(history), told([(f"other-{stream}", event) for stream, event in other])
    views = await (await opens.elsewhere())([read_models()[0]])
    for start in range(0, 25, batch):
        await views.apply("here", here.facts[start : start + batch])
        await views.apply("there", there.facts[start : start + batch])
    before = await digest(views)
    await Rebuild(views, {"here": here, "there": there}, compare=True).run()
    assert (await digest(views), await generation(views)) == (before, 2)


@FEW
@given(history=HISTORIES)
async def test_a_rebuilt_feed_has_the_same_numbers(
    opens: Opens, history: list[tuple[str, Event]]
) -> None:
    """Nobody's cursor in a feed means something else after a rebuild."""
    log, views = told(history), await (await opens.elsewhere())()
    await views.apply(SOURCE, log.facts)
    before = await digest(views)
    await Rebuild(views, {SOURCE: InSmallParts(log)}).run()
    assert await digest(views) == before


async def test_a_rebuild_removes_what_replay_cannot_produce(opens: Opens) -> None:
    """A row that no fact accounts for is gone after a rebuild."""
    views, log = await opens(), Log().record(ONE, drawn("a"))
    await views.apply(SOURCE, log.facts)
    await spoil(views)
    await Rebuild(views, {SOURCE: log}).run()
    assert [row.stream for row in await rows(views, "circles")] == [ONE]


async def test_a_difference_is_found_before_the_switch(opens: Opens) -> None:
    """A rebuild that is to equal what is read, and does not, switches nothing and says where."""
    views, log = await opens(), Log().record(ONE, drawn("a"))
    await views.apply(SOURCE, log.facts)
    await spoil(views)
    with pytest.raises(NotTheSame, match=r"^circles$"):
        await Rebuild(views, {SOURCE: log}, compare=True).run()
    assert await generation(views) == 1


async def test_live_work_goes_on_during_a_rebuild(opens: Opens) -> None:
    """Facts applied while a rebuild runs are seen before, at and after the switch."""
    live, log = await opens(), Log().record(ONE, drawn("a"), *[Noted(word="x")] * 2)
    await live.apply(SOURCE, log.facts)
    source = WhileLive(log, live)
    await Rebuild(await opens(), {SOURCE: source}, compare=True).run()
    assert await generation(live) == 2
    log.record(ONE, Noted(word="after"))
    await live.apply(SOURCE, log.facts[-1:])
    [row] = await rows(live, "circles")
    assert (row.count, row.word) == (7, "after")
    assert await live.position(SOURCE) == log.facts[-1].position


async def test_a_rebuild_goes_as_far_as_live_work_has_gone(opens: Opens) -> None:
    """What the source holds beyond the live views is left for the live runner to apply."""
    live, log = await opens(), Log().record(ONE, drawn("a"), *[Noted(word="x")] * 3)
    await live.apply(SOURCE, log.facts[:2])
    await Rebuild(await opens(), {SOURCE: log}, compare=True).run()
    assert await live.position(SOURCE) == log.facts[1].position
    await live.apply(SOURCE, log.facts[2:])
    assert [row.count for row in await rows(live, "circles")] == [4]


async def test_a_rebuild_left_far_behind_catches_up_first(opens: Opens) -> None:
    """Live work is never held back for long: a long way is made good before the switch."""
    live, log = await opens(), Log().record(ONE, drawn("a"))
    await live.apply(SOURCE, log.facts)

    class Rush(Log):
        async def read_all(self, after: int = 0, limit: int = 500) -> tuple[Stored, ...]:
            found = await super().read_all(after, limit)
            if len(self.facts) == 1:
                self.record(ONE, *[Noted(word="x")] * (LAST_STRETCH + 1))
                await live.apply(SOURCE, self.facts)
            return found

    await Rebuild(await opens(), {SOURCE: Rush(log.clock, log.facts)}, compare=True).run()
    assert await generation(live) == 2
    assert [row.count for row in await rows(live, "circles")] == [LAST_STRETCH + 2]


async def test_a_cancelled_rebuild_is_gone_on_with(opens: Opens) -> None:
    """A cancelled rebuild stands at a real position, with its rows, and the next starts there."""
    views, log = await opens(), Log().record(ONE, drawn("a", "b"), *[Noted(word="x")] * 9)
    await views.apply(SOURCE, log.facts)
    seen: list[Progress] = []

    def cancel(progress: Progress) -> None:
        seen.append(progress)
        task.cancel()

    task = asyncio.create_task(
        Rebuild(await opens(), {SOURCE: InSmallParts(log)}, progress=cancel).run()
    )
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == [Progress(2, SOURCE, log.facts[2].position, log.facts[-1].position)]
    upto_there = await (await opens.elsewhere())()
    await upto_there.apply(SOURCE, log.facts[:3])
    async with views.reading() as (connection, _):
        assert await checkpoint(connection, 2, SOURCE) == log.facts[2].position
        half = await digests(connection, views.absorber.projections, 2)
    assert half == await digest(upto_there)
    source, before = InSmallParts(log), await digest(views)
    assert await Rebuild(await opens(), {SOURCE: source}, compare=True).run() == 2
    assert source.asked[0] == log.facts[2].position
    assert await digest(views) == before


async def test_a_rebuild_does_not_park(opens: Opens) -> None:
    """A rebuild that meets poison stops, says where, tells no content, and switches nothing."""
    views = await opens()
    log = Log().record(ONE, drawn("a"), Noted(word=POISON))
    await views.apply(SOURCE, log.facts)
    with pytest.raises(Unreadable, match=r"^circles 0-5: ZeroDivisionError$") as stopped:
        await Rebuild(views, {SOURCE: log}).run()
    assert stopped.value.__suppress_context__
    assert await generation(views) == 1
    mended = await opens(read_models(circles.repaired))
    assert await Rebuild(mended, {SOURCE: log}).run() == 2
    assert await mended.parked_list() == []


async def test_two_rebuilds_do_not_mix(opens: Opens) -> None:
    """Of two rebuilds of one database, one fills and switches, and the other stops."""
    views, log = await opens(), Log().record(ONE, drawn("a"), Noted(word="x"))
    await views.apply(SOURCE, log.facts)
    second = Rebuild(await opens(), {SOURCE: log})

    class Overtaken(Log):
        async def read_all(self, after: int = 0, limit: int = 500) -> tuple[Stored, ...]:
            assert await second.run() == 2
            return await super().read_all(after, limit)

    with pytest.raises(TwoRunners):
        await Rebuild(await opens(), {SOURCE: Overtaken(log.clock, log.facts)}).run()
    assert [row.count for row in await rows(views, "circles")] == [2]


async def test_new_code_takes_over_by_a_rebuild(opens: Opens) -> None:
    """Code that wants other columns fills them beside the old code, which then stops."""
    old, log = await opens(), Log().record(ONE, drawn("a"))
    await old.apply(SOURCE, log.facts)
    new = await opens([PerParty("circles", Seen, project)])
    await Rebuild(new, {SOURCE: log}).run()
    log.record(ONE, Noted(word="x"))
    with pytest.raises(OtherShape):
        await old.apply(SOURCE, log.facts)
    await new.apply(SOURCE, log.facts)
    assert len(await rows(new, "circles")) == 1


async def test_an_old_generation_is_kept_to_go_back_to(opens: Opens) -> None:
    """Going back brings the old generation up to date before it is read again."""
    views, log = await opens(), Log().record(ONE, drawn("a"))
    await views.apply(SOURCE, log.facts)
    await Rebuild(views, {SOURCE: log}).run()
    log.record(ONE, Noted(word="x"))
    await views.apply(SOURCE, log.facts)
    before = await digest(views)
    assert await Rebuild(views, {SOURCE: log}, compare=True).run(generation=1) == 1
    assert await digest(views) == before
    assert await Rebuild(views, {SOURCE: log}).run() == 3


async def test_a_generation_is_dropped_when_nobody_reads_it(opens: Opens) -> None:
    """The tables of an old generation can be deleted, those that are read cannot."""
    views, log = await opens(), Log().record(ONE, drawn("a"))
    await views.apply(SOURCE, log.facts)
    await Rebuild(views, {SOURCE: log}).run()
    with pytest.raises(ValueError, match="is being read"):
        await drop_generation(views, 2)
    await drop_generation(views, 1)
    async with views.reading() as (connection, _):
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert {name for name in names if "_g" in name} == {"circles_g2", "told_g2", "news_g2"}
    assert len(await rows(views, "circles")) == 1


async def test_a_source_that_nobody_can_read_again_is_named(opens: Opens) -> None:
    """A rebuild needs every source that was heard, as far as it was heard."""
    views, log = await opens(), Log().record(ONE, drawn("a"), Noted(word="x"))
    await views.apply(SOURCE, log.facts)
    with pytest.raises(LookupError, match=SOURCE):
        await Rebuild(views, {}).run()
    with pytest.raises(NotInSource):
        await Rebuild(views, {SOURCE: Log(log.clock, log.facts[:1])}).run()
    assert await generation(views) == 1


def test_the_collector_is_on_again_after_a_batch_that_failed() -> None:
    """A batch that fails leaves the interpreter as it was found."""
    with pytest.raises(LookupError), uncollected():  # noqa: PT012 - what fails is the block
        assert not gc.isenabled()
        raise LookupError
    assert gc.isenabled()
