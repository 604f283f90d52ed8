"""Each authority's own case number on a referral."""

import pytest

from services.referrals.domain.referral.refusals import NotPossibleNow
from services.referrals.domain.referral.state import Begun, Stage
from shared.kernel.personal import Personal
from tests.referrals import asking, happened
from tests.referrals.after import After
from tests.referrals.ways import PSP

ANY = [stage for stage in Stage if stage is not Stage.ENTERED_IN_ERROR]


@pytest.mark.parametrize("stage", ANY)
def test_a_number_is_noted_at_any_stage(after: After, stage: Stage) -> None:
    """An authority keeps its own file, so its number is noted whenever it has one.

    The number leads to a person in that file and is sealed.
    """
    numbered = happened.numbered(PSP)
    after(PSP, stage).when(asking.number(PSP)).then(numbered)
    assert isinstance(numbered.number, Personal)


def test_every_party_has_its_own(after: After) -> None:
    """Sender, holder and who was let in each note theirs, the same or another, in any order."""
    case = after(PSP, Stage.RECEIVED, happened.let_in(PSP), happened.numbered(PSP))
    for party in (PSP.taker, PSP.further, PSP.sender):
        case.when(asking.number(PSP, party)).then(happened.numbered(PSP, party))
        case = case.given(happened.signed(happened.numbered(PSP, party)))


def test_it_is_no_business_of_other_authorities(after: After) -> None:
    """Noting a number changes nothing that others count on, so it conflicts with nobody."""
    before = after(PSP, Stage.RECEIVED)
    numbered = before.given(happened.signed(happened.numbered(PSP)))
    assert isinstance(before.state, Begun)
    assert isinstance(numbered.state, Begun)
    assert numbered.state.seen[PSP.taker] == before.state.seen[PSP.taker]
    assert numbered.state.seen[PSP.sender] == before.state.seen[PSP.sender] + 1
    assert numbered.state.stage is before.state.stage


def test_not_on_what_should_never_have_been(after: After) -> None:
    """A referral entered in error is nobody's case."""
    after(PSP, Stage.ENTERED_IN_ERROR).when(asking.number(PSP)).then_refused(NotPossibleNow)
