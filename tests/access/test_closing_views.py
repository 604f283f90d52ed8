"""When what parties share has ended: what goes, what stays, how it is marked, and from when on."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.scenes import (
    asked,
    fact_of,
    let_in,
    one_in_each_unit,
    seen,
    sent,
    taken_on,
    written,
)
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP, Way

WHY = {"reason": "Familien flytter i morgen."}


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with one person in each unit."""
    async with one_in_each_unit(tmp_path, rulebook) as running:
        yield running


def _words(told: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [step["said"]["text"] for step in told["timeline"] if "text" in step["said"]]


async def _talked(here: Hall, sender: str, holder: str, way: Way) -> str:
    case = await sent(here, sender, way)
    await written(here, sender, case, "Fra den, der sender.")
    await written(here, holder, case, "Fra den, der har sagen.")
    await here.shown()
    return case


async def test_before_acceptance_a_stub_is_left(here: Hall) -> None:
    """Who had not taken it on keeps its own words and the mark, and nothing of the concern."""
    case = await _talked(here, "anna", "hanne", PSP)
    before = await seen(here, "hanne", case)
    assert before["intake"]["concern"] == PSP.answers["concern"]
    await asked(here, "anna", "withdrawal", case, WHY)
    after = await seen(here, "hanne", case)  # at once: who takes access away waits for the views
    assert after["closed"]["da"] == "trukket tilbage"
    assert after["closed"]["at"][:10] == after["timeline"][-1]["at"][:10]
    assert after["intake"] == {}
    assert _words(after) == ["Fra den, der har sagen."]
    assert WHY["reason"] not in str(after)


async def test_what_was_accepted_stays(here: Hall) -> None:
    """Who had taken it on keeps the concern as it was accepted, and not the talk of others."""
    case = await _talked(here, "anna", "hanne", PSP)
    await taken_on(here, "hanne", case)
    await asked(here, "anna", "withdrawal", case, WHY)
    after = await seen(here, "hanne", case)
    assert after["intake"]["concern"] == PSP.answers["concern"]
    assert _words(after) == ["Fra den, der har sagen."]
    own = await seen(here, "anna", case)
    assert own["closed"]["kind"] == "withdrawn"
    assert own["intake"]["concern"] == PSP.answers["concern"]
    assert _words(own) == ["Fra den, der sender."]


async def test_whoever_was_let_in_has_accepted_nothing(here: Hall) -> None:
    """That the holder took it on puts nothing into the file of a unit that was let in."""
    case = await _talked(here, "anna", "hanne", PSP)
    await let_in(here, "hanne", case, PSP)
    await taken_on(here, "hanne", case)
    assert (await here.see("jette", f"/referrals/{case}")).json()["intake"]
    await asked(here, "anna", "withdrawal", case, WHY)
    after = await seen(here, "jette", case)
    assert (after["closed"]["kind"], after["intake"], _words(after)) == ("withdrawn", {}, [])
    assert "Fordi det er nødvendigt." not in str(after)


async def test_a_consent_taken_back_ends_what_rests_on_it(here: Hall) -> None:
    """Without the consent nothing is shared any more: everybody has their own, and the mark."""
    case = await _talked(here, "kirsten", "erik", BANDEEXIT)
    await let_in(here, "erik", case, BANDEEXIT)
    consent = await fact_of(here, case, "consent-recorded")
    back = {"withdrawn_on": "2026-11-02", "note": "Han vil ikke mere."}
    await asked(here, "kirsten", f"consents/{consent}/withdrawal", case, back)
    for person, words in (("erik", "Fra den, der har sagen."), ("kirsten", "Fra den, der sender.")):
        after = await seen(here, person, case)
        assert after["closed"]["da"] == "samtykke tilbagekaldt"
        assert _words(after) == [words]
    let = await seen(here, "olga", case)
    assert (let["closed"]["da"], let["intake"], _words(let)) == ("samtykke tilbagekaldt", {}, [])
    told = await here.ask("erik", "POST", f"/referrals/{case}/messages", {"text": "Men dog."})
    assert told.is_client_error


async def test_after_a_takeover_nothing_is_told_but_that(here: Hall) -> None:
    """What the police take over is "lukket – overdraget" to all others, their own words too."""
    case = await _talked(here, "finn", "ib", INFOHUS)
    await let_in(here, "ib", case, INFOHUS)
    await taken_on(here, "ib", case)
    await asked(here, "ib", "closing", case, {"outcome": "overdraget_til_politiet"})
    for person in ("finn", "rita"):
        after = await seen(here, person, case)
        assert after["closed"]["da"] == "lukket – overdraget"
        assert (after["intake"], _words(after), after["parties"]) == ({}, [], [])
        assert (after["programme"], after["urgency"], after["outside"]) == (None, None, None)
        assert "police_check" not in str(after)
    own = await seen(here, "ib", case)
    assert own["closed"] is None
    assert own["intake"]["concern"] == INFOHUS.answers["concern"]


async def test_who_leaves_keeps_what_it_wrote(here: Hall) -> None:
    """A unit that was let in and leaves keeps its own words; for the others all goes on."""
    case = await _talked(here, "anna", "hanne", PSP)
    await let_in(here, "hanne", case, PSP, sees="start")
    await written(here, "jette", case, "Fra psykiatrien.")
    await here.shown()
    assert len(_words(await seen(here, "jette", case))) == len(("sender", "holder", "let in"))
    await asked(here, "jette", "leaving", case, WHY)
    after = await seen(here, "jette", case)
    assert (after["closed"]["da"], _words(after)) == ("udtrådt", ["Fra psykiatrien."])
    assert after["intake"] == {}
    assert (await seen(here, "anna", case))["closed"] is None


async def test_who_joins_reads_from_then_on_or_from_the_start(here: Hall) -> None:
    """A unit that is let in reads the concern; the talk before only where that was decided."""
    for sees, words in (
        ("joining", ["Siden."]),
        ("start", ["Fra den, der sender.", "Fra den, der har sagen.", "Siden."]),
    ):
        case = await _talked(here, "anna", "hanne", PSP)
        await let_in(here, "hanne", case, PSP, sees=sees)
        await written(here, "hanne", case, "Siden.")
        told = (await here.see("jette", f"/referrals/{case}")).json()
        assert _words(told) == words
        assert told["intake"]["health"] == PSP.answers["health"]


async def test_a_tombstone_stands_in_the_feed(here: Hall) -> None:
    """A feed tells of a view that has closed that it was, and its numbers have no gap."""
    case = await _talked(here, "anna", "hanne", PSP)
    before = (await here.see("hanne", "/changes")).json()
    await asked(here, "anna", "withdrawal", case, WHY)
    news = (await here.ask("hanne", "GET", f"/changes?after={before['cursor']}")).json()
    (last,) = [each for each in news["items"] if each["closed"]][-1:]
    assert (last["referral"], last["closed"]) == (case, "withdrawn")
    ones: list[Any] = []
    path = "/changes?size=1"
    while page := (await here.ask("hanne", "GET", path)).json()["items"]:
        ones += page
        answer = await here.ask("hanne", "GET", path)
        path = f"/changes?size=1&after={answer.json()['cursor']}"
    assert ones == (await here.ask("hanne", "GET", "/changes")).json()["items"]


async def test_an_error_is_answered_when_the_views_have_lost_it(here: Hall) -> None:
    """What was entered in error is gone for the others the moment that it is said."""
    case = await _talked(here, "anna", "hanne", PSP)
    await asked(here, "anna", "error", case, WHY)
    after = await seen(here, "hanne", case)
    assert (after["closed"]["kind"], after["intake"]) == ("entered_in_error", {})


async def test_a_takeover_leaves_no_word_of_protection_or_leaving(here: Hall) -> None:
    """What the police noted of the person is not told to whom nothing is told any more."""
    case = await _talked(here, "finn", "ib", INFOHUS)
    threat = {"kind": "threat", "since": "2026-11-01"}
    await asked(here, "ib", "address-protection", case, threat, method="PUT")
    await here.shown()
    assert (await seen(here, "finn", case))["protection"]["kind"] == "threat"
    await taken_on(here, "ib", case)
    await asked(here, "ib", "closing", case, {"outcome": "overdraget_til_politiet"})
    after = await seen(here, "finn", case)
    assert after["closed"]["kind"] == "taken_over"
    assert (after["protection"], after["marking"], after["policies"]) == (None, None, [])


async def test_no_door_says_more_of_what_was_taken_over(here: Hall) -> None:
    """Neither an address, a list, a change nor the explanation has policies, marking or kinds."""
    await here.appoint("dpo favrskov", "favrskov-tilsyn", "dpo")
    case = await _talked(here, "finn", "ib", INFOHUS)
    await taken_on(here, "ib", case)
    await asked(here, "ib", "closing", case, {"outcome": "overdraget_til_politiet"})
    address = await asked(here, "finn", "address", case, {"reason": "Vi kører derud."})
    numbered = await asked(here, "finn", "case-number", case, {"number": "7"}, method="PUT")
    told = [await here.see("finn", path) for path in ("/sent", "/changes", "/tasks")]
    about, control = {"subject": "finn"}, {"Kredslob_Purpose": "data_protection"}
    why = await here.ask("dpo favrskov", "POST", f"/referrals/{case}/sight", about, **control)
    for answer in (address, numbered, *told, why):
        assert "efterforskning" not in answer.text, answer.request.url
        assert '"policies":[{' not in answer.text, answer.request.url
    (office,) = why.json()["offices"]
    assert (office["categories"], office["own"]) == ([], [])
    assert "overdraget" in office["da"]
