"""Checks that a programme demands before a move, each a fact with a result."""

import pytest

from services.referrals.domain.referral.refusals import (
    GateNotPassed,
    NotTheAddressee,
    NotYourCheck,
    UnknownGate,
)
from services.referrals.domain.referral.state import Stage
from shared.kernel.personal import Personal
from tests.referrals import asking, happened
from tests.referrals.after import After, with_gates
from tests.referrals.ways import INFOHUS, PSP

TAKEN_OUT = "overdraget_til_politiet"


@pytest.mark.parametrize(("result", "passes"), [("intet_til_hinder", True), (TAKEN_OUT, False)])
def test_the_police_record_their_check(after: After, result: str, passes: bool) -> None:  # noqa: FBT001 - the example itself
    """The check has a result of the programme's list, which says whether it opens the way."""
    checked = happened.checked(INFOHUS, result, passes=passes)
    after(INFOHUS, Stage.DELIVERED).when(asking.check(INFOHUS, result)).then(checked)


def test_a_note_on_the_check_is_sealed(after: After) -> None:
    """What the police add in words is about a person."""
    asked = asking.check(INFOHUS, note="Kendt fra 2019.")
    noted = happened.checked(INFOHUS).model_copy(update={"note": Personal("Kendt fra 2019.")})
    after(INFOHUS, Stage.RECEIVED).when(asked).then(noted)


def test_a_check_that_failed_keeps_the_way_closed(after: After) -> None:
    """A recorded check opens nothing by having been made: its result must pass (law §5)."""
    refused_by_police = happened.checked(INFOHUS, TAKEN_OUT, passes=False)
    taken_out = after(INFOHUS, Stage.RECEIVED, refused_by_police)
    taken_out.when(asking.let_in(INFOHUS)).then_refused(GateNotPassed)


def test_the_last_check_counts(after: After) -> None:
    """New knowledge closes a way that was open, and opens one that was closed."""
    passed = happened.checked(INFOHUS)
    failed = happened.checked(INFOHUS, TAKEN_OUT, passes=False)
    closed_again = after(INFOHUS, Stage.RECEIVED, passed, failed)
    closed_again.when(asking.let_in(INFOHUS)).then_refused(GateNotPassed)
    opened_again = after(INFOHUS, Stage.RECEIVED, failed, passed)
    opened_again.when(asking.let_in(INFOHUS)).then(happened.let_in(INFOHUS))


@pytest.mark.parametrize(
    ("gate", "result"),
    [("police_check", "fint"), ("police_check", ""), ("noget_andet", "intet_til_hinder")],
)
def test_only_known_checks_and_results(after: After, gate: str, result: str) -> None:
    """A check that the programme does not know, or a result in free words, is refused."""
    asked = asking.check(INFOHUS, result).model_copy(update={"gate": gate})
    after(INFOHUS, Stage.RECEIVED).when(asked).then_refused(UnknownGate)


def test_a_programme_without_checks_knows_none(after: After) -> None:
    """The PSP committee demands no police check, and takes none."""
    after(PSP, Stage.RECEIVED).when(asking.check(PSP)).then_refused(UnknownGate)


def test_the_check_is_made_by_its_kind_of_unit(after: After) -> None:
    """A check belongs to the kind of unit that the programme names, holder or not."""
    (gate,) = after(INFOHUS).rules.programme.gates
    elsewhere = gate.model_copy(update={"by": ("police_prevention",)})
    planted = with_gates(after(INFOHUS, Stage.RECEIVED), [elsewhere])
    planted.when(asking.check(INFOHUS)).then_refused(NotYourCheck)


def test_nobody_else_records_it(after: After) -> None:
    """Neither the municipality that sent it nor a unit let in makes the police's check."""
    joined = after(INFOHUS, Stage.RECEIVED, happened.checked(INFOHUS), happened.let_in(INFOHUS))
    for other in (INFOHUS.sender, INFOHUS.further):
        joined.when(asking.check(INFOHUS, by=other)).then_refused(NotTheAddressee)
