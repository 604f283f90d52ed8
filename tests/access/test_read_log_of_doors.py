"""What the log of reads says of each door: who, for what, which fields of what, and no value."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

import pytest

from shared.api.identity import actor_id
from shared.reads.reading import Kind, Outcome, Reading
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall, hall
from tests.access.scenes import asked, seen, sent
from tests.reads.noted import noted
from tests.referrals.ways import PSP


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with a sender, a holder, and somebody from elsewhere."""
    async with hall(tmp_path, rulebook) as running:
        for person, place, office in (
            ("anna", PSP.sender, "caseworker"),
            ("hanne", PSP.taker, "tovholder"),
            ("mogens", "aarhus-ssp", "caseworker"),
            ("dpo", "oestjyllands-politi-tilsyn", "dpo"),
        ):
            await running.appoint(person, place, office)
        yield running


async def _noted(here: Hall) -> list[Reading]:
    return await noted(here.wiring.reads)


async def test_every_door_that_shows_leaves_one_entry(here: Hall) -> None:
    """A look, a list, a feed, a work list and an address each leave one, before the answer."""
    case = await sent(here, "anna", PSP, address="Hemmelig Vej 1")
    await here.shown()
    for path, kind in (
        (f"/referrals/{case}", Kind.SHOW),
        ("/inbox", Kind.LIST),
        ("/due", Kind.LIST),
        ("/changes", Kind.FEED),
    ):
        before = await _noted(here)
        assert (await here.ask("hanne", "GET", path)).is_success
        (entry,) = (await _noted(here))[len(before) :]
        assert (entry.kind, entry.outcome) == (kind, Outcome.SHOWN)
        assert set(entry.ids) == {f"referral:{case}"}
        assert (entry.who.unit, entry.who.office, entry.purpose) == (
            *(PSP.taker, "tovholder"),
            "handling",
        )
        assert entry.who.subject == "hanne"
        assert entry.rulebook
    await asked(here, "hanne", "address", case, {"reason": "Vi kører derud."})
    entry = (await _noted(here))[-1]
    assert (entry.kind, entry.reason) == (Kind.REVEAL, "Vi kører derud.")
    assert entry.objects[0].fields == ("intake.address",)


async def test_what_was_masked_was_not_shown(here: Hall) -> None:
    """A protected address that stood masked in the answer is not among the fields of the entry."""
    case = await sent(here, "anna", PSP, address="Hemmelig Vej 1")
    kind = {"kind": "name_and_address", "since": "2026-11-01"}
    await asked(here, "anna", "address-protection", case, kind, method="PUT")
    await here.shown()
    assert (await here.see("hanne", f"/referrals/{case}")).json()["intake"]["address"] == {
        "masked": True
    }
    (seen,) = (await _noted(here))[-1].objects
    assert "intake.name" in seen.fields
    assert "intake.address" not in seen.fields


async def test_fields_are_named_and_values_never(here: Hall) -> None:
    """An entry names the fields that were shown and the policies behind it, and quotes nothing."""
    case = await sent(here, "anna", PSP)
    await here.shown()
    await seen(here, "hanne", case)
    entry = (await _noted(here))[-1]
    assert {"intake.name", "intake.concern", "sent.necessity"} <= set(entry.objects[0].fields)
    assert entry.policies
    assert entry.basis == PSP.basis
    for value in PSP.answers.values():
        assert not isinstance(value, str) or value not in entry.model_dump_json()


async def test_who_asks_what_a_colleague_sees_is_noted_with_the_colleague(here: Hall) -> None:
    """Overseeing staff is overseen: the entry has the code of who it was about, and no name."""
    case = await sent(here, "anna", PSP)
    await here.shown()
    about, purpose = {"subject": "hanne"}, {"Kredslob_Purpose": "data_protection"}
    told = await here.ask("dpo", "POST", f"/referrals/{case}/sight", about, **purpose)
    assert told.is_success, told.text
    entry = (await _noted(here))[-1]
    hanne = actor_id(here.wiring.actor_key, entry.who.issuer, "hanne")
    assert entry.ids == (f"referral:{case}", f"actor:{hanne}")
    assert "hanne" not in entry.model_dump_json()


@pytest.mark.parametrize("case_is", ["there", "never was"])
async def test_who_asks_through_a_system_is_noted_with_the_system(here: Hall, case_is: str) -> None:
    """The officer is who looked, shown or denied, and the system that asked stands beside them."""
    system = "system:fagsystem"
    await here.appoint(system, PSP.taker, "system")
    case = await sent(here, "anna", PSP) if case_is == "there" else str(uuid4())
    await here.shown()
    for named, actor, behind in (
        ({"Kredslob_Officer": "hanne"}, "hanne", here.code(system)),
        ({}, system, None),
    ):
        before = await _noted(here)
        answer = await here.ask(system, "GET", f"/referrals/{case}", **named)
        assert answer.is_success == (case_is == "there"), answer.text
        (entry,) = (await _noted(here))[len(before) :]
        assert (entry.who.actor, entry.who.on_behalf) == (here.code(actor), behind)
        assert entry.who.subject == actor


async def test_a_refused_look_leaves_the_same_as_one_at_nothing(here: Hall) -> None:
    """Both leave a denied entry with the id that was asked for, and no other difference."""
    case, never = await sent(here, "anna", PSP), str(uuid4())
    await here.shown()
    entries = []
    for asked_for in (case, never):
        before = await _noted(here)
        answer = await here.ask("mogens", "GET", f"/referrals/{asked_for}")
        assert answer.status_code == HTTPStatus.NOT_FOUND
        (entry,) = (await _noted(here))[len(before) :]
        assert entry.ids == (f"referral:{asked_for}",)
        entries.append(entry.model_dump(exclude={"at", "objects"}))
    assert entries[0] == entries[1]
    assert entries[0]["outcome"] == Outcome.DENIED


async def test_a_page_notes_what_it_shows_and_nothing_else(here: Hall) -> None:
    """Of a list those referrals are noted that stand on the page that was asked for."""
    cases = [await sent(here, "anna", PSP) for _ in range(3)]
    page = await here.see("hanne", "/inbox?size=2")
    entry = (await _noted(here))[-1]
    assert set(entry.ids) == {f"referral:{each}" for each in cases[1:]}
    await here.ask("hanne", "GET", f"/inbox?size=2&after={page.json()['next']}")
    assert (await _noted(here))[-1].ids == (f"referral:{cases[0]}",)
