"""Who is let in to the doors of control: two offices, and only as far as the policies let them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from shared.reads.reading import Outcome
from shared.rulebook.cedar import statements
from shared.rulebook.content import Rulebook, parse
from tests.audit.readers import AUDITOR, DPO, LEADER, OFFICER, Officer, last
from tests.audit.stage import SYSTEM, Audit, audit, whole
from tests.reads.noted import noted
from tests.referrals import asking
from tests.referrals.ways import INFOHUS

DOORS = (
    "/reads?object=referral:{}",
    "/reads/of/{}",
    "/reads/extract?referral={}",
    "/referrals/{}/replay",
)
OF_THE_LEDGER = (
    "/heads",
    "/proofs/inclusion?entry=0&size=1",
    "/proofs/consistency?first=1&second=1",
)
EVERY_DOOR = (*DOORS, *OF_THE_LEDGER)
"""The doors of control: those of cases, and those that are of none."""
OVERSEE = '(principal, action == Action::"oversee", resource)'
NEVER = UUID("00000000-0000-4000-8000-000000000000")
OTHERS, STRANGER = "randers-tilsyn", "randers-ssp"
ONE_CLOSED = (
    'context.space == "victim_support"',
    'context.space == "crime_prevention"',
    'context.existence == "secret"',
    'context.role == "none"',
    'context.role == "let_in"',
)
"""Classes of which a made-up policy closes one to control."""
SEATED: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "a leader": ({"sub": LEADER}, {}),
    "a caseworker": ({"sub": OFFICER}, {}),
    "a caseworker of another authority": ({"sub": STRANGER}, {}),
    "a system": ({"sub": SYSTEM, "client_id": SYSTEM}, {}),
    "a system for an officer": ({"sub": SYSTEM, "client_id": SYSTEM}, {"officer": OFFICER}),
}
"""Who holds an office that oversees nothing: claims, and headers."""
NOBODY: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "an operator's machine": ({"sub": AUDITOR, "scope": "operate"}, {}),
    "a program that keeps offices": ({"sub": DPO, "scope": "directory"}, {}),
    "a program that reads offices": ({"sub": AUDITOR, "scope": "directory-read"}, {}),
    "a system for an auditor": ({"sub": SYSTEM, "client_id": SYSTEM}, {"officer": AUDITOR}),
    "who holds nothing": ({"sub": "uden-hverv"}, {}),
}
"""Who is nobody in any unit, though the name is an overseer's."""


def changed(rulebook: Rulebook, **files: str) -> Rulebook:
    """Give the rulebook with other policies in these files."""
    policies: Any = rulebook.content["policies"]
    return parse(
        {**rulebook.content, "policies": {**policies, "files": {**policies["files"], **files}}}
    )


def without_oversight(rulebook: Rulebook) -> Rulebook:
    """Give the rulebook in which nobody is let to oversee."""
    policies: Any = rulebook.content["policies"]
    kept = [each.text for each in statements(policies["files"]["oversight"])]
    kept = [text for text in kept if '@id("oversight-oversees")' not in text]
    return changed(rulebook, oversight="\n".join(kept))


def closed_where(rulebook: Rulebook, when: str) -> Rulebook:
    """Give the rulebook in which control is kept out of some cases."""
    return _and(rulebook, f"forbid {OVERSEE} when {{ {when} }};")


def open_to_all(rulebook: Rulebook) -> Rulebook:
    """Give the rulebook in which policies let everybody oversee, for whatever purpose."""
    return _and(rulebook, f"permit {OVERSEE};")


def _and(rulebook: Rulebook, policy: str) -> Rulebook:
    policies: Any = rulebook.content["policies"]
    named = f'@id("made-up") @da("Opdigtet.") @en("Made up.") {policy}'
    return changed(rulebook, limits=policies["files"]["limits"] + named)


async def a_case(here: Audit) -> UUID:
    """Let there be a case that Favrskov takes part in, and that somebody has seen."""
    case = await here.begin(INFOHUS, asking.send(INFOHUS))
    await Officer(here).sees(case)
    await here.hear_reads()
    return case


async def demand_refused(here: Audit, who: str) -> None:
    """Demand that every door answers an overseer as a caseworker, of any case, and notes it."""
    case = await a_case(here)
    for door in EVERY_DOOR:
        as_any = whole(await here.get(door.format(case), OFFICER))
        for asked in (case, NEVER):
            assert whole(await here.get(door.format(asked), who)) == as_any
            tried = await last(here)
            assert (tried.who.subject, tried.outcome) == (who, Outcome.DENIED)
        assert (as_any[0], b"not-an-auditor" in as_any[1]) == (403, True)


