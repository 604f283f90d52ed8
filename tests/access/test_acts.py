"""Who may do what with a referral, held against the law: every request, and what becomes of it.

The product's own guard and decision answer (``acting_on``), of a referral folded from the facts
that the lines of the matrix are made of: of every place in every situation, for every request.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pytest

from services.referrals.domain.referral.commands import ReferralCommand, SetCaseNumber
from services.referrals.domain.safeguards.commands import (
    ApproveLeaving,
    NameStaff,
    RefuseLeaving,
    SeeToTry,
)
from shared.access.purposes import first_purpose
from shared.rulebook.disclosing import LONGEST_GLASS
from tests.access import everybody as every
from tests.access import oracle
from tests.access.acting_on import BEGINS, COMMANDS, SAYS, endpoint_of, may
from tests.access.everybody import NO_PARTY, Place, Situation
from tests.access.onlookers import PERSONS, Person, caller, line_with, standing
from tests.access.oracle import Case

LEAST_ACTS, LEAST_LET, LEAST_OWED = 60_000, 1_000, 50
KNOWN = {
    SeeToTry: "who answers for a case sees to tries, oversight too; the law's pages have no row",
    SetCaseNumber: "of a case that was taken over one's own number may still be noted (ADR 19)",
    ApproveLeaving: "what has left s. 115 is owed a second person, whoever took the case over",
    RefuseLeaving: "the same",
    NameStaff: "who leads, and was told of a secret case, may put somebody on it (ADR 20)",
}
"""Where the platform lets somebody do what the law's pages do not, and why."""


def acts(
    place: Place, situations: Iterable[Situation]
) -> Iterator[tuple[Case, type[ReferralCommand], bool]]:
    """Give every act of everybody in one place: the question to the law, the platform's answer."""
    for situation in situations:
        if line_with(place, situation, standing(PERSONS[0])) is None and place.role != NO_PARTY:
            continue
        for person in actors():
            for command in SAYS:
                case = _case(place, situation, person, endpoint_of(command))
                if oracle.coherent(case):
                    yield case, command, may(place, situation, person, command)


def actors() -> Iterator[Person]:
    """Give everybody for what their office is there for first: a request says no purpose."""
    purposes = every.rulebook().purposes
    for person in PERSONS:
        if person.wished == (first_purpose(purposes, person.office) or "handling"):
            yield person


def _case(place: Place, situation: Situation, person: Person, endpoint: str) -> Case:
    return Case(
        space=place.space,
        unit=caller(place, person.office).kind,
        role=place.role,
        office=person.office,
        purpose=person.wished,
        endpoint=endpoint,
        stage=situation.stage,
        view=situation.view,
        named=person.named,
        excluded=person.excluded,
        glass=person.glass,
    )


def is_known(case: Case, command: type[ReferralCommand]) -> bool:
    """Tell whether this is one of the ``KNOWN`` differences."""
    if command is NameStaff:
        return case.space == "exit" and not case.named and case.office in {"leader", "tovholder"}
    over = case.view == "taken_over"
    owed = {SetCaseNumber, ApproveLeaving, RefuseLeaving}
    return (command in owed and over) or (command is SeeToTry and (over or case.office == "dpo"))


def _known_in(space: str) -> set[object]:
    leaves = every.programme_in(space).leaving is not None
    nowhere = (ApproveLeaving, RefuseLeaving)
    return {
        each
        for each in KNOWN
        if (each is not NameStaff or space == "exit") and (leaves or each not in nowhere)
    }


def test_every_request_is_made() -> None:
    """A new request fails the build until it is made here; only what begins one is of no case."""
    assert set(SAYS) == COMMANDS
    assert BEGINS not in COMMANDS


@pytest.mark.parametrize("space", every.PROGRAMMES)
def test_nobody_does_what_the_law_forbids(space: str) -> None:
    """An act that the platform lets somebody do is never one that the law says no to."""
    counted: Counter[str] = Counter()
    forbidden: Counter[tuple[str, ...]] = Counter()
    met: Counter[type[ReferralCommand]] = Counter()
    for place in every.places(space):
        for case, command, lets in acts(place, every.situations_of(place)):
            counted["acts"] += 1
            counted["let"] += lets
            if lets and oracle.law_lets(case) is False:
                if is_known(case, command):
                    met[command] += 1
                else:
                    forbidden[_told(case, command)] += 1
    assert not forbidden, "\n".join(
        f"{n} x {' '.join(what)}" for what, n in forbidden.most_common()
    )
    assert set(met) == _known_in(space)
    assert counted["acts"] > LEAST_ACTS
    assert counted["let"] > LEAST_LET


@pytest.mark.parametrize("space", every.PROGRAMMES)
def test_who_works_on_a_case_may_act_in_it(space: str) -> None:
    """Where the law lets an officer change a case, review, approve or break the glass, they can.

    What a change is differs from stage to stage, but there is always one.
    """
    lets: dict[Case, bool] = defaultdict(bool)
    for place in every.places(space):
        if place.role != NO_PARTY and place.kind == every.kind_in(space, place.role):
            for case, _, is_let in acts(place, every.situations_of(place)):
                lets[case] |= is_let
    owed = [case for case in lets if is_owed(case)]
    assert [case for case in owed if not lets[case]] == []
    assert len(owed) > LEAST_OWED


def is_owed(case: Case) -> bool:
    """Tell whether the platform has to let somebody do what the law says yes to.

    Not of what was entered in error: there is nothing more to do. Nor, but for reviewing, after a
    view has closed or with broken glass. In a draft there is nothing to judge.
    """
    if oracle.law_lets(case) is not True or case.stage == "entered_in_error":
        return False
    if case.endpoint == "change":
        return not case.glass
    if case.stage == "draft" or (case.glass and case.endpoint != "break_glass"):
        return False
    if case.endpoint == "break_glass":
        return case.view == "open" and _may_break(case)
    return case.endpoint == "review_glass" or case.view == "open"


def _may_break(case: Case) -> bool:
    """Whether somebody has a glass to break: not on the case, in an office of the programme's."""
    programme = every.programme_in(case.space)
    glass = programme.break_glass
    is_off = programme.members == "named" and not case.named
    return is_off and glass is not None and case.office in glass.offices


def _told(case: Case, command: type[ReferralCommand]) -> tuple[str, ...]:
    marks = f"named={case.named} excluded={case.excluded} glass={case.glass}"
    return (command.__name__, case.role, case.unit, case.office, case.stage, case.view, marks)


def test_glass_is_broken_for_three_hours_at_most() -> None:
    """No programme gives more than three hours, and none that hides its cases gives any."""
    for programme in every.rulebook().programmes.values():
        glass = programme.break_glass
        assert glass is None or glass.hours <= LONGEST_GLASS
        assert programme.existence == "open" or glass is None
