"""Receiving a referral and taking it on."""

import pytest

from services.referrals.domain.referral.refusals import (
    GateNotPassed,
    NotPossibleNow,
    NotTheAddressee,
)
from services.referrals.domain.referral.state import Stage
from tests.referrals import asking, happened
from tests.referrals.after import After, with_gates
from tests.referrals.ways import ANSWERED_HERE, INFOHUS, PSP, Way


@pytest.mark.parametrize("way", ANSWERED_HERE, ids=lambda way: way.programme)
def test_the_addressee_can_take_it_on(after: After, way: Way) -> None:
    """The unit that a referral was sent to sees it, and then takes it on."""
    after(way, Stage.DELIVERED).when(asking.receive(way)).then(happened.received(way))
    after(way, Stage.RECEIVED).when(asking.accept(way)).then(happened.accepted(way))


def test_delivered_and_received_are_two_things(after: After) -> None:
    """That it lies in the inbox is the machine's to say; that it was seen, a person's."""
    after(PSP, Stage.SENT).when(asking.receive(PSP)).then_refused(NotPossibleNow)
    after(PSP, Stage.SENT).when(asking.accept(PSP)).then_refused(NotPossibleNow)
    after(PSP, Stage.DELIVERED).when(asking.accept(PSP)).then_refused(NotPossibleNow)
    after(PSP, Stage.RECEIVED).when(asking.receive(PSP)).then_refused(NotPossibleNow)


def test_nobody_else_can(after: After) -> None:
    """A referral is answered by its addressee: not by its sender, nor by who was let in."""
    joined = after(PSP, Stage.RECEIVED, happened.let_in(PSP))
    for other in (PSP.sender, PSP.further):
        joined.when(asking.accept(PSP, other)).then_refused(NotTheAddressee)
        joined.when(asking.decline(PSP, other)).then_refused(NotTheAddressee)
        joined.when(asking.send_back(PSP, other)).then_refused(NotTheAddressee)


def test_it_is_accepted_once(after: After) -> None:
    """Who has taken a referral on, does not decline or return it any more."""
    accepted = after(PSP, Stage.ACCEPTED)
    for asked in (asking.accept(PSP), asking.decline(PSP), asking.send_back(PSP)):
        accepted.when(asked).then_refused(NotPossibleNow)


def test_a_programme_may_demand_a_check_before_accepting(after: After) -> None:
    """A gate stands before whichever move the programme file puts it before."""
    case = after(INFOHUS, Stage.RECEIVED)
    (gate,) = case.rules.programme.gates
    planted = with_gates(case, [gate.model_copy(update={"before": ("accept",)})])
    planted.when(asking.accept(INFOHUS)).then_refused(GateNotPassed)
    checked = planted.given(happened.signed(happened.checked(INFOHUS)))
    checked.when(asking.accept(INFOHUS)).then(happened.accepted(INFOHUS))
