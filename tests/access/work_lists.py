"""Work lists in the tests: whose they are, how they are read, and how they are filled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select

from services.referrals.projections.party_line import PartyView
from services.referrals.projections.party_view import view
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall, hall
from tests.access.scenes import asked, sent
from tests.referrals.ways import BANDEEXIT, PSP

OFFICES: Final = (
    ("anna", PSP.sender, "caseworker"),
    ("arne", PSP.sender, "leader"),
    ("hanne", PSP.taker, "tovholder"),
    ("lis", PSP.taker, "leader"),
    ("carl", PSP.taker, "caseworker"),
    ("jette", PSP.further, "caseworker"),
    ("mogens", "aarhus-ssp", "caseworker"),
    ("dpo", "oestjyllands-politi-tilsyn", "dpo"),
    ("dpo odder", "odder-tilsyn", "dpo"),
    ("kirsten", BANDEEXIT.sender, "caseworker"),
    ("karen", BANDEEXIT.sender, "leader"),
    ("erik", BANDEEXIT.taker, "caseworker"),
    ("ulla", BANDEEXIT.taker, "caseworker"),
    ("liva", BANDEEXIT.taker, "leader"),
)
WHY: Final = {"reason": "Han er på vej op på broen."}


@asynccontextmanager
async def peopled(var: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with hall(var, rulebook) as here:
        for person, place, office in OFFICES:
            await here.appoint(person, place, office)
        yield here


async def claimed(here: Hall, **answers: str) -> str:
    """Give a referral of the PSP that Hanne has taken, so that nobody else works on it."""
    case = await sent(here, "anna", PSP, **answers)
    await asked(here, "hanne", "claim", case)
    await here.shown()
    return case


async def listed(here: Hall, person: str) -> Any:  # noqa: ANN401 - JSON
    """Give somebody's work list, once the views show all that is stored."""
    wished = {"Kredslob_Purpose": "data_protection" if "dpo" in person else "handling"}
    answer = await here.see(person, "/tasks", **wished)
    assert answer.is_success, answer.text
    return answer.json()


async def kinds(here: Hall, person: str, case: str | None = None) -> list[str]:
    """Give what kinds of things wait for somebody, in order, on one referral or on all."""
    items = (await listed(here, person))["items"]
    return [each["kind"] for each in items if case in {None, each["referral"]}]


async def until_told(here: Hall, person: str, kind: str) -> Any:  # noqa: ANN401 - JSON
    """Give the first thing of a kind on somebody's work list, once it stands there."""
    store = here.wiring.ground.store
    async with asyncio.timeout(30):
        while True:
            head = await store.head()
            for each in (await listed(here, person))["items"]:
                if each["kind"] == kind:
                    return each
            await store.wait(head)


async def set_task(here: Hall, person: str, case: str, office: str, **after: float) -> datetime:
    """Let somebody give an office something to do; give by when."""
    due = here.wiring.clock.now() + timedelta(**after)
    await asked(here, person, "tasks", case, _task(office, due))
    return due


def _task(office: str, due: datetime) -> dict[str, str]:
    return {"office": office, "what": "Ring til ham.", "due": due.isoformat()}


async def multiplied(here: Hall, case: str, unit: str, times: int) -> None:
    """Let a unit have a referral many times more, under ids that sort before all real ones."""
    async with here.wiring.views.reading() as (connection, generation):
        table = view.table(generation)
        one = select(table.c.line).where(
            table.c.stream == f"referral-{case}", table.c.party == unit
        )
        line = (await connection.execute(one)).scalar_one()
    rows = [_again(line, unit, number) for number in range(times)]
    async with here.wiring.views.engines.writing.begin() as writing:
        await writing.execute(insert(table), rows)


def _again(line: str, unit: str, number: int) -> dict[str, Any]:
    its_id = str(UUID(int=number + 1))
    first: PartyView = view.read(line)
    ids = {task.id: str(UUID(int=(number + 1 << 64) + n)) for n, task in enumerate(first.tasks)}
    for old, new in ids.items():
        line = line.replace(old, new)
    again = replace(first, tasks=tuple(replace(t, id=ids[t.id]) for t in first.tasks))
    columns = {name: getattr(again, name) for name in view.columns}
    return {"stream": f"referral-{its_id}", "party": unit, "line": line, **columns}
