"""Whoever stands in for the tovholder counts as the tovholder, and is known as themselves."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.councils.domain.streams import item_stream
from shared.api.identity import actor_id
from shared.rulebook.content import Rulebook
from tests.councils.saying import ODDER
from tests.councils.stage import Councils, councils

TOVHOLDER, STAND_IN, BOTH, OF_FORUM = "hanne", "ivan", "karla", "lone"
GONE = (403, "urn:kredslob:problem:agenda-gone")


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Councils]:
    """Give the running service with the people of Odder's PSP unit and committee."""
    async with councils(tmp_path, rulebook) as running:
        await running.appoint(TOVHOLDER, ODDER, "tovholder")
        await running.appoint(STAND_IN, ODDER, "stand_in")
        for office in ("caseworker", "stand_in"):
            await running.appoint(BOTH, ODDER, office)
        await running.appoint(OF_FORUM, ODDER, "caseworker")
        await running.appoint(OF_FORUM, "psp-odder", "stand_in")
        yield running


@pytest.fixture
async def late(here: Councils) -> tuple[str, dict[str, str]]:
    """Give a screened item, and the meeting whose agenda has gone out without it."""
    starts = {"starts_at": (datetime.now(UTC) + timedelta(days=7)).isoformat()}
    path = "/forums/psp-odder/meetings"
    meeting = (await here.done("POST", path, who=TOVHOLDER, body=starts))["meeting"]
    await here.done("POST", f"/meetings/{meeting}/agenda", who=TOVHOLDER)
    referral = uuid4()
    await here.happens("referral.sent.v1", referral, addressee=ODDER)
    item = await here.item_of(referral, who=TOVHOLDER)
    await here.done("POST", f"/items/{item}/screening", who=TOVHOLDER)
    return item, {"meeting": str(meeting)}


async def test_a_stand_in_decides_and_it_is_their_own_decision(
    here: Councils, late: tuple[str, dict[str, str]]
) -> None:
    """What only the tovholder may do a stand-in does (plan §18), recorded under their own code."""
    item, meeting = late
    await here.done("POST", f"/items/{item}/placement", who=STAND_IN, body=meeting)
    facts = await here.wiring.items.facts(item_stream(UUID(item)))
    key, issuer = here.wiring.actor_key, here.issuer.address
    assert facts[-1].event.type == "docket-item.placed.v1"
    assert facts[-1].actor == actor_id(key, issuer, STAND_IN) != actor_id(key, issuer, TOVHOLDER)


async def test_who_could_stand_in_and_does_not_is_no_stand_in(
    here: Councils, late: tuple[str, dict[str, str]]
) -> None:
    """With two hats only the one that is worn counts."""
    item, meeting = late
    path = f"/items/{item}/placement"
    worn = await here.ask("POST", path, who=BOTH, body=meeting, Kredslob_Office="caseworker")
    assert (worn.status_code, worn.json()["type"]) == GONE
    await here.done("POST", path, who=BOTH, body=meeting, Kredslob_Office="stand_in")


async def test_an_office_in_the_committee_counts_on_its_docket(
    here: Councils, late: tuple[str, dict[str, str]]
) -> None:
    """Held in the forum itself it is no second hat in the unit: it counts beside the one worn."""
    item, meeting = late
    await here.done("POST", f"/items/{item}/placement", who=OF_FORUM, body=meeting)
