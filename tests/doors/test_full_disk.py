"""A store that is full: nothing more is written, nothing is half-written, reading goes on."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from shared.platform.activating import activate
from shared.platform.supervising import ROOT, Platform
from tests.doors.cases import DRAFT, SENDING, delivered, drafted
from tests.doors.knocking import facts, knock, nothing_written, refused
from tests.doors.people import POLICE, SSP, appoint, person, written
from tests.journeys.world import World

PAGES = "80"
"""Of 4 KiB: room for the rulebook and some offices in councils, and for two long drafts."""

LONG = {**DRAFT, "intake": {"concern": "x" * 100_000}}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Platform]:
    """Give a platform of its own whose stores are soon full."""
    people = str(written(tmp_path / "people.yaml"))
    running = Platform.start(tmp_path / "var", people=people, store_pages=PAGES)
    try:
        running.wait_until_ready(within=90)
        activate(running, ROOT / "rulebook")
        appoint(running, [SSP, POLICE])
        yield running
    finally:
        running.stop()


async def test_a_full_store_is_read_on(small: Platform) -> None:
    """Writes to a full store end in a problem of their own, in both languages.

    Reads go on, and each is noted.
    """
    async with World(small) as world:
        await world.eventually("the office is known", partial(_is_known, world))
        first, on_its_way = await drafted(world), await delivered(world)
        kept = await _filled_with_long_ones(world)
        async with nothing_written(small):
            await _nothing_long_is_taken(world, first)
            ssp, police = person(world, SSP), person(world, POLICE)
            seen = await ssp.get(f"/referrals/{first}")
            assert seen.headers["etag"] == '"1"'
            assert len((await ssp.get("/sent")).body["items"]) == kept + 2
            opened = await knock(police, "GET", f"/referrals/{on_its_way}")
            assert opened.json()["intake"] == DRAFT["intake"]
            assert (await world.http.get(f"{small.url('referrals')}/healthz")).is_success
        await _filled_to_the_brim(world, first)


async def _is_known(world: World) -> bool:
    asked = [await knock(person(world, who), "GET", "/inbox") for who in (SSP, POLICE)]
    return all(answer.is_success for answer in asked)


async def _filled_with_long_ones(world: World) -> int:
    answer, kept = await knock(person(world, SSP), "POST", "/referrals", LONG), 0
    while answer.is_success:
        kept += 1
        answer = await knock(person(world, SSP), "POST", "/referrals", LONG)
    refused(answer, "storage-full", 507)
    assert kept >= 1
    return kept


async def _nothing_long_is_taken(world: World, case: str) -> None:
    ssp, edit = person(world, SSP), {"urgency": "akut", "intake": LONG["intake"]}
    for _ in range(3):
        again = await knock(ssp, "POST", "/referrals", LONG, idempotency_key="full")
        refused(again, "storage-full", 507)
    no = await knock(ssp, "PUT", f"/referrals/{case}/draft", edit, if_match='"1"')
    refused(no, "storage-full", 507)


async def _filled_to_the_brim(world: World, case: str) -> None:
    """Fill the last page too: what is small is refused alike once there is no room for it."""
    ssp = person(world, SSP)
    number = {"number": "2021-1"}
    answer = await knock(ssp, "PUT", f"/referrals/{case}/case-number", number)
    while answer.is_success:
        answer = await knock(ssp, "PUT", f"/referrals/{case}/case-number", number)
    refused(answer, "storage-full", 507)
    before = await facts(world.platform)
    sent = await knock(ssp, "POST", f"/referrals/{case}/sending", SENDING)
    refused(sent, "storage-full", 507)
    assert await facts(world.platform) == before
    noted = await facts(world.platform, file="reads.db")
    seen = await ssp.get(f"/referrals/{case}")
    assert seen.body["stage"] == "draft"
    assert seen.body["case_number"] == "2021-1"
    assert len(await facts(world.platform, file="reads.db")) == len(noted) + 1
    others = await knock(person(world, POLICE), "GET", f"/referrals/{case}")
    refused(others, "does-not-exist", 404)
