"""What happens to an item of a docket."""

import pytest

from services.councils.domain import item
from services.councils.domain.item import events as fact
from services.councils.domain.item.commands import ItemCommand
from services.councils.domain.item.events import ItemEvent
from services.councils.domain.item.refusals import (
    AgendaGone,
    AnotherDocket,
    ItemElsewhere,
    JoinedWithNobody,
    KeepsNoDocket,
    UnknownReason,
)
from services.councils.domain.item.state import Item
from services.councils.domain.rules import Rules
from shared.kernel.ids import ForumId
from shared.kernel.refusals import DoesNotExist
from shared.rulebook.content import Rulebook
from shared.rulebook.entries import Said
from shared.testing.scenario import Scenario
from tests.councils import saying as say

AnItem = Scenario[ItemCommand, Item, ItemEvent, Rules]


@pytest.fixture
def an_item(rules: Rules) -> AnItem:
    """An item that is on no docket yet."""
    return Scenario(item.decider, rules)


def test_a_referral_to_a_committee_is_proposed(an_item: AnItem) -> None:
    """A referral appears on the committee's docket as proposed, under its intake (plan §18)."""
    an_item.when(say.propose()).then(say.PROPOSED)


@pytest.mark.parametrize("forum", [say.INFOHUS, "ukn-oestjylland", "no-such-forum"])
def test_only_committees_keep_a_docket(an_item: AnItem, forum: str) -> None:
    """An infohus gets a referral at its intake and never on a network meeting (law §5)."""
    an_item.when(say.propose(forum=ForumId(forum))).then_refused(KeepsNoDocket)


def test_heard_twice_is_proposed_once(an_item: AnItem) -> None:
    """News of a sending that come again change nothing, wherever the item is by then."""
    for later in [(), (say.SCREENED,), (say.SCREENED, say.PLACED), (say.RETURNED,), (say.STRUCK,)]:
        an_item.given(say.PROPOSED, *later).when(say.propose()).then()


def test_a_screened_item_waits_and_is_placed(an_item: AnItem) -> None:
    """Only what the tovholder's unit has screened is put on an agenda."""
    an_item.given(say.PROPOSED).when(say.screen()).then(say.SCREENED)
    refused = an_item.given(say.PROPOSED).when(say.place()).then_refused(ItemElsewhere)
    assert refused.facts == {"stage": "proposed", "allowed": ["screen", "join", "return"]}
    an_item.given(say.PROPOSED, say.SCREENED).when(say.place()).then(say.PLACED)


def test_an_item_is_on_one_agenda(an_item: AnItem) -> None:
    """What is on an agenda is put on another only after it was postponed."""
    placed = an_item.given(say.PROPOSED, say.SCREENED, say.PLACED)
    placed.when(say.place(on=say.ANOTHER_MEETING)).then_refused(ItemElsewhere)
    again = fact.ItemPlaced(meeting=say.ANOTHER_MEETING, late=False)
    placed.given(say.POSTPONED).when(say.place(on=say.ANOTHER_MEETING)).then(again)


def test_an_item_stays_with_its_committee(an_item: AnItem) -> None:
    """An item is neither put on another committee's agenda nor joined with its items."""
    waiting = an_item.given(say.PROPOSED, say.SCREENED)
    waiting.when(say.place(of=say.PSP_RANDERS)).then_refused(AnotherDocket)
    waiting.when(say.join(of=say.PSP_RANDERS)).then_refused(AnotherDocket)


@pytest.mark.parametrize("office", ["tovholder", "stand_in"])
def test_the_tovholder_adds_after_the_agenda_has_gone_out(an_item: AnItem, office: str) -> None:
    """Once the agenda is out, the tovholder or the stand-in adds to it, and marked as late."""
    waiting = an_item.given(say.PROPOSED, say.SCREENED)
    late = fact.ItemPlaced(meeting=say.MEETING, late=True)
    waiting.when(say.place(agenda_sent=True, office=office)).then(late)


@pytest.mark.parametrize("office", ["caseworker", "leader", "unheard-of"])
def test_nobody_else_adds_after_the_agenda_has_gone_out(an_item: AnItem, office: str) -> None:
    """Before the agenda goes out any officer of the unit adds to it, afterwards none of them."""
    waiting = an_item.given(say.PROPOSED, say.SCREENED)
    waiting.when(say.place(office=office)).then(say.PLACED)
    waiting.when(say.place(agenda_sent=True, office=office)).then_refused(AgendaGone)


def test_items_of_one_matter_are_joined(an_item: AnItem) -> None:
    """An item becomes part of another one that stands on the docket by itself."""
    an_item.given(say.PROPOSED).when(say.join()).then(say.JOINED)
    waiting = an_item.given(say.PROPOSED, say.SCREENED)
    waiting.when(say.join()).then(say.JOINED)
    waiting.when(say.join(leads_itself=False)).then_refused(JoinedWithNobody)


