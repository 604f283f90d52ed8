"""How a shared view closes: whose, why, and what stays on file."""

from collections.abc import Mapping

import pytest

from services.referrals.domain.referral.decisions import moves_for
from services.referrals.domain.referral.refusals import ConsentMissing, NotPossibleNow
from services.referrals.domain.referral.state import Begun, Stage, grants
from services.referrals.domain.sharing.refusals import (
    ConsentGone,
    NoConsent,
    NotLetIn,
    SharingEnded,
    TookPart,
    UnknownConsent,
    WithdrawnInFuture,
)
from services.referrals.domain.sharing.state import Closing
from shared.kernel.ids import AuthorityId, UnitId
from shared.kernel.personal import Hidden
from tests.referrals import asking, ended, happened, keeping
from tests.referrals import people as who
from tests.referrals.after import After, Case
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP, Way


def closings(case: Case) -> Mapping[UnitId, Closing]:
    """Give whose view has closed."""
    assert isinstance(case.state, Begun)
    return case.state.closings


def why(case: Case) -> dict[UnitId, str]:
    """Give whose view has closed, and why."""
    return {unit: closing.kind for unit, closing in closings(case).items()}


def readable(case: Case, authority: AuthorityId) -> list[int]:
    """Give the versions of what an authority may open of what others wrote."""
    of = {fact.id: fact.version for fact in case.facts}
    return sorted(of[grant.event] for grant in grants(case.state) if grant.reader == authority)


def consented_twice(after: After) -> Case:
    """Give an exit case with somebody let in: one consent to the holder, one to that party."""
    wider = happened.consented(
        BANDEEXIT, by=Hidden(BANDEEXIT.taker), receivers=Hidden((who.ODDER, who.RANDERS))
    )
    return after(BANDEEXIT, Stage.ACCEPTED, wider, happened.let_in(BANDEEXIT))


def test_before_acceptance_nothing_stays(after: After) -> None:
    """What was withdrawn before it was accepted leaves the addressee nothing to open."""
    sent = after(PSP, Stage.RECEIVED)
    assert readable(sent, who.POLICE) == [0, 1]
    back = sent.given(happened.signed(happened.withdrawn(PSP)))
    assert readable(back, who.POLICE) == []
    assert why(back) == {PSP.sender: "withdrawn", PSP.taker: "withdrawn"}


def test_what_was_accepted_stays_on_file(after: After) -> None:
    """The holder keeps the concern as accepted, and the talk about it goes."""
    talk = (happened.wrote(PSP, PSP.sender), happened.withdrawn(PSP))
    assert readable(after(PSP, Stage.ACCEPTED, *talk), who.POLICE) == [0, 1]
    assert readable(after(PSP, Stage.ACCEPTED, happened.wrote(PSP, PSP.sender)), who.POLICE) == [
        *(0, 1, 5)
    ]


def test_taking_it_up_again_does_not_undo_the_file(after: After) -> None:
    """What went into a file when it was accepted stays there, also where it was reopened since."""
    again = (happened.closed(PSP), happened.reopened(PSP), happened.withdrawn(PSP))
    assert readable(after(PSP, Stage.ACCEPTED, *again), who.POLICE) == [0, 1]


def test_the_others_words_are_gone_for_the_sender(after: After) -> None:
    """A withdrawal takes from the sender, too, what others wrote."""
    written = after(PSP, Stage.RECEIVED, happened.wrote(PSP))
    assert readable(written, who.ODDER) == [4]
    assert readable(written.given(happened.signed(happened.withdrawn(PSP))), who.ODDER) == []


def test_a_consent_ends_what_rests_on_it(after: After) -> None:
    """Of two consents, each ends the sharing of those whom only it names (law §2, §6)."""
    case = consented_twice(after)
    assert isinstance(case.state, Begun)
    first, second = (consent.event for consent in case.state.consents)
    taker = BANDEEXIT.taker
    back = ended.taken_back(second, BANDEEXIT.further, by=taker)
    case.when(keeping.take_back(taker, second)).then(back)
    parties = (BANDEEXIT.sender, taker, BANDEEXIT.further)
    everybody = ended.taken_back(first, *parties, by=taker)
    case.when(keeping.take_back(taker, first)).then(everybody)
    assert why(case.given(happened.signed(back))) == {BANDEEXIT.further: "consent_withdrawn"}
    over = case.given(happened.signed(everybody))
    assert why(over) == dict.fromkeys(parties, "consent_withdrawn")
    assert [moves_for(over.state, unit) for unit in parties] == [["set_case_number"]] * 3
    over.when(asking.write(BANDEEXIT)).then_refused(SharingEnded)


