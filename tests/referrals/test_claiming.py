"""Unowned in the unit's inbox until somebody takes it."""

import pytest

from services.referrals.domain.referral.refusals import (
    AlreadyTaken,
    NotPossibleNow,
    NotTheAddressee,
)
from services.referrals.domain.referral.state import Begun, Stage
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After, Case
from tests.referrals.ways import PSP

AT_THE_ADDRESSEE = [Stage.DELIVERED, Stage.RECEIVED, Stage.ACCEPTED]


def owner_of(case: Case) -> str | None:
    """Give the code of the person who has taken it."""
    assert isinstance(case.state, Begun)
    return case.state.owner


@pytest.mark.parametrize("stage", AT_THE_ADDRESSEE)
def test_somebody_takes_it(after: After, stage: Stage) -> None:
    """Anybody of the unit takes a referral that nobody has; it is theirs from then on."""
    lying = after(PSP, stage)
    assert owner_of(lying) is None
    lying.when(asking.claim(PSP)).then(happened.claimed(PSP))
    taken = lying.given(happened.signed(happened.claimed(PSP)))
    assert owner_of(taken) == taken.actor


def test_of_two_who_take_it_one_gets_it(after: After) -> None:
    """What a colleague has taken is taken, and what can be done instead is said."""
    taken = after(PSP, Stage.RECEIVED, happened.claimed(PSP))
    refused = taken.when(asking.claim(PSP)).then_refused(AlreadyTaken)
    assert "assign" in refused.facts["allowed"]
    assert "claim" not in refused.facts["allowed"]


def test_it_is_given_to_a_colleague(after: After) -> None:
    """A referral is handed over inside the unit, taken or not."""
    for before in ((), (happened.claimed(PSP),)):
        lying = after(PSP, Stage.RECEIVED, *before)
        lying.when(asking.assign(PSP)).then(happened.assigned(PSP))
        given = lying.given(happened.signed(happened.assigned(PSP)))
        assert owner_of(given) == who.actor_of(PSP.taker)


def test_what_was_given_to_a_colleague_is_not_taken(after: After) -> None:
    """A colleague who was given it has it."""
    given = after(PSP, Stage.RECEIVED, happened.assigned(PSP))
    given.when(asking.claim(PSP)).then_refused(AlreadyTaken)


@pytest.mark.parametrize("stage", [Stage.SENT, Stage.RETURNED, Stage.CLOSED, Stage.WITHDRAWN])
def test_only_what_lies_there_is_taken(after: After, stage: Stage) -> None:
    """What has not come yet, is back with its sender or is over, is nobody's to take."""
    after(PSP, stage).when(asking.claim(PSP)).then_refused(NotPossibleNow)
    after(PSP, stage).when(asking.assign(PSP)).then_refused(NotPossibleNow)


def test_others_do_not_share_out_its_work(after: After) -> None:
    """How a unit divides its work is its own affair."""
    joined = after(PSP, Stage.RECEIVED, happened.let_in(PSP))
    for other in (PSP.sender, PSP.further):
        joined.when(asking.claim(PSP, other)).then_refused(NotTheAddressee)
        joined.when(asking.assign(PSP, other)).then_refused(NotTheAddressee)


def test_anybody_of_the_unit_answers(after: After) -> None:
    """That one has taken it keeps no colleague of the unit from answering it."""
    taken = after(PSP, Stage.RECEIVED, happened.assigned(PSP))
    taken.when(asking.accept(PSP)).then(happened.accepted(PSP))
