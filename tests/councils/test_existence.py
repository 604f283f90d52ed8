"""A docket, an item and a meeting of others are in no way different from what never was."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

import pytest

from shared.reads.reading import Kind, Outcome
from shared.rulebook.content import Rulebook
from tests.councils import saying as say
from tests.councils.chamber import Chamber, chamber
from tests.heard import listening

OWN, STRANGER = "hanne", "ole"
CHANGES = {
    "screening": None,
    "placement": "meeting",
    "postponement": {"reason": "no_time"},
    "joining": "leading",
    "return": {"reason": "another_forum"},
}


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Chamber]:
    """Give the service with the tovholders of two committees."""
    async with chamber(tmp_path, rulebook) as running:
        await running.appoint(OWN, say.ODDER, "tovholder")
        await running.appoint(STRANGER, say.RANDERS, "tovholder")
        yield running


async def asked(
    here: Chamber, who: str, method: str, path: str, body: object = None
) -> tuple[object, ...]:
    """Give everything that comes of a request, but for the id that was asked for."""
    before = len(await here.reads())
    with listening() as calls:
        answer = await here.ask(who, method, path, body)
    (note,) = (await here.reads())[before:]
    kept = {name: value for name, value in answer.headers.items() if name != "traceparent"}
    told = note.model_dump(exclude={"at", "objects"}), len(note.ids), note.outcome
    return answer.status_code, answer.content, kept, calls, told


@pytest.mark.parametrize("kind", ["items", "meetings"])
async def test_what_others_have_is_asked_for_like_what_never_was(here: Chamber, kind: str) -> None:
    """Store, database and policies are asked the same, and answer and record are the same."""
    theirs = await (here.item() if kind == "items" else here.meeting())
    there = await asked(here, STRANGER, "GET", f"/{kind}/{theirs}")
    never = await asked(here, STRANGER, "GET", f"/{kind}/{uuid4()}")
    assert there == never
    assert there[0] == HTTPStatus.NOT_FOUND
    assert there[3]
    (*_, first, second) = await here.reads()
    assert first.ids == (f"{kind.removesuffix('s')}:{theirs}",)
    assert (second.outcome, second.policies) == (Outcome.DENIED, ())


@pytest.mark.parametrize("act", CHANGES)
async def test_what_others_have_is_changed_like_what_never_was(here: Chamber, act: str) -> None:
    """Whoever asks for a change learns as little, wherever the item of others stands by then."""
    theirs, meeting, own = await here.item(say.SCREENED), await here.meeting(), uuid4()
    await here.ask(OWN, "POST", f"/items/{theirs}/return", {"reason": "another_forum"})
    said = CHANGES[act]
    body = {said: str(meeting)} if isinstance(said, str) else said
    there = await asked(here, STRANGER, "POST", f"/items/{theirs}/{act}", body)
    never = await asked(here, STRANGER, "POST", f"/items/{own}/{act}", body)
    assert there == never
    assert there[0] == HTTPStatus.NOT_FOUND
    note = (await here.reads())[-2]
    assert (note.kind, note.ids) == (Kind.CHANGE, (f"item:{theirs}",))


async def test_an_agenda_of_others_is_sent_like_one_that_never_was(here: Chamber) -> None:
    """The meetings of other committees are not there to be changed."""
    theirs = await here.meeting()
    there = await asked(here, STRANGER, "POST", f"/meetings/{theirs}/agenda")
    assert there == await asked(here, STRANGER, "POST", f"/meetings/{uuid4()}/agenda")
    assert there[0] == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(("act", "name"), [("placement", "meeting"), ("joining", "leading")])
async def test_what_others_have_cannot_be_pointed_at(here: Chamber, act: str, name: str) -> None:
    """Own items are put beside what others have as beside what never was, and the try is noted."""
    own = await here.item(say.SCREENED)
    begin = here.meeting if name == "meeting" else here.item
    theirs = await begin(forum=say.PSP_RANDERS, intake=say.RANDERS)
    path = f"/items/{own}/{act}"
    there = await asked(here, OWN, "POST", path, {name: str(theirs)})
    assert there == await asked(here, OWN, "POST", path, {name: str(uuid4())})
    assert there[0] == HTTPStatus.NOT_FOUND
    assert (await here.reads())[-2].ids[0].endswith(str(theirs))


@pytest.mark.parametrize("door", ["docket", "meetings"])
async def test_a_docket_of_others_is_none(here: Chamber, door: str) -> None:
    """A committee of others, one without a docket and one that never was are answered alike."""
    await here.item()
    places = (say.PSP_ODDER, say.INFOHUS, "nowhere")
    tries = [await asked(here, STRANGER, "GET", f"/forums/{place}/{door}") for place in places]
    assert tries[0] == tries[1] == tries[2]
    assert tries[0][0] == HTTPStatus.NOT_FOUND
    assert [note.ids for note in (await here.reads())[-3:]] == [(f"forum:{p}",) for p in places]
