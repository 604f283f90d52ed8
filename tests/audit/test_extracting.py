"""An extract for a person: who of one authority was shown any of their cases."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.reads.reading import Kind, Object, Outcome
from tests.audit.readers import (
    AUDITOR,
    DPO,
    FIELDS,
    LEADER,
    OFFICER,
    Officer,
    extract,
    last,
)
from tests.audit.stage import Audit
from tests.reads.noted import noted

EXTRACT = "/reads/extract"


def referrals(cases: Sequence[UUID]) -> list[str]:
    """Give the ids as a query has them."""
    return [str(case) for case in cases]


def lines(told: dict[str, Any]) -> list[tuple[str, UUID]]:
    """Give the record and the case of each line."""
    return [(line["record"], UUID(line["referral"])) for line in told["items"]]


def codes(told: dict[str, Any]) -> set[str]:
    """Give what stands for the staff."""
    return {line["staff"] for line in told["items"]}


async def pages(here: Audit, *cases: UUID, size: int) -> list[dict[str, Any]]:
    """Give every page of an extract."""
    found = [await extract(here, *cases, size=size)]
    while found[-1]["next"] is not None:
        found.append(await extract(here, *cases, size=size, after=found[-1]["next"]))
    return found


async def test_an_extract_names_no_staff(here: Audit) -> None:
    """Masked it tells one from the other, not who they are, and leaves out why they said it was."""
    case = uuid4()
    for who in (OFFICER, LEADER, OFFICER):
        await Officer(here, who).sees(case, uuid4(), reason="Opdigtet Kollega bad om det.")
    await Officer(here).tries(case)
    told = await extract(here, case)
    staff = [line["staff"] for line in told["items"]]
    assert (staff[0], len(set(staff)), len(staff)) == (staff[2], 2, 3)
    assert [each for each in (OFFICER, LEADER, "Kollega") if each in _told_of_staff(told)] == []
    assert told["items"][0]["fields"] == list(FIELDS)


async def test_an_extract_can_name_staff(here: Audit) -> None:
    """Where names are asked for they are there, and the log says that they were shown."""
    case, other = uuid4(), uuid4()
    await Officer(here).sees(case, other, reason="Opdigtet grund.")
    told = await extract(here, case, other, mask="false")
    said = [(line["staff"], line["reason"]) for line in told["items"]]
    assert said == [(OFFICER, "Opdigtet grund.")] * 2
    assert "staff" in (await last(here)).objects[-1].fields
    await extract(here, case)
    assert "staff" not in (await last(here)).objects[-1].fields


async def test_an_extract_is_of_all_the_cases_asked_for(here: Audit) -> None:
    """Newest first over all of them, and each line says which case it is about; of others none."""
    one, two, unseen, other = (uuid4() for _ in range(4))
    await Officer(here).sees(one)
    await Officer(here, LEADER).sees(other, two)
    await Officer(here).sees(other)
    await Officer(here, LEADER).sees(one)
    told = await extract(here, two, unseen, one)
    assert [(UUID(e["referral"]), e["unit"]) for e in told["items"]] == [
        (one, LEADER),
        (two, LEADER),
        (one, OFFICER),
    ]
    assert told["referrals"] == sorted(referrals([one, two, unseen]))
    assert str(other) not in str(told)


async def test_what_was_seen_at_once_has_a_line_for_each_case(here: Audit) -> None:
    """Of a list that showed several of the cases, each line has the fields of its own case."""
    one, two = uuid4(), uuid4()
    seen = (Object(f"referral:{one}", ("stage",)), Object(f"referral:{two}", ("name",)))
    await Officer(here).lists(*seen, kind=Kind.LIST)
    told = await extract(here, one, two)
    assert {(UUID(e["referral"]), *e["fields"]) for e in told["items"]} == {
        (one, "stage"),
        (two, "name"),
    }
    assert len({line["record"] for line in told["items"]}) == 1


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_pages_of_several_cases_hold_each_line_once(here: Audit, size: int) -> None:
    """A page ends between two cases of one reading as well, and nothing is lost or told twice."""
    cases = [uuid4() for _ in range(3)]
    for shown in (cases, cases[:1], cases[1:], cases):
        await Officer(here).sees(*shown)
    every = lines(await extract(here, *cases))
    assert (len(every), len(set(every))) == (9, 9)
    found = await pages(here, *cases, size=size)
    assert [line for page in found for line in lines(page)] == every
    assert all(len(page["items"]) <= size for page in found)


async def test_a_page_goes_on_in_its_own_extract_alone(here: Audit) -> None:
    """A cursor is of the cases asked for, in whatever order; with other cases it is refused."""
    one, two, other = (uuid4() for _ in range(3))
    for _ in range(2):
        await Officer(here).sees(one, two)
    after = (await extract(here, one, two, size=1))["next"]
    assert len((await extract(here, two, one, after=after))["items"]) == 3
    for cases in ([one], [one, two, other]):
        answer = await here.get(EXTRACT, AUDITOR, referral=referrals(cases), after=after)
        assert answer.status_code == 422
        assert answer.json()["type"] == "urn:kredslob:problem:cursor-not-valid"


async def test_staff_has_one_code_in_an_extract(here: Audit) -> None:
    """The same person is the same in all cases of it, on every page, in whatever order asked."""
    cases = [uuid4() for _ in range(3)]
    for case in cases:
        await Officer(here).sees(case)
    found = await pages(here, *cases, size=1)
    assert len({code for page in found for code in codes(page)}) == 1
    assert codes(await extract(here, *reversed(cases))) == codes(found[0])


async def test_staff_has_another_code_in_another_extract(here: Audit) -> None:
    """Extracts of different cases, though they share some, give one person unlike codes."""
    one, two, three = (uuid4() for _ in range(3))
    await Officer(here).sees(one, two, three)
    asked = ([one], [two], [one, two], [one, three], [one, two, three])
    found = [codes(await extract(here, *cases)) for cases in asked]
    assert [len(each) for each in found] == [1] * len(asked)
    assert len({code for each in found for code in each}) == len(asked)


async def test_a_case_asked_for_twice_counts_once(here: Audit) -> None:
    """One that is said twice is the same extract, and is noted once."""
    case = uuid4()
    await Officer(here).sees(case)
    once, twice = await extract(here, case), await extract(here, case, case)
    assert (lines(twice), codes(twice)) == (lines(once), codes(once))
    assert twice["referrals"] == [str(case)]
    assert (await last(here)).ids.count(f"referral:{case}") == 1


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 200), (50, 200), (51, 422)])
async def test_an_extract_is_of_one_to_fifty_cases(here: Audit, count: int, status: int) -> None:
    """Without a case there is no extract, and one person has not more than fifty."""
    cases = [uuid4() for _ in range(count)]
    answer = await here.get(EXTRACT, AUDITOR, referral=referrals(cases))
    assert answer.status_code == status


async def test_each_case_asked_for_is_noted(here: Audit) -> None:
    """The log has every case of an extract, whether anybody had seen it, and every record told."""
    seen, unseen = uuid4(), uuid4()
    await Officer(here).sees(seen)
    told = await extract(here, seen, unseen, who=AUDITOR)
    shown = await last(here)
    assert set(shown.ids) == {
        f"referral:{seen}",
        f"referral:{unseen}",
        *(f"read:{line['record']}" for line in told["items"]),
    }
    assert (shown.outcome, shown.purpose) == (Outcome.SHOWN, "audit")


async def test_each_case_of_a_denied_try_is_noted(here: Audit) -> None:
    """Who may not have the extract leaves a try for each of the cases."""
    cases = sorted(uuid4() for _ in range(3))
    answer = await here.get(EXTRACT, OFFICER, referral=referrals(cases))
    assert answer.status_code == 403
    tries = await noted(here.wiring.reads)
    assert [each.ids for each in tries] == [(f"referral:{case}",) for case in cases]
    assert {(each.kind, each.outcome) for each in tries} == {(Kind.EXPORT, Outcome.DENIED)}


async def test_an_extract_holds_ones_own_authority_alone(here: Audit) -> None:
    """Of several cases as of one, what another authority saw of them is not in it."""
    one, two = uuid4(), uuid4()
    await Officer(here).sees(one, two)
    assert (await extract(here, one, two, who=DPO))["items"] == []
    assert len((await extract(here, one, two))["items"]) == 2


def _told_of_staff(told: dict[str, Any]) -> str:
    return str([(line["staff"], line["reason"]) for line in told["items"]])
