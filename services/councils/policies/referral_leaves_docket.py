"""Whenever a referral is over for its committee, or answered for good, its items leave the docket.

Taken back or entered in error, taken over by the police, or no longer resting on the consent that
brought it there, they are struck with that reason and never return, on whatever agenda they were.
Declined or closed, they leave until the referral is taken up again.

That a unit which was let in leaves, ends nothing here: a committee's intake was sent the referral.
"""

from collections.abc import Iterable, Iterator, Mapping

from services.councils.domain.item.commands import AnswerItem, StrikeItem
from services.councils.domain.item.events import WhyAnswered, WhyStruck
from services.councils.policies.request import Listed, Request
from shared.contracts.foreign import Foreign
from shared.kernel.ids import UnitId
from shared.kernel.recorded import Recorded

STRIKES: Mapping[str, WhyStruck] = {
    "referral.withdrawn.v1": WhyStruck.WITHDRAWN,
    "referral.entered-in-error.v1": WhyStruck.ENTERED_IN_ERROR,
    "referral.consent-withdrawn.v1": WhyStruck.CONSENT_WITHDRAWN,
    "referral.taken-over.v1": WhyStruck.TAKEN_OVER,
}
ANSWERS: Mapping[str, WhyAnswered] = {
    "referral.declined.v1": WhyAnswered.DECLINED,
    "referral.closed.v1": WhyAnswered.CLOSED,
}


def react(news: Recorded[Foreign], items: Iterable[Listed]) -> Iterator[Request]:
    """Ask that each of the referral's *items* is struck, or leaves as answered."""
    struck, answered = STRIKES.get(news.event.type), ANSWERS.get(news.event.type)
    for item, intake in items:
        if struck is not None and _ends(news.event, intake):
            strike = StrikeItem(unit=intake, at=news.at, heard=news.version, reason=struck)
            yield Request(news.id, "strike", item, strike)
        elif answered is not None:
            answer = AnswerItem(unit=intake, at=news.at, heard=news.version, reason=answered)
            yield Request(news.id, "answer", item, answer)


def _ends(event: Foreign, intake: UnitId) -> bool:
    """Whether it is over for *intake*: a consent that is taken back ends it for those it names.

    Whom it names cannot be read where the referral is secret; such a one is on no docket.
    """
    if STRIKES.get(event.type) is not WhyStruck.CONSENT_WITHDRAWN:
        return True
    ends = event.fields.get("ends")
    return isinstance(ends, list) and intake in ends
