"""A committee whose intake is shown nothing of its cases has no docket: as if there were none."""

import json
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.councils.domain.rulebook.events import RulebookActivated
from services.councils.domain.streams import rulebook_stream
from shared.reads.reading import Outcome
from shared.rulebook.content import FaultyRulebook, Rulebook, parse, taken
from tests.councils import saying as say
from tests.councils.chamber import Chamber, chamber
from tests.councils.test_existence import CHANGES, asked

HANNE = "hanne"
DOCKET, MEETINGS = f"/forums/{say.PSP_ODDER}/docket", f"/forums/{say.PSP_ODDER}/meetings"


def blind(rules: Rulebook) -> Rulebook:
    """Give the rulebook without what it shows to the police of a committee that holds a case."""
    content: dict[str, Any] = json.loads(json.dumps(rules.content))
    for entry in content["programmes"]["psp"]["disclosure"]:
        if entry["role"] == "holder":
            entry["unit_kinds"].remove("psp_police")
    return taken(content)


async def put_in_force(here: Chamber, rules: Rulebook) -> None:
    """Put another rulebook in force, as it is."""
    district, manifest = rules.district.id, rules.manifest.hash
    activated = RulebookActivated(district=district, manifest=manifest, content=rules.content)
    await here.happened(rulebook_stream(district), activated)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Chamber]:
    """Give the service with Odder's tovholder, under the rulebook that shows them nothing."""
    async with chamber(tmp_path, blind(rulebook)) as running:
        await running.appoint(HANNE, say.ODDER, "tovholder")
        yield running


def test_no_such_rulebook_is_put_in_force(rulebook: Rulebook) -> None:
    """It can only be one from before it was asked whether a holder sees what it holds."""
    with pytest.raises(FaultyRulebook) as refused:
        parse(blind(rulebook).content)
    assert {fault.rule for fault in refused.value.faults} == {"blind-holder"}


async def test_an_item_is_asked_for_like_one_that_never_was(here: Chamber) -> None:
    """Store, database and policies are asked the same, and answer and record are the same."""
    for kind, own in (("items", await here.item()), ("meetings", await here.meeting())):
        there = await asked(here, HANNE, "GET", f"/{kind}/{own}")
        assert there == await asked(here, HANNE, "GET", f"/{kind}/{uuid4()}")
        assert there[0] == HTTPStatus.NOT_FOUND
        note = (await here.reads())[-2]
        assert (note.outcome, note.policies) == (Outcome.DENIED, ())
        assert note.ids == (f"{kind.removesuffix('s')}:{own}",)


@pytest.mark.parametrize("act", CHANGES)
async def test_an_item_is_changed_like_one_that_never_was(here: Chamber, act: str) -> None:
    """Whoever is shown nothing changes nothing, and learns as little by asking for it."""
    meeting, item = await here.meeting(), await here.item(say.SCREENED)
    said = CHANGES[act]
    body = {said: str(meeting)} if isinstance(said, str) else said
    there = await asked(here, HANNE, "POST", f"/items/{item}/{act}", body)
    assert there == await asked(here, HANNE, "POST", f"/items/{uuid4()}/{act}", body)
    assert there[0] == HTTPStatus.NOT_FOUND
    assert len(await here.wiring.items.facts(f"item-{item}")) == 2


@pytest.mark.parametrize("door", ["docket", "meetings"])
async def test_the_docket_is_asked_for_like_none(here: Chamber, door: str) -> None:
    """It is the same as one of a forum without a docket, and one that never was."""
    await here.item()
    places = (say.PSP_ODDER, say.INFOHUS, "nowhere")
    tries = [await asked(here, HANNE, "GET", f"/forums/{place}/{door}") for place in places]
    assert tries[0] == tries[1] == tries[2]
    assert tries[0][0] == HTTPStatus.NOT_FOUND


async def test_no_meeting_is_convened_on_what_is_not_there(here: Chamber) -> None:
    """That a unit is shown nothing is no reason that is told: there is nothing."""
    item, starts = await here.item(say.SCREENED), {"starts_at": say.NEXT_WEEK.isoformat()}
    refused = await here.ask(HANNE, "POST", MEETINGS, starts)
    assert refused.status_code == HTTPStatus.NOT_FOUND
    assert len(await here.wiring.items.facts(f"item-{item}")) == 2


async def test_the_newest_profile_counts(here: Chamber, rulebook: Rulebook) -> None:
    """A docket is there from the moment that a profile shows it, and gone with it again."""
    item = await here.item()

    async def found() -> Mapping[str, int]:
        paths = (DOCKET, MEETINGS, f"/items/{item}")
        return {path: (await here.ask(HANNE, "GET", path)).status_code for path in paths}

    assert set((await found()).values()) == {HTTPStatus.NOT_FOUND}
    await put_in_force(here, rulebook)
    assert set((await found()).values()) == {HTTPStatus.OK}
    await put_in_force(here, blind(rulebook))
    assert set((await found()).values()) == {HTTPStatus.NOT_FOUND}
