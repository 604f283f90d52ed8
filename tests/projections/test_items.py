"""A thing with items for a party, such as its tasks, is a row for each: the key names both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from shared.kernel.recorded import Recorded
from shared.projections.per_party import PerParty
from shared.projections.projection import TEXT
from tests.projections.circles import SOURCE, Left, Log, Noted, drawn
from tests.projections.conftest import Opens


@dataclass(frozen=True, slots=True)
class Task:
    """One word that a party is to think about."""

    unit: str
    word: str


def project(lines: Mapping[str, Task], fact: Recorded[Any]) -> Mapping[str, Task]:
    """Give each word of a circle to *a* and *b* as a task; who leaves has none."""
    match fact.event:
        case Noted(word=word):
            given = {f"{unit}/{fact.id}": Task(unit, word) for unit in ("a", "b")}
            return {**lines, **given}
        case Left(party=party):
            return {key: task for key, task in lines.items() if task.unit != party}
        case _:
            return lines


async def test_a_party_has_a_row_for_each_item(opens: Opens) -> None:
    """Items are found by their party, through a column with an index, and go with it."""
    tasks = PerParty("tasks", Task, project, {"unit": TEXT, "word": TEXT}, [["unit", "word"]])
    views = await opens([tasks])
    log = Log().record("circle-1", drawn("a", "b"), Noted(word="y"), Noted(word="x"))
    await views.apply(SOURCE, log.record("circle-1", Left(party="b")).facts)
    async with views.reading() as (connection, generation):
        table = tasks.table(generation)
        mine = select(table.c.word).where(table.c.unit == "a").order_by(table.c.word)
        assert (await connection.execute(mine)).scalars().all() == ["x", "y"]
        assert len((await connection.execute(select(table))).all()) == 2
