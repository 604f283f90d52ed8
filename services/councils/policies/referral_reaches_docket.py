"""Whenever a referral is sent to a committee, its tovholder's unit finds it on the docket."""

from collections.abc import Iterator

from services.councils.domain.item.commands import ProposeItem
from services.councils.domain.rules import Rules
from services.councils.domain.streams import item_id
from services.councils.policies.request import Request
from shared.contracts.foreign import Foreign
from shared.eventstore.codec import case_of
from shared.kernel.ids import ForumId, UnitId
from shared.kernel.recorded import Recorded

SENT = "referral.sent.v1"


def react(news: Recorded[Foreign], rules: Rules) -> Iterator[Request]:
    """Ask for an item where the addressee is the intake of a committee.

    Where a referral of a secret programme went cannot be read here, and is nobody's business here.
    """
    addressee = news.event.text("addressee")
    if news.event.type != SENT or addressee is None:
        return
    committee = rules.committee_of(addressee)
    if committee is None:
        return
    referral, forum = case_of(news.stream), ForumId(committee.id)
    command = ProposeItem(
        unit=UnitId(addressee),
        at=news.at,
        heard=news.version,
        forum=forum,
        referral=referral,
    )
    yield Request(news.id, "propose", item_id(referral, forum), command)
