"""Who holds which office, and which rulebook is in force? Kept from the facts of councils."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, MetaData, Select, Table, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.foreign import Foreign
from shared.kernel.clock import written
from shared.kernel.ids import ActorId
from shared.kernel.recorded import Recorded
from shared.projections.projection import NUMBER, TEXT, suffix
from shared.projections.statements import insert_once

GRANTED, ENDED, ACTIVATED = "office.granted.v1", "office.ended.v1", "rulebook.activated.v1"


class Held(NamedTuple):
    """An office (da: hverv) that a person holds in a unit or forum."""

    place: str
    office: str


@dataclass(frozen=True)
class Directory:
    """The read model of offices and rulebooks; its source is the service councils."""

    name: str = "directory"
    _made: dict[int, tuple[Table, Table]] = field(default_factory=dict, init=False, repr=False)
    _asked: dict[int, tuple[Select[Any], Select[Any]]] = field(
        default_factory=dict, init=False, repr=False
    )

    @property
    def shape(self) -> str:
        """The columns of its two tables."""
        return "office(actor,place,office) rulebook(position,at,content)"

    def tables(self, generation: int) -> tuple[Table, Table]:
        """Give the tables of offices held and of rulebooks activated."""
        if generation not in self._made:
            end, metadata = suffix(generation), MetaData()
            offices = Table(
                f"{self.name}_office{end}",
                metadata,
                Column("actor", TEXT, primary_key=True),
                Column("place", TEXT, primary_key=True),
                Column("office", TEXT, primary_key=True),
            )
            rulebooks = Table(
                f"{self.name}_rulebook{end}",
                metadata,
                Column("position", NUMBER, primary_key=True, autoincrement=False),
                Column("at", TEXT, nullable=False),
                Column("content", TEXT, nullable=False),
            )
            self._made[generation] = (offices, rulebooks)
        return self._made[generation]

    async def apply(
        self, connection: AsyncConnection, facts: Sequence[Recorded[Any]], generation: int
    ) -> None:
        """Take offices given and ended, and rulebooks activated; pass over everything else."""
        for fact in facts:
            if isinstance(fact.event, Foreign):
                await self._apply(connection, fact, fact.event, generation)

    async def _apply(
        self,
        connection: AsyncConnection,
        fact: Recorded[Any],
        event: Foreign,
        generation: int,
    ) -> None:
        offices, rulebooks = self.tables(generation)
        if event.type in {GRANTED, ENDED}:
            row = {
                "actor": event.text("holder"),
                "place": event.text("place"),
                "office": event.text("office"),
            }
            if event.type == GRANTED:
                await connection.execute(insert_once(connection, offices), row)
            else:
                same = (offices.c[name] == value for name, value in row.items())
                await connection.execute(delete(offices).where(*same))
        elif event.type == ACTIVATED:
            content = json.dumps(event.fields["content"], ensure_ascii=False)
            version = {"position": fact.position, "at": written(fact.at), "content": content}
            await connection.execute(insert_once(connection, rulebooks), version)

    def _statements(self, generation: int) -> tuple[Select[Any], Select[Any]]:
        """Give the two questions of every request, made once for each generation."""
        if generation not in self._asked:
            offices, rulebooks = self.tables(generation)
            held = select(offices.c.place, offices.c.office)
            held = held.where(offices.c.actor == bindparam("who"))
            activated = select(rulebooks).where(rulebooks.c.position > bindparam("after"))
            self._asked[generation] = (
                held.order_by(offices.c.place, offices.c.office),
                activated.order_by(rulebooks.c.position),
            )
        return self._asked[generation]

    async def offices_of(
        self, connection: AsyncConnection, generation: int, actor: ActorId
    ) -> tuple[Held, ...]:
        """Give the offices that a person holds now."""
        asked, _ = self._statements(generation)
        rows = await connection.execute(asked, {"who": actor})
        return tuple(Held(place, office) for place, office in rows)

    async def activations(
        self, connection: AsyncConnection, generation: int, after: int
    ) -> list[tuple[int, datetime, Any]]:
        """Give the rulebooks activated after a position: position, moment and parsed content."""
        _, asked = self._statements(generation)
        rows = await connection.execute(asked, {"after": after})
        return [(p, datetime.fromisoformat(at), json.loads(content)) for p, at, content in rows]
