"""Rules that no longer know what a referral rests on free nobody of what it rested on."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.access.marking import Marking, marking_of
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.scenes import asked, fact_of, seen, sent
from tests.access.work_lists import peopled
from tests.referrals.ways import BANDEEXIT, PSP

LATELY = "2026-11-02"


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


def _renamed(rulebook: Rulebook, old: str) -> Any:  # noqa: ANN401 - JSON
    """Give the content of the rulebook with another id for a basis, wherever it is named."""
    text = json.dumps(rulebook.content).replace(f'"{old}"', f'"{old}-anden"')
    return json.loads(text)


async def test_what_was_shared_under_115_stays_marked(here: Hall) -> None:
    """On the page and in lists, after the basis has another id in the newest rules."""
    case = await sent(here, "anna", PSP)
    await here.activate(_renamed(here.rulebook, PSP.basis))
    page = await seen(here, "hanne", case)
    assert page["intake"]["health"] == PSP.answers["health"]
    inbox = (await here.see("hanne", "/inbox")).json()["items"]
    outbox = (await here.see("anna", "/sent")).json()["items"]
    for answer in (page, *inbox, *outbox):
        assert answer["marking"] == Marking().model_dump()


def test_only_what_is_known_to_rest_on_something_else_is_unmarked(rulebook: Rulebook) -> None:
    """An unknown basis or programme may have rested on § 115; a known other one has not."""
    assert marking_of(rulebook, "psp", "ukendt") == Marking()
    assert marking_of(rulebook, "ukendt", None) == marking_of(rulebook, "ukendt", "x") == Marking()
    assert marking_of(rulebook, BANDEEXIT.programme, BANDEEXIT.basis) is None


async def test_a_consent_taken_back_closes_what_rested_on_it(here: Hall) -> None:
    """Also where the newest rules have another id for consent: nobody can say that it did not."""
    case = await sent(here, "kirsten", BANDEEXIT)
    consent = await fact_of(here, case, "consent-recorded")
    await here.activate(_renamed(here.rulebook, BANDEEXIT.basis))
    await asked(here, "kirsten", f"consents/{consent}/withdrawal", case, {"withdrawn_on": LATELY})
    page = (await here.see("erik", f"/referrals/{case}")).json()
    assert (page["closed"]["kind"], page["intake"]) == ("consent_withdrawn", {})
