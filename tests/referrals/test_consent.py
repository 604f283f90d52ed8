"""What the person has consented to: towards whom, how and when."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from services.referrals.domain.referral.refusals import (
    BasisReasonMissing,
    ConsentFormNotTaken,
    ConsentInFuture,
    ConsentMissing,
    NotPossibleNow,
    NotTheSender,
    UnknownAuthority,
)
from services.referrals.domain.referral.state import Stage
from shared.kernel.ids import AuthorityId, BasisId
from shared.kernel.personal import Hidden, Personal
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After
from tests.referrals.ways import BANDEEXIT, PSP

BEGUN = happened.drafted(BANDEEXIT)


def test_consent_is_recorded_with_all_that_makes_it_one(after: After) -> None:
    """A consent says to what, towards which authorities, in which form and on which day (law §20).

    Its words are about the person and sealed.
    """
    after(BANDEEXIT, None, BEGUN).when(asking.consent(BANDEEXIT)).then(
        happened.consented(BANDEEXIT)
    )
    assert isinstance(happened.consented(BANDEEXIT).scope, Personal)


def test_bandeexit_is_sent_by_consent(after: After) -> None:
    """The candidate signs before the authorities share information (law §6)."""
    after(BANDEEXIT, None, BEGUN).when(asking.send(BANDEEXIT)).then_refused(ConsentMissing)
    consented = after(BANDEEXIT, None, BEGUN, happened.consented(BANDEEXIT))
    consented.when(asking.send(BANDEEXIT)).then(happened.sent(BANDEEXIT))


def test_consent_towards_one_is_not_consent_towards_another(after: After) -> None:
    """The authority that it is sent to must be among those the consent names."""
    elsewhere = happened.consented(BANDEEXIT, receivers=Hidden((who.ODDER, who.PRISON_SERVICE)))
    case = after(BANDEEXIT, None, BEGUN, elsewhere)
    case.when(asking.send(BANDEEXIT)).then_refused(ConsentMissing)
    both = after(BANDEEXIT, None, BEGUN, elsewhere, happened.consented(BANDEEXIT))
    both.when(asking.send(BANDEEXIT)).then(happened.sent(BANDEEXIT))


@pytest.mark.parametrize("basis", ["rpl-115-1-1", "rpl-115-1-3"])
def test_another_basis_is_chosen_explicitly_with_a_reason(after: After, basis: str) -> None:
    """Without consent s. 115 may be chosen, knowingly and with a reason, sealed (law §2)."""
    case = after(BANDEEXIT, None, BEGUN)
    silent = asking.send(BANDEEXIT, basis=BasisId(basis))
    case.when(silent).then_refused(BasisReasonMissing)
    reason = "Kandidaten kan ikke nås, og faren er der nu."
    sent = happened.sent(BANDEEXIT, basis=Hidden(BasisId(basis)), basis_reason=Personal(reason))
    case.when(silent.model_copy(update={"basis_reason": reason})).then(sent)


def test_a_reason_does_not_stand_in_for_consent(after: After) -> None:
    """Who names consent as the basis must have it."""
    asked = asking.send(BANDEEXIT, basis_reason="Det haster meget.")
    after(BANDEEXIT, None, BEGUN).when(asked).then_refused(ConsentMissing)


def test_consent_is_no_basis_where_the_programme_has_none(after: After) -> None:
    """A recorded consent changes nothing in a programme that does not build on it."""
    case = after(PSP, Stage.DRAFT, happened.consented(PSP))
    case.when(asking.send(PSP)).then(happened.sent(PSP))
    assert case.when(asking.send(PSP, basis=BasisId("samtykke"))).refusal is not None


def test_bandeexit_takes_consent_in_writing(after: After) -> None:
    """The candidate signs a declaration; a programme without a rule takes both forms (law §6)."""
    spoken = after(BANDEEXIT, None, BEGUN).when(asking.consent(BANDEEXIT, form="oral"))
    assert spoken.then_refused(ConsentFormNotTaken).facts == {"forms": ["written"]}
    oral = happened.consented(PSP, form="oral")
    after(PSP, Stage.DRAFT).when(asking.consent(PSP, form="oral")).then(oral)


def test_consent_is_not_given_tomorrow(after: After) -> None:
    """The day of consent is today or before, in Denmark."""
    tomorrow = asking.consent(BANDEEXIT, given_on=who.TODAY + timedelta(days=1))
    after(BANDEEXIT, None, BEGUN).when(tomorrow).then_refused(ConsentInFuture)
    last_year = date(2020, 3, 1)
    after(BANDEEXIT, None, BEGUN).when(asking.consent(BANDEEXIT, given_on=last_year)).then(
        happened.consented(BANDEEXIT, given_on=last_year)
    )


@pytest.mark.parametrize("receiver", ["Opdigtet Testesen", "oestjyllands-politi-exit", ""])
def test_consent_names_authorities(after: After, receiver: str) -> None:
    """Receivers are authorities of the directory: no units, and no words that stay in clear."""
    asked = asking.consent(PSP, receivers=(who.POLICE, AuthorityId(receiver)))
    after(PSP, Stage.DRAFT).when(asked).then_refused(UnknownAuthority)


def test_consent_towards_nobody_is_none() -> None:
    """At least one authority is named."""
    with pytest.raises(ValidationError):
        asking.consent(PSP, receivers=())


def test_both_sides_may_get_consent(after: After) -> None:
    """The addressee, too, records consent while it works; one who was let in does not."""
    theirs = happened.consented(PSP, by=Hidden(PSP.taker))
    after(PSP, Stage.ACCEPTED).when(asking.consent(PSP, unit=PSP.taker)).then(theirs)
    joined = after(PSP, Stage.ACCEPTED, happened.let_in(PSP))
    joined.when(asking.consent(PSP, unit=PSP.further)).then_refused(NotTheSender)
    after(PSP, Stage.CLOSED).when(asking.consent(PSP)).then_refused(NotPossibleNow)