def test_a_consent_taken_back_carries_nothing_more(after: After) -> None:
    """Nothing is sent on a consent that was taken back."""
    case = after(BANDEEXIT, Stage.DRAFT)
    assert isinstance(case.state, Begun)
    (consent,) = case.state.consents
    back = ended.taken_back(consent.event, by=BANDEEXIT.sender)
    case.when(keeping.take_back(BANDEEXIT.sender, consent.event)).then(back)
    case.given(happened.signed(back)).when(asking.send(BANDEEXIT)).then_refused(ConsentMissing)


def test_a_consent_is_taken_back_once(after: After) -> None:
    """Not one that never was, not twice, and not later than today or before it was given."""
    case = after(BANDEEXIT, Stage.ACCEPTED)
    assert isinstance(case.state, Begun)
    (consent,) = case.state.consents
    asked = keeping.take_back(BANDEEXIT.sender, consent.event)
    for day in (who.TODAY.replace(day=6), who.TODAY.replace(day=4)):
        case.when(asked.model_copy(update={"withdrawn_on": day})).then_refused(WithdrawnInFuture)
    case.when(keeping.take_back(BANDEEXIT.sender)).then_refused(UnknownConsent)
    wider = happened.consented(BANDEEXIT, by=Hidden(BANDEEXIT.taker))
    twice = case.given(happened.signed(wider))
    gone = twice.given(
        happened.signed(ended.taken_back(consent.event, by=BANDEEXIT.sender)),
    )
    gone.when(asked).then_refused(ConsentGone)
    after(PSP, Stage.RECEIVED).when(keeping.take_back(PSP.sender)).then_refused(NoConsent)


def test_who_was_let_in_may_leave(after: After) -> None:
    """Its own view closes and nobody else's; others write on without it."""
    joined = after(PSP, Stage.RECEIVED, happened.let_in(PSP))
    joined.when(keeping.leave(PSP.further)).then(ended.left(PSP))
    for other in (PSP.sender, PSP.taker):
        joined.when(keeping.leave(other)).then_refused(NotLetIn)
    gone = joined.given(happened.signed(ended.left(PSP)), happened.signed(happened.wrote(PSP)))
    assert why(gone) == {PSP.further: "left"}
    assert readable(gone, who.SYDDANMARK) == []
    assert isinstance(gone.state, Begun)
    assert gone.state.seen[PSP.further] == 3
    gone.when(asking.let_in(PSP)).then_refused(TookPart)
    gone.when(asking.write(PSP, PSP.further)).then_refused(SharingEnded)


def test_a_party_hears_nothing_of_what_follows(after: After) -> None:
    """Who left is told the stage of that moment, whatever became of it."""
    then = (happened.let_in(PSP), ended.left(PSP), happened.accepted(PSP))
    gone = after(PSP, Stage.RECEIVED, *then)
    assert isinstance(gone.state, Begun)
    assert gone.state.stage_for(PSP.further) is Stage.RECEIVED
    assert gone.state.stage_for(PSP.sender) is Stage.ACCEPTED
    asked = asking.write(PSP, PSP.further)
    assert gone.when(asked).then_refused(SharingEnded).facts == {"allowed": ["set_case_number"]}


def test_a_takeover_closes_it_for_all_others(after: After) -> None:
    """Others are told that it is over; nobody takes it up again (law §5)."""
    over = after(INFOHUS, Stage.ACCEPTED, happened.let_in(INFOHUS), ended.taken_over(INFOHUS))
    assert why(over) == {INFOHUS.sender: "taken_over", INFOHUS.further: "taken_over"}
    assert readable(over, who.RANDERS) == []
    assert isinstance(over.state, Begun)
    assert over.state.stage is Stage.CLOSED
    over.when(asking.reopen(INFOHUS, INFOHUS.taker)).then_refused(NotPossibleNow)
    over.when(asking.reopen(INFOHUS)).then_refused(SharingEnded)
    assert "reopen" not in moves_for(over.state, INFOHUS.taker)
    over.when(asking.number(INFOHUS)).then(happened.numbered(INFOHUS))


def test_who_is_let_in_from_the_start_reads_the_talk(after: After) -> None:
    """Where it is so decided a later party reads and counts what was said before it came."""
    talk = (happened.wrote(PSP), happened.let_in(PSP, sees="start"))
    whole = after(PSP, Stage.RECEIVED, *talk)
    assert readable(whole, who.SYDDANMARK) == [0, 1, 4, 5]
    assert isinstance(whole.state, Begun)
    assert whole.state.seen[PSP.further] == 5
    part = after(PSP, Stage.RECEIVED, talk[0], happened.let_in(PSP))
    assert readable(part, who.SYDDANMARK) == [0, 1, 5]


@pytest.mark.parametrize("way", [PSP, INFOHUS], ids=lambda way: way.programme)
def test_what_has_closed_stays_as_it_closed(after: After, way: Way) -> None:
    """A withdrawal after a party left does not make that party's closing another."""
    then = (happened.let_in(way), ended.left(way), happened.withdrawn(way))
    assert why(after(way, Stage.RECEIVED, *then))[way.further] == "left"
