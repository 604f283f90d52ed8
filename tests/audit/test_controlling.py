"""Who may see what was read, and how little of it: over HTTP, from a real ledger."""

from uuid import UUID, uuid4

import pytest

from shared.reads.reading import Kind, Outcome
from tests.audit.readers import AUDITOR, DPO, FIELDS, LEADER, OFFICER, Officer, ids, items, last
from tests.audit.stage import Audit

OTHERS = "randers-tilsyn"
SOME = UUID(int=7)


async def test_an_officer_sees_what_they_read(here: Audit) -> None:
    """One's own reads, newest first, with purpose and field names; those of others never."""
    first, second = uuid4(), uuid4()
    await Officer(here).sees(first)
    await Officer(here).sees(second, reason="Opdigtet grund.")
    await Officer(here, LEADER).sees(first)
    told = await items(here, "/reads/mine", OFFICER)
    assert ids(told) == [[f"referral:{second}"], [f"referral:{first}"]]
    assert told[0]["objects"][0]["fields"] == list(FIELDS)
    assert (told[0]["purpose"], told[0]["reason"]) == ("handling", "Opdigtet grund.")
    assert "subject" not in told[0]


async def test_a_denied_try_reads_as_one_for_nothing(here: Audit) -> None:
    """In one's own log, what is hidden and what never was are alike but for the id asked for."""
    for case in (hidden := uuid4(), never := uuid4()):
        await Officer(here).tries(case)
    nothing, denied = await items(here, "/reads/mine", OFFICER)
    apart = ("record", "at", "objects")
    assert {k: v for k, v in nothing.items() if k not in apart} == {
        k: v for k, v in denied.items() if k not in apart
    }
    assert (ids([nothing, denied])) == [[f"referral:{never}"], [f"referral:{hidden}"]]
    assert nothing["objects"][0]["fields"] == denied["objects"][0]["fields"] == []


async def test_control_finds_by_person_unit_object_and_time(here: Audit) -> None:
    """An auditor narrows what the own authority read; who it was is told by the login's name."""
    case, other = uuid4(), uuid4()
    await Officer(here).sees(case)
    await Officer(here, LEADER).sees(case, other)
    found = await items(here, "/reads", AUDITOR, object=f"referral:{other}")
    assert [entry["subject"] for entry in found] == [LEADER]
    found = await items(here, "/reads", AUDITOR, actor=Officer(here).who.actor)
    assert [entry["subject"] for entry in found] == [OFFICER]
    found = await items(here, "/reads", AUDITOR, unit=LEADER)
    assert ids(found) == [[f"referral:{case}", f"referral:{other}"]]
    moment = found[0]["at"]
    assert await items(here, "/reads", AUDITOR, unit=LEADER, to=moment) == []
    assert len(await items(here, "/reads", AUDITOR, unit=LEADER, **{"from": moment})) == 1


async def test_pages_hold_each_reading_once(here: Audit) -> None:
    """Page after page, newest first; a cursor of other filters or of another list is refused."""
    cases = [uuid4() for _ in range(5)]
    for case in cases:
        await Officer(here).sees(case)
    await here.hear_reads()
    seen, after = list[list[str]](), dict[str, str]()
    while True:
        page = (await here.get("/reads", AUDITOR, unit=OFFICER, size=2, **after)).json()
        seen += ids(page["items"])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [[f"referral:{case}"] for case in reversed(cases)]
    assert (await here.get("/reads", AUDITOR, unit=LEADER, **after)).status_code == 422
    assert (await here.get("/reads/mine", OFFICER, **after)).status_code == 422


async def test_nothing_of_another_authority_is_told(here: Audit) -> None:
    """Neither control nor the log of a case tells an authority what others have read."""
    case = uuid4()
    await Officer(here).sees(case)
    for who in (DPO, OTHERS):
        assert await items(here, f"/reads/of/{case}", who) == []
        own = await items(here, "/reads", who, object=f"referral:{case}")
        assert {(entry["kind"], entry["subject"]) for entry in own} == {("reads", who)}


async def test_the_log_of_a_case_names_no_other(here: Audit) -> None:
    """Who saw it, in a list too, or tried: of the page they saw, only this case is told."""
    case, other = uuid4(), uuid4()
    await Officer(here).sees(other, case, kind=Kind.LIST)
    await Officer(here, LEADER).tries(case)
    told = await items(here, f"/reads/of/{case}", AUDITOR)
    assert ids(told) == [[f"referral:{case}"]] * 2
    assert [entry["outcome"] for entry in told] == ["denied", "shown"]
    assert str(other) not in str(told)


@pytest.mark.parametrize(
    ("path", "who", "purpose"),
    [
        ("/reads/mine", OFFICER, None),
        ("/reads", AUDITOR, "audit"),
        (f"/reads/of/{SOME}", AUDITOR, "audit"),
        (f"/reads/extract?referral={SOME}", DPO, "insight"),
        ("/reads", DPO, "data_protection"),
    ],
)
async def test_reading_it_is_read(here: Audit, path: str, who: str, purpose: str | None) -> None:
    """Every look at the log is in the log: who, which records, for which purpose."""
    await Officer(here).sees(uuid4())
    await here.hear_reads()
    shown = (await here.get(path, who)).json()["items"]
    noted = await last(here)
    assert (noted.kind, noted.outcome, noted.purpose) == (Kind.READS, Outcome.SHOWN, purpose)
    assert noted.who.subject == who
    assert {f"read:{each['record']}" for each in shown} <= set(noted.ids)


async def test_a_replay_is_read(here: Audit) -> None:
    """Replaying leaves a record, denied or not, and nothing leaves where it cannot be noted."""
    never = uuid4()
    assert (await here.ask(never, AUDITOR)).status_code == 404
    noted = await last(here)
    assert (noted.kind, noted.outcome) == (Kind.REPLAY, Outcome.DENIED)
    assert (noted.ids, noted.purpose) == ((f"referral:{never}",), "audit")
    await here.wiring.reads.store.close()
    refused = await here.ask(never, AUDITOR)
    assert (refused.status_code, refused.json()["type"]) == (
        503,
        "urn:kredslob:problem:reads-unwritable",
    )
