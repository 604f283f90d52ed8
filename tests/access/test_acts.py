"""Who may do what with a referral, held against the law; and broken policies are caught."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from services.referrals.sight import may_do
from shared.rulebook.content import Rulebook, parse
from shared.rulebook.disclosing import LONGEST_GLASS
from tests.access import everybody as every
from tests.access import oracle
from tests.access import oracle_pages as law
from tests.access import test_matrix as matrix
from tests.access.everybody import Place, Situation
from tests.access.oracle import Case
from tests.access.test_matrix import Asking, Person

ACTS = {
    "change": "change",
    "break_glass": "break_glass",
    "review_glass": "review",
    "approve_leaving": "approve",
}
"""The oracle's doors, and the actions that the platform asks the policies about there."""


def acts(
    place: Place, situations: Iterable[Situation] = every.SITUATIONS
) -> Iterator[tuple[Case, bool]]:
    """Give every act of everybody in one place: the question to the law, the platform's answer."""
    for situation in situations:
        line = every.line_of(place, situation) if matrix.can_be(place, situation) else None
        if line is None:
            continue
        for person in matrix.PERSONS:
            asked = matrix.asking(place, line, person)
            for endpoint in ACTS:
                case = Case(
                    space=place.space,
                    unit=asked.who.by.kind,
                    role=place.role,
                    office=person.office,
                    purpose=_purpose(endpoint, person),
                    endpoint=endpoint,
                    stage=situation.stage,
                    view=situation.view,
                    named=person.named,
                    excluded=person.excluded,
                    glass=person.glass,
                )
                if oracle.coherent(case):
                    yield case, may(case, asked)


def _purpose(endpoint: str, person: Person) -> str:
    """Give what the act is asked for: of broken glass, what who breaks it was there for."""
    return "handling" if endpoint == "break_glass" and person.glass else person.purpose


def may(case: Case, asked: Asking) -> bool:
    """Answer as the platform does: it exists, the policies let the office, the case allows it."""
    look = asked.look
    if look is None or not asked.standing:
        return False
    if not may_do(ACTS[case.endpoint], look.line, asked.who).allowed:
        return False
    if case.endpoint == "break_glass":
        glass = look.rules.programmes[look.line.programme].break_glass
        return not look.sight.on_the_case and glass is not None and case.office in glass.offices
    if case.endpoint == "review_glass":
        return not case.glass
    return look.sight.on_the_case and look.line.closed is None and not case.glass


@pytest.mark.parametrize("space", every.PROGRAMMES)
def test_nobody_does_what_the_law_forbids(space: str) -> None:
    """An act that the platform lets somebody do is never one that the law says no to."""
    forbidden = [
        case
        for role in law.ROLES
        for kind in matrix.PARTY_KINDS
        for case, lets in acts(Place(space, role, kind))
        if lets and oracle.law_lets(case) is False
    ]
    assert forbidden == []


@pytest.mark.parametrize("space", every.PROGRAMMES)
def test_who_works_on_a_case_may_act_in_it(space: str) -> None:
    """Where the law lets an officer on the case change it or review, so does the platform."""
    kept_back = [
        case
        for role in law.ROLES
        for case, lets in acts(Place(space, role, every.kind_in(space, role)))
        if not lets
        and oracle.law_lets(case) is True
        and case.endpoint in {"change", "review_glass"}
        and case.stage != "entered_in_error"
        and not case.glass
    ]
    assert kept_back == []


def test_glass_is_broken_for_three_hours_at_most() -> None:
    """No programme gives more than three hours, and none that hides its cases gives any."""
    for programme in every.rulebook().programmes.values():
        glass = programme.break_glass
        assert glass is None or glass.hours <= LONGEST_GLASS
        assert programme.existence == "open" or glass is None


BROKEN = {
    "parties": ('Office::"tovholder"]', 'Office::"tovholder", Office::"system"]'),
    "acts": ('principal == Office::"leader"', 'principal == Office::"auditor"'),
    "emergency": ('permit (principal == Office::"dpo"', 'permit (principal == Office::"auditor"'),
    "limits": ('[Office::"mayor"', '[Office::"caseworker"'),
    "oversight": ('resource == Category::"administrative"', "resource"),
    "systems": ('resource == Category::"administrative"', "resource"),
}
"""One policy of each file, and how it is broken: wider, for somebody else, or against everybody."""


def broken(name: str) -> Rulebook:
    """Give the rulebook with one policy of a file broken, everywhere it stands."""
    content: Any = every.rulebook().content
    right, wrong = BROKEN[name]
    text = content["policies"]["files"][name]
    assert right in text
    files = {**content["policies"]["files"], name: text.replace(right, wrong)}
    return parse({**content, "policies": {**content["policies"], "files": files}})


@pytest.mark.parametrize("name", sorted(every.rulebook().content["policies"]["files"]))  # type: ignore[index,call-overload,arg-type]  # JSON
def test_a_broken_policy_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever file has a policy that is wrong, the platform's answers leave the law's."""
    wrong_rules = broken(name)
    monkeypatch.setattr(every, "rulebook", lambda: wrong_rules)
    assert any(_differs(space) for space in every.PROGRAMMES)


def _differs(space: str) -> bool:
    for role in law.ROLES:
        place = Place(space, role, every.kind_in(space, role))
        for case, is_shown in matrix.cases(place, (every.MOST_SHARED,)):
            if oracle.law_says(case) not in {None, is_shown}:
                return True
        for case, lets in acts(place, (every.MOST_SHARED,)):
            says = oracle.law_lets(case)
            owed = case.endpoint in {"review_glass", "approve_leaving"} and not case.glass
            if (says is False and lets) or (says is True and owed and not lets):
                return True
    return False


def test_what_is_not_broken_is_not_caught() -> None:
    """The same comparison finds nothing where the policies are as shipped."""
    assert not any(_differs(space) for space in every.PROGRAMMES)
