"""Broken glass ends by itself, by the clock: then it is as if it had never been broken."""

from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.moving import moved_on
from tests.access.scenes import asked, seen
from tests.access.work_lists import WHY, claimed, listed, peopled
from tests.referrals.ways import PSP

ADDRESS, NAME = "Hemmelig Vej 1", PSP.answers["name"]
BEFORE_THE_END, OVER_THE_END = timedelta(minutes=5), timedelta(minutes=10)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


async def _inbox(here: Hall) -> Any:  # noqa: ANN401 - JSON
    (line,) = (await here.see("lis", "/inbox")).json()["items"]
    return line


async def _address(here: Hall, case: str) -> Any:  # noqa: ANN401 - an answer
    return await here.ask("lis", "POST", f"/referrals/{case}/address", {"reason": "Kør!"})


@pytest.mark.parametrize(("said", "hours"), [({}, 3), ({"hours": 1}, 1), ({"hours": 3}, 3)])
async def test_glass_lets_nobody_see_for_longer(
    here: Hall, said: dict[str, int], hours: int
) -> None:
    """Until the last minute all is shown under the banner, from then on the envelope alone.

    It ends after three hours, or sooner where less was asked for: case, address, list and tasks.
    """
    case = await claimed(here, address=ADDRESS)
    await asked(here, "lis", "broken-glass", case, {**WHY, **said})
    await here.shown()
    moved_on(here, timedelta(hours=hours) - BEFORE_THE_END)
    during = await seen(here, "lis", case)
    assert (during["intake"]["name"], during["purpose"]) == (NAME, "emergency")
    assert during["banner"]
    assert (await _address(here, case)).json()["contact"] == {"address": ADDRESS}
    assert (await _inbox(here))["name"] == NAME
    assert all(each["banner"] for each in (await listed(here, "lis"))["items"])
    moved_on(here, OVER_THE_END)
    await _sees_the_envelope(here, case)


async def _sees_the_envelope(here: Hall, case: str) -> None:
    after = await seen(here, "lis", case)
    assert (after["intake"], after["banner"], after["purpose"]) == ({}, None, "handling")
    assert all("text" not in step["said"] for step in after["timeline"])
    refused = await _address(here, case)
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert ADDRESS not in refused.text
    line = await _inbox(here)
    assert (line["referral"], line["name"]) == (case, None)
    assert not line.get("banner")
    items = (await listed(here, "lis"))["items"]
    assert [(each["kind"], each["banner"]) for each in items] == [("glass_review", None)]
