"""Asking for more before answering, and getting it."""

from services.referrals.domain.referral.refusals import NotPossibleNow, NotTheSender
from services.referrals.domain.referral.state import Stage
from tests.referrals import asking, happened
from tests.referrals.after import After
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP


def test_the_addressee_asks_for_more(after: After) -> None:
    """What cannot be answered yet goes back with a question, and is not declined."""
    for way in (INFOHUS, PSP, BANDEEXIT):
        after(way, Stage.RECEIVED).when(asking.send_back(way)).then(happened.returned(way))


def test_the_sender_answers_and_sends_again(after: After) -> None:
    """The answer travels with it; the addressee finds it in the inbox anew."""
    returned = after(PSP, Stage.RETURNED)
    returned.when(asking.send_again(PSP)).then(happened.resent(PSP))
    again = after(PSP, Stage.RETURNED, happened.resent(PSP))
    again.when(asking.receive(PSP)).then_refused(NotPossibleNow)
    again.given(happened.signed(happened.delivered(PSP))).when(asking.receive(PSP)).then(
        happened.received(PSP)
    )


def test_only_what_was_returned_is_sent_again(after: After) -> None:
    """Sending again is the answer to a question, and the sender's to give."""
    after(PSP, Stage.RECEIVED).when(asking.send_again(PSP)).then_refused(NotPossibleNow)
    after(PSP, Stage.DECLINED).when(asking.send_again(PSP)).then_refused(NotPossibleNow)
    after(PSP, Stage.RETURNED).when(asking.send_again(PSP, PSP.taker)).then_refused(NotTheSender)


def test_it_can_go_back_more_than_once(after: After) -> None:
    """Questions come as often as they must."""
    again = after(
        PSP, Stage.RETURNED, happened.resent(PSP), happened.delivered(PSP), happened.received(PSP)
    )
    again.when(asking.send_back(PSP)).then(happened.returned(PSP))
