"""Rows and the checkpoint move together or not at all, and only one runner moves them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.recorded import Recorded
from shared.projections.bookkeeping import Step, TwoRunners, move, point_at
from shared.projections.per_party import PerParty
from shared.projections.projection import NUMBER, Projection
from shared.projections.views import OtherShape, Views, WentBack
from tests.projections.circles import SOURCE, Joined, Log, Noted, Seen, drawn, project, read_models
from tests.projections.conftest import Opens, rows

ONE, TWO = "circle-1", "circle-2"


@dataclass
class Stops:
    """A read model that writes its rows and then fails, or waits to be cancelled."""

    rows: Projection
    fault: OSError | None
    written: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def name(self) -> str:
        """As its rows."""
        return self.rows.name

    @property
    def shape(self) -> str:
        """As its rows."""
        return self.rows.shape

    def tables(self, generation: int) -> tuple[Table, ...]:
        """As its rows."""
        return self.rows.tables(generation)

    async def apply(
        self, connection: AsyncConnection, facts: Sequence[Recorded[Any]], generation: int
    ) -> None:
        """Write, and stop."""
        await self.rows.apply(connection, facts, generation)
        self.written.set()
        if self.fault:
            raise self.fault
        await asyncio.Event().wait()


def circles() -> PerParty[Seen]:
    """The list alone."""
    return PerParty("circles", Seen, project, {"count": NUMBER})


async def nothing_moved(views: Views) -> bool:
    """Whether neither rows nor checkpoint stand anywhere."""
    return await rows(views, "circles") == [] and await views.checkpoints() == {}


async def test_a_fact_is_seen_by_those_it_concerns(opens: Opens) -> None:
    """Each party to a thing has its own row of it, and nobody else has one."""
    views = await opens()
    log = Log().record(ONE, drawn("a", "b"), Noted(word="hello"))
    await views.apply(SOURCE, log.facts)
    seen = [(row.stream, row.party, row.word, row.count) for row in await rows(views, "circles")]
    assert seen == [(ONE, "a", "hello", 2), (ONE, "b", "hello", 2)]
    assert await views.position(SOURCE) == log.facts[-1].position


async def test_personal_fields_stay_sealed(opens: Opens) -> None:
    """A row holds the token of a personal field, as it came."""
    views = await opens([model := circles()])
    await views.apply(SOURCE, Log().record(ONE, drawn("a")).facts)
    [row] = await rows(views, "circles")
    assert not model.read(row.line).about.is_clear
    assert '{"sealed":"token"}' in row.line


async def test_a_fault_between_rows_and_checkpoint_leaves_neither(opens: Opens) -> None:
    """A crash after the rows were written leaves no row and no checkpoint, and work can go on."""
    log = Log().record(ONE, drawn("a"))
    failing = await opens([Stops(circles(), OSError("gone"))])
    with pytest.raises(OSError, match="gone"):
        await failing.apply(SOURCE, log.facts)
    assert await nothing_moved(failing)
    assert await failing.parked_list() == []
    views = await opens([circles()])
    await views.apply(SOURCE, log.facts)
    assert len(await rows(views, "circles")) == 1


async def test_a_cancelled_batch_leaves_nothing(opens: Opens) -> None:
    """A batch cancelled after its rows were written leaves no row and no checkpoint."""
    waiting = await opens([stops := Stops(circles(), None)])
    task = asyncio.create_task(waiting.apply(SOURCE, Log().record(ONE, drawn("a")).facts))
    await stops.written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await nothing_moved(waiting)


async def test_facts_brought_twice_count_once(opens: Opens) -> None:
    """A batch that overlaps one applied before changes only what is new."""
    views = await opens()
    log = Log().record(ONE, drawn("a"), Noted(word="x"), Noted(word="y"))
    await views.apply(SOURCE, log.facts[:2])
    await views.apply(SOURCE, log.facts[1:])
    await views.apply(SOURCE, log.facts[1:])
    assert [row.count for row in await rows(views, "circles")] == [3]


async def test_a_checkpoint_moves_by_compare_and_set(opens: Opens) -> None:
    """A checkpoint moves from where it was thought to be, is there already, or was moved."""
    views = await opens()
    async with views.writing() as (connection, generation):
        assert await move(connection, Step(generation, SOURCE, 0, 5))
        assert not await move(connection, Step(generation, SOURCE, 0, 5))
        assert await move(connection, Step(generation, SOURCE, 5, 9))
        with pytest.raises(TwoRunners):
            await move(connection, Step(generation, SOURCE, 5, 8))
    assert await views.checkpoints() == {SOURCE: 9}


async def test_a_batch_whose_answer_was_lost_is_not_applied_again(opens: Opens) -> None:
    """A batch that was committed unheard is found done, and the work goes on."""
    log = Log().record(ONE, drawn("a"), Noted(word="x"))
    unheard, views = await opens(), await opens()
    assert await views.position(SOURCE) == 0
    await unheard.apply(SOURCE, log.facts)
    await views.apply(SOURCE, log.facts)
    assert [row.count for row in await rows(views, "circles")] == [2]


async def test_the_second_runner_stops(opens: Opens) -> None:
    """Whoever finds the checkpoint moved by another stops, and stays stopped."""
    log = Log().record(ONE, drawn("a"), Noted(word="x"), Noted(word="y"))
    first, second = await opens(), await opens()
    await second.position(SOURCE)
    await first.apply(SOURCE, log.facts)
    for _ in range(2):
        with pytest.raises(TwoRunners):
            await second.apply(SOURCE, log.facts[:2])
        with pytest.raises(TwoRunners):
            await second.position(SOURCE)
    assert [row.count for row in await rows(first, "circles")] == [3]


async def test_two_at_once_apply_once(opens: Opens) -> None:
    """Of two runners that apply at the same moment, one does and the other stops."""
    log = Log().record(ONE, drawn("a"), *(Noted(word=str(n)) for n in range(8)))
    both = [await opens(), await opens()]
    for views in both:
        await views.position(SOURCE)
    answers = await asyncio.gather(
        both[0].apply(SOURCE, log.facts),
        both[1].apply(SOURCE, log.facts[:5]),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers if answer] == [TwoRunners]
    [row] = await rows(both[0], "circles")
    assert row.count == (9 if answers[0] is None else 5)


async def test_sources_have_checkpoints_of_their_own(opens: Opens) -> None:
    """What is heard from one source says nothing of how far another was heard."""
    views = await opens([circles()])
    here, there = Log().record(ONE, drawn("a")), Log().record(TWO, drawn("b"), Joined(party="c"))
    await asyncio.gather(views.apply("here", here.facts), views.apply("there", there.facts))
    assert await views.checkpoints() == {"here": 2, "there": 5}
    assert [row.party for row in await rows(views, "circles")] == ["a", "b", "c"]


async def test_a_reader_cannot_write(opens: Opens) -> None:
    """What a door gets to read with refuses to change anything."""
    views = await opens()
    async with views.reading() as (connection, generation):
        [table] = read_models()[0].tables(generation)
        with pytest.raises(DBAPIError):
            await connection.execute(table.delete())


async def test_code_of_another_shape_neither_reads_nor_writes(opens: Opens) -> None:
    """Rows made by other code are left alone until they are rebuilt."""
    await opens([circles()])
    newer = await opens([PerParty("circles", Seen, project, {})])
    with pytest.raises(OtherShape):
        await newer.apply(SOURCE, Log().record(ONE, drawn("a")).facts)
    with pytest.raises(OtherShape):
        await newer.checkpoints()


async def test_a_generation_that_is_behind_leaves_no_hole(opens: Opens) -> None:
    """Facts are not applied to a generation that lacks the facts before them."""
    views, log = await opens(), Log().record(ONE, drawn("a"), Noted(word="x"))
    await views.apply(SOURCE, log.facts[:1])
    async with views.writing() as (connection, _):
        await views.begin(connection, 2)
        await point_at(connection, 2)
    for _ in range(2):
        with pytest.raises(WentBack):
            await views.apply(SOURCE, log.facts[1:])
    assert await views.position(SOURCE) == 0
    await views.apply(SOURCE, log.facts)
    assert len(await rows(views, "circles")) == 1