@pytest.mark.parametrize("who", [AUDITOR, DPO])
async def test_policies_without_oversight_close_every_door(
    tmp_path: Path, rulebook: Rulebook, who: str
) -> None:
    """Whose office oversees is not enough: without a policy that lets them they are as others."""
    async with audit(tmp_path, without_oversight(rulebook)) as here:
        await demand_refused(here, who)


@pytest.mark.parametrize("when", ONE_CLOSED)
async def test_a_class_closed_to_control_closes_every_door(
    tmp_path: Path, rulebook: Rulebook, when: str
) -> None:
    """The audit cannot tell of which class a case is, so every class must be open to control."""
    async with audit(tmp_path, closed_where(rulebook, when)) as here:
        await demand_refused(here, AUDITOR)


async def test_the_policies_are_asked_for_the_purpose(tmp_path: Path, rulebook: Rulebook) -> None:
    """An extract is for insight, all else for control: who may look for one may not for both."""
    closed = closed_where(rulebook, 'context.purpose == Purpose::"insight"')
    async with audit(tmp_path, closed) as here:
        case = await a_case(here)
        answers = {door: await here.get(door.format(case), DPO) for door in DOORS}
    statuses = [answer.status_code for answer in answers.values()]
    assert statuses == [200, 200, 403, 200]


@pytest.mark.parametrize("who", [OFFICER, LEADER])
async def test_policies_alone_make_nobody_an_overseer(
    tmp_path: Path, rulebook: Rulebook, who: str
) -> None:
    """Law §14: whatever the policies say, only an auditor or data protection officer controls."""
    async with audit(tmp_path, open_to_all(rulebook)) as here:
        case = await a_case(here)
        for door in EVERY_DOOR:
            assert problem(await here.get(door.format(case), who)) == (403, "not-an-auditor")


@pytest.mark.parametrize("who", [AUDITOR, DPO])
async def test_the_log_says_which_policies_let_them(here: Audit, who: str) -> None:
    """What control has looked at stands in the log with the policies that allowed it."""
    case = await a_case(here)
    for door in DOORS:
        assert (await here.get(door.format(case), who)).status_code == 200
        looked = await last(here)
        assert (looked.outcome, looked.policies) == (Outcome.SHOWN, ("oversight-oversees",))


@pytest.mark.parametrize("who", SEATED)
async def test_nobody_else_is_let_in(here: Audit, who: str) -> None:
    """Only who oversees the authority: all others alike for any case, and the try is noted."""
    case, (claims, headers) = await a_case(here), SEATED[who]
    subject = headers.get("officer", claims["sub"])
    for door in EVERY_DOOR:
        answers = [await here.knock(door.format(e), claims, **headers) for e in (case, NEVER)]
        assert whole(answers[0]) == whole(answers[1])
        assert problem(answers[0]) == (403, "not-an-auditor")
        tries = [(each.who.subject, each.outcome) for each in (await noted(here.wiring.reads))[-2:]]
        assert tries == [(subject, Outcome.DENIED)] * 2


@pytest.mark.parametrize("who", NOBODY)
async def test_machines_are_nobody(here: Audit, who: str) -> None:
    """Who keeps the platform running, and whom a system may not act for, is no overseer here."""
    case, (claims, headers) = await a_case(here), NOBODY[who]
    for door in EVERY_DOOR:
        answers = [await here.knock(door.format(e), claims, **headers) for e in (case, NEVER)]
        assert whole(answers[0]) == whole(answers[1])
        assert problem(answers[0]) == (403, "no-office")


@pytest.mark.parametrize("who", [OTHERS, "samsoe-tilsyn"])
async def test_overseers_of_others_see_nothing_of_it(here: Audit, who: str) -> None:
    """An overseer whose authority takes no part is told of a case as of one that never was."""
    case = await a_case(here)
    for door in DOORS:
        there = await here.get(door.format(case), who)
        never = await here.get(door.format(NEVER), who)
        assert there.status_code == never.status_code == (404 if "replay" in door else 200)
        assert _but_for_its_id(there.text, case) == _but_for_its_id(never.text, NEVER)


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """Give the status of a refusal, and what kind of problem it is."""
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def _but_for_its_id(answer: str, case: UUID) -> str:
    """Give an answer without the id asked for and the moment at which it was made."""
    return re.sub(r'"made_at":"[^"]*"', "", answer.replace(str(case), ""))