def test_a_joined_item_waits_again_when_its_leader_leaves(an_item: AnItem) -> None:
    """A referral is not lost with the one it was joined to."""
    joined = an_item.given(say.PROPOSED, say.SCREENED, say.JOINED)
    joined.when(say.separate()).then(fact.ItemSeparated())
    an_item.given(say.PROPOSED, say.SCREENED).when(say.separate()).then()


def test_an_item_is_postponed_and_returned(an_item: AnItem) -> None:
    """What is on an agenda can wait for another; what does not belong here is sent back."""
    placed = an_item.given(say.PROPOSED, say.SCREENED, say.PLACED)
    placed.when(say.postpone()).then(say.POSTPONED)
    placed.when(say.give_back()).then(say.RETURNED)
    an_item.given(say.PROPOSED).when(say.give_back()).then(say.RETURNED)
    an_item.given(say.PROPOSED).when(say.postpone()).then_refused(ItemElsewhere)


def test_reasons_are_those_of_the_rulebook(an_item: AnItem) -> None:
    """An item is put off or sent back for a reason of the rulebook's list, which a no tells."""
    placed = an_item.given(say.PROPOSED, say.SCREENED, say.PLACED)
    refused = placed.when(say.postpone("criteria_not_met")).then_refused(UnknownReason)
    assert refused.facts == {"reasons": ("no_time", "more_to_find_out", "somebody_missing")}
    refused = placed.when(say.give_back("no_time")).then_refused(UnknownReason)
    assert refused.facts == {"reasons": ("criteria_not_met", "another_forum", "more_to_find_out")}


def test_a_jurist_adds_a_reason_and_another_docket(rulebook: Rulebook, rules: Rules) -> None:
    """Reasons and who keeps a docket are data: a changed rulebook changes both, and no code."""
    of_psp = rulebook.district.dockets["psp"]
    new = Said(id="new", da="Opdigtet", en="Made up", source="example")
    more = of_psp.model_copy(update={"return_reasons": (new,)})
    district = rulebook.district.model_copy(update={"dockets": {"psp": more, "ssp": of_psp}})
    changed = Scenario(item.decider, Rules(district, rules.on, "another"))
    changed.given(say.PROPOSED).when(say.give_back("new")).then(fact.ItemReturned(reason="new"))
    changed.given(say.PROPOSED).when(say.give_back()).then_refused(UnknownReason)
    none = district.model_copy(update={"dockets": {}})
    unkept = Scenario(item.decider, Rules(none, rules.on, "another"))
    unkept.when(say.propose()).then_refused(KeepsNoDocket)


def test_a_referral_that_comes_back_is_proposed_again(an_item: AnItem) -> None:
    """An item returned or answered comes back with its referral; one that is there stays."""
    again, stayed = fact.ItemProposedAgain(heard=3), fact.ItemStayed(heard=3)
    an_item.given(say.PROPOSED, say.RETURNED).when(say.propose_again()).then(again)
    an_item.given(say.PROPOSED, say.CLOSED).when(say.propose_again()).then(again)
    for so_far in [(), (say.SCREENED,), (say.SCREENED, say.PLACED), (say.JOINED,)]:
        an_item.given(say.PROPOSED, *so_far).when(say.propose_again()).then(stayed)
    an_item.when(say.propose_again()).then()


def test_a_closed_referral_leaves_the_docket(an_item: AnItem) -> None:
    """A referral that was declined or closed is no longer before the committee."""
    an_item.given(say.PROPOSED, say.SCREENED, say.PLACED).when(say.answer()).then(say.CLOSED)
    an_item.given(say.PROPOSED, say.RETURNED).when(say.answer()).then()


@pytest.mark.parametrize("reason", list(fact.WhyStruck))
@pytest.mark.parametrize(
    "so_far",
    [
        (),
        (say.SCREENED,),
        (say.SCREENED, say.PLACED),
        (say.JOINED,),
        (say.RETURNED,),
        (say.CLOSED,),
    ],
)
def test_a_withdrawn_referral_is_struck(
    an_item: AnItem, so_far: tuple[ItemEvent, ...], reason: fact.WhyStruck
) -> None:
    """What was taken back or entered in error leaves the docket with that reason, from anywhere."""
    an_item.given(say.PROPOSED, *so_far).when(say.strike(reason)).then(
        fact.ItemStruck(reason=reason, heard=4)
    )


def test_a_struck_item_never_comes_back(an_item: AnItem) -> None:
    """No late news and no request moves an item that was struck."""
    struck = an_item.given(say.PROPOSED, say.STRUCK)
    for news in (say.propose(), say.propose_again(), say.strike(), say.answer(), say.separate()):
        struck.when(news).then()
    for wish in (say.screen(), say.place(), say.postpone(), say.join(), say.give_back()):
        assert struck.when(wish).then_refused(ItemElsewhere).facts["allowed"] == []


def test_what_was_never_proposed_does_not_exist(an_item: AnItem) -> None:
    """Nothing can be done with an item that never was, and news about it change nothing."""
    for wish in (say.screen(), say.place(), say.postpone(), say.join(), say.give_back()):
        an_item.when(wish).then_refused(DoesNotExist)
    an_item.when(say.strike()).then()
