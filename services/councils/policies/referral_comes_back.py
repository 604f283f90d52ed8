"""Whenever a referral is sent again or taken up again, an item that had left is proposed again."""

from collections.abc import Iterable, Iterator

from services.councils.domain.item.commands import ProposeAgain
from services.councils.policies.request import Listed, Request
from shared.contracts.foreign import Foreign
from shared.kernel.recorded import Recorded

COMES_BACK = frozenset({"referral.resent.v1", "referral.reopened.v1"})


def react(news: Recorded[Foreign], items: Iterable[Listed]) -> Iterator[Request]:
    """Ask that each of the referral's *items* is proposed again; one that is there stays."""
    if news.event.type in COMES_BACK:
        for item, intake in items:
            again = ProposeAgain(unit=intake, at=news.at, heard=news.version)
            yield Request(news.id, "propose-again", item, again)
