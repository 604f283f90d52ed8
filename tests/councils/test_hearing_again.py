"""News that have been heard do nothing when they are heard again, however long after."""

from collections.abc import Sequence
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as some

from services.councils.domain import item
from services.councils.domain.item.commands import ItemCommand
from services.councils.domain.item.events import ItemEvent
from services.councils.domain.item.state import Item
from services.councils.domain.rules import Rules
from services.councils.domain.streams import item_id
from services.councils.policies import (
    referral_comes_back,
    referral_leaves_docket,
    referral_reaches_docket,
)
from services.councils.policies.request import Listed
from shared.contracts.foreign import Foreign
from shared.kernel.recorded import Recorded
from shared.testing.scenario import Scenario
from tests.councils import saying as say
from tests.councils.test_policies import heard

AnItem: TypeAlias = Scenario[ItemCommand, Item, ItemEvent, Rules]
LISTED = (Listed(item_id(say.REFERRAL, say.PSP_ODDER), say.ODDER),)
KINDS = [
    referral_reaches_docket.SENT,
    *referral_leaves_docket.STRIKES,
    *referral_leaves_docket.ANSWERS,
    *sorted(referral_comes_back.COMES_BACK),
    "referral.received.v1",
]
MOVES = [say.screen(), say.place(), say.postpone(), say.join(), say.separate(), say.give_back()]
A_STEP = some.one_of(some.sampled_from(KINDS), some.sampled_from(MOVES))


def hears(so_far: AnItem, news: Recorded[Foreign], rules: Rules) -> AnItem:
    """Give the item after the policies have asked what *news* call for."""
    for asked in (
        *referral_reaches_docket.react(news, rules),
        *referral_leaves_docket.react(news, LISTED),
        *referral_comes_back.react(news, LISTED),
    ):
        so_far = so_far.given(*so_far.when(asked.command).events)
    return so_far


@given(steps=some.lists(A_STEP, max_size=25))
def test_any_beginning_of_the_history_heard_again_changes_nothing(
    rules: Rules, steps: Sequence[str | ItemCommand]
) -> None:
    """After every step of any life of an item, all news so far, heard anew, add not one fact.

    Even where the ids of the machine's requests are no help, as when nothing came of them at first.
    """
    so_far: AnItem = Scenario(item.decider, rules)
    known: list[Recorded[Foreign]] = []
    for step in [referral_reaches_docket.SENT, *steps]:
        if isinstance(step, str):
            known.append(heard(step, len(known), addressee=say.ODDER, ends=[say.ODDER]))
            so_far = hears(so_far, known[-1], rules)
        else:
            so_far = so_far.given(*so_far.when(step).events)
        for news in known:
            assert hears(so_far, news, rules).facts == so_far.facts
