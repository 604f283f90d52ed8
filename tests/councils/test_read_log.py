"""Every look at a docket is in the read log before its answer leaves: every object, every field."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.councils.domain.item.events import ItemPlaced
from shared.reads.reading import Kind, Outcome, Reading
from shared.rulebook.content import Rulebook
from tests.councils import saying as say
from tests.councils.chamber import Chamber, chamber

DOCKET, MEETINGS = f"/forums/{say.PSP_ODDER}/docket", f"/forums/{say.PSP_ODDER}/meetings"
MARK = "må ikke anvendes til efterforskning"


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Chamber]:
    """Give the service with Odder's tovholder."""
    async with chamber(tmp_path, rulebook) as running:
        await running.appoint("hanne", say.ODDER, "tovholder")
        yield running


async def looked(here: Chamber, path: str) -> tuple[dict[str, Any], Reading]:
    """Give what is shown behind a door, and the one record that it leaves."""
    before = len(await here.reads())
    answer = await here.ask("hanne", "GET", path)
    assert answer.status_code == HTTPStatus.OK, answer.text
    (note,) = (await here.reads())[before:]
    assert (note.outcome, note.who.subject, note.who.unit) == (Outcome.SHOWN, "hanne", say.ODDER)
    return answer.json(), note


def ids_of(*items: UUID) -> set[str]:
    """Give what items and their referrals, which here have the same ids, are called."""
    return {f"{kind}:{item}" for item in items for kind in ("item", "referral")}


async def test_a_docket_is_noted_item_by_item(here: Chamber) -> None:
    """A page leaves one record with each item and referral on it, and no other."""
    first, second = await here.item(), await here.item()
    shown, note = await looked(here, f"{DOCKET}?size=1")
    assert (note.kind, set(note.ids)) == (Kind.LIST, ids_of(first))
    _, note = await looked(here, f"{DOCKET}?size=1&after={shown['next']}")
    assert set(note.ids) == ids_of(second)
    _, note = await looked(here, f"{DOCKET}?left=true")
    assert note.ids == ()


async def test_an_item_is_noted_with_its_fields(here: Chamber, rulebook: Rulebook) -> None:
    """The names of the fields that say something, the door, and the rules it was shown under."""
    item = await here.item()
    shown, note = await looked(here, f"/items/{item}")
    assert (note.kind, note.door, set(note.ids)) == (Kind.SHOW, "/items/{item}", ids_of(item))
    (seen,) = note.objects
    assert set(seen.fields) == {name for name, value in shown.items() if value is not None}
    assert note.rulebook == rulebook.manifest.hash
    assert shown["marking"]["da"] == MARK


async def test_an_agenda_is_noted_with_what_is_on_it(here: Chamber) -> None:
    """The meeting, each item on its agenda and each referral, all marked, are in one record."""
    meeting = await here.meeting()
    item = await here.item(say.SCREENED, ItemPlaced(meeting=meeting, late=False))
    shown, note = await looked(here, f"/meetings/{meeting}")
    assert set(note.ids) == {f"meeting:{meeting}"} | ids_of(item)
    assert [each["marking"]["da"] for each in shown["items"]] == [MARK]


async def test_meetings_are_noted_one_by_one(here: Chamber) -> None:
    """A list of meetings names each of them and nothing that is on their agendas."""
    meetings = [await here.meeting() for _ in range(2)]
    _, note = await looked(here, MEETINGS)
    assert (note.kind, set(note.ids)) == (Kind.LIST, {f"meeting:{each}" for each in meetings})


async def test_what_cannot_be_noted_is_not_shown(here: Chamber) -> None:
    """Without a read log nobody sees anything, nor learns that there is nothing."""
    item = await here.item()
    await here.wiring.reads.store.close()
    for path in (DOCKET, MEETINGS, f"/items/{item}", f"/items/{say.REFERRAL}"):
        refused = await here.ask("hanne", "GET", path)
        assert refused.json()["type"] == "urn:kredslob:problem:reads-unwritable"


async def test_no_text_of_ones_own_gets_into_the_log(here: Chamber) -> None:
    """A forum is named as the rulebook writes ids; anything else is no address at all."""
    for made_up in ("Opdigtet%20Navn", "010190-1234x%C3%A5", "x" * 101):
        refused = await here.ask("hanne", "GET", f"/forums/{made_up}/docket")
        assert refused.status_code == HTTPStatus.NOT_FOUND
    assert await here.reads() == []
