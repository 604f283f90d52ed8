"""Making a further unit a party: an act of its own, with its own basis and reason."""

import pytest
from pydantic import ValidationError

from services.referrals.domain.referral.refusals import (
    AlreadyAParty,
    ConsentMissing,
    GateNotPassed,
    MayNotBeLetIn,
    NotPossibleNow,
    NotTheAddressee,
    UnknownUnit,
)
from services.referrals.domain.referral.state import Stage
from shared.kernel.ids import BasisId, UnitId
from shared.kernel.personal import Hidden
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP


@pytest.mark.parametrize("stage", [Stage.DELIVERED, Stage.RECEIVED, Stage.ACCEPTED])
def test_the_committee_invites_a_member_to_a_case(after: After, stage: Stage) -> None:
    """A PSP invitation lets one member of this committee in, on the committee's basis (law §7)."""
    after(PSP, stage).when(asking.let_in(PSP)).then(happened.let_in(PSP))
    probation = asking.let_in(PSP, who.PROBATION)
    after(PSP, stage).when(probation).then(happened.let_in(PSP, who.PROBATION))


@pytest.mark.parametrize(
    "stranger",
    [
        who.PSYCHIATRY_MIDTJYLLAND,
        who.FAMILY_RANDERS,
        who.EXIT_CONTACT_ODDER,
        who.PREVENTION,
        UnitId("offerraadgivningen-oestjylland"),
        UnitId("odder-tilsyn"),
    ],
)
def test_nobody_but_its_members_enters_a_committee(after: After, stranger: UnitId) -> None:
    """Region Midtjylland sits in every committee but Odder's, so it is not let in there (plan §18).

    Victim support is no party of the cooperation (law §9).
    """
    after(PSP, Stage.RECEIVED).when(asking.let_in(PSP, stranger)).then_refused(MayNotBeLetIn)


@pytest.mark.parametrize("basis", ["rpl-115-1-3", "rpl-115-1-1", "samtykke", ""])
def test_a_party_is_let_in_on_a_basis_of_its_own(after: After, basis: str) -> None:
    """The basis by which it was sent carries no further: each party has its own (law §2)."""
    asked = asking.let_in(PSP, basis=BasisId(basis))
    after(PSP, Stage.RECEIVED).when(asked).then_refused(MayNotBeLetIn)


@pytest.mark.parametrize("reason", ["", "  ", None])
def test_a_party_is_let_in_for_a_reason(reason: str | None) -> None:
    """Why this unit must know is said in words."""
    with pytest.raises(ValidationError):
        asking.let_in(PSP, reason=reason)


def test_only_the_holder_lets_in(after: After) -> None:
    """Neither the sender nor who was let in itself opens the case to others."""
    joined = after(PSP, Stage.RECEIVED, happened.let_in(PSP))
    for other in (PSP.sender, PSP.further):
        asked = asking.let_in(PSP, who.PROBATION, unit=other)
        joined.when(asked).then_refused(NotTheAddressee)


def test_a_party_is_let_in_once(after: After) -> None:
    """Who takes part already, as sender, holder or let in, is not let in again."""
    joined = after(PSP, Stage.RECEIVED, happened.let_in(PSP))
    for party in (PSP.further, PSP.sender, PSP.taker):
        joined.when(asking.let_in(PSP, party)).then_refused(AlreadyAParty)


def test_the_unit_exists(after: After) -> None:
    """A forum is no unit, and an invented name is none either."""
    for name in ("psp-odder", "nobody", ""):
        asked = asking.let_in(PSP, UnitId(name))
        after(PSP, Stage.RECEIVED).when(asked).then_refused(UnknownUnit)


@pytest.mark.parametrize(
    "stage", [Stage.SENT, Stage.RETURNED, Stage.DECLINED, Stage.WITHDRAWN, Stage.CLOSED]
)
def test_only_while_it_lies_with_the_holder(after: After, stage: Stage) -> None:
    """A case that is over, or back with its sender, is opened to nobody."""
    after(PSP, stage).when(asking.let_in(PSP)).then_refused(NotPossibleNow)


def test_an_infohus_lets_in_after_the_police_check(after: After) -> None:
    """A concern is shared beyond its receivers only after the first police check (law §5)."""
    received = after(INFOHUS, Stage.RECEIVED)
    refused = received.when(asking.let_in(INFOHUS)).then_refused(GateNotPassed)
    assert refused.facts["gate"] == "police_check"
    checked = after(INFOHUS, Stage.RECEIVED, happened.checked(INFOHUS))
    for party in (INFOHUS.further, who.FAMILY_FAVRSKOV, who.FAMILY_RANDERS):
        checked.when(asking.let_in(INFOHUS, party)).then(happened.let_in(INFOHUS, party))


def test_an_infohus_does_not_let_in_psychiatry(after: After) -> None:
    """Units that the programme names no basis for stay out, check or no check."""
    checked = after(INFOHUS, Stage.RECEIVED, happened.checked(INFOHUS))
    for stranger in (who.PSYCHIATRY_MIDTJYLLAND, who.PROBATION, who.EXIT_UNIT):
        checked.when(asking.let_in(INFOHUS, stranger)).then_refused(MayNotBeLetIn)


def test_bandeexit_lets_in_whom_the_consent_names(after: After) -> None:
    """In the exit programme a further authority enters by consent and nothing else (law §6)."""
    accepted = after(BANDEEXIT, Stage.ACCEPTED)
    accepted.when(asking.let_in(BANDEEXIT)).then_refused(ConsentMissing)
    wider = happened.consented(
        BANDEEXIT, by=Hidden(BANDEEXIT.taker), receivers=Hidden((who.ODDER, who.RANDERS))
    )
    consented = after(BANDEEXIT, Stage.ACCEPTED, wider)
    consented.when(asking.let_in(BANDEEXIT)).then(happened.let_in(BANDEEXIT))
    for basis in ("rpl-115-1-1", "rpl-115-1-3"):
        asked = asking.let_in(BANDEEXIT, basis=BasisId(basis))
        consented.when(asked).then_refused(MayNotBeLetIn)
