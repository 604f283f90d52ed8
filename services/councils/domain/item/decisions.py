"""What follows when something is asked of an item, as a table: at which stage, what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.councils.domain.item import commands as ask
from services.councils.domain.item import events as fact
from services.councils.domain.item.refusals import (
    AgendaGone,
    AnotherDocket,
    ItemElsewhere,
    JoinedWithNobody,
    KeepsNoDocket,
    UnknownReason,
)
from services.councils.domain.item.state import OPEN, Item, NotProposed, OnDocket, Stage
from services.councils.domain.rules import Rules
from shared.kernel.ids import UnitId
from shared.kernel.refusals import DoesNotExist

Facts = tuple[fact.ItemEvent, ...]

ON_ITS_WAY = frozenset({Stage.PROPOSED, Stage.WAITING, Stage.PLACED})
LEFT = frozenset({Stage.RETURNED, Stage.ANSWERED})
"""Off the docket, and back on it if the referral comes back."""
ON_NEWS = ask.ProposeAgain | ask.AnswerItem | ask.StrikeItem
BY_MACHINE = ON_NEWS | ask.SeparateItem


@dataclass(frozen=True)
class Move:
    """One line of the table: its name outside, at which stages, and what it brings."""

    name: str
    at: frozenset[Stage]
    answer: Callable[[Any, OnDocket, Rules], Facts]


def decide(command: ask.ItemCommand, item: Item, rules: Rules) -> Facts:
    """Answer a request with the facts it brings about, or refuse it.

    News that the machine heard late or twice bring about nothing, and are no fault. Of those that
    change nothing when they are new, only a return to an item that is open is remembered: for any
    other to change something later, newer news would have had to come first.
    """
    if isinstance(command, ask.ProposeItem):
        return _proposed(command, item, rules)
    if isinstance(item, NotProposed):
        if isinstance(command, BY_MACHINE):
            return ()
        raise DoesNotExist
    if isinstance(command, ON_NEWS) and command.heard <= item.heard:
        return ()
    move = MOVES[type(command)]
    if item.stage in move.at:
        return move.answer(command, item, rules)
    if isinstance(command, BY_MACHINE):
        return ()
    raise ItemElsewhere(stage=item.stage, allowed=moves_for(item))


def moves_for(item: OnDocket) -> list[str]:
    """Give the names of the moves that people can make now, in the order of the table."""
    return [
        move.name
        for command, move in MOVES.items()
        if item.stage in move.at and not issubclass(command, BY_MACHINE)
    ]


def stands_alone(item: OnDocket) -> bool:
    """Say whether others can be dealt with as part of this item."""
    return item.stage in ON_ITS_WAY


def _proposed(command: ask.ProposeItem, item: Item, rules: Rules) -> Facts:
    committee = rules.committee(command.forum)
    if committee is None:
        raise KeepsNoDocket
    if not isinstance(item, NotProposed):
        return ()
    return (
        fact.ItemProposed(
            forum=command.forum,
            referral=command.referral,
            intake=UnitId(committee.intake),
            heard=command.heard,
        ),
    )


def _placed(command: ask.PlaceItem, item: OnDocket, rules: Rules) -> Facts:
    if command.forum != item.forum:
        raise AnotherDocket
    if command.agenda_sent and not rules.leads(command.offices):
        raise AgendaGone
    return (fact.ItemPlaced(meeting=command.meeting, late=command.agenda_sent),)


def _joined(command: ask.JoinItem, item: OnDocket, _rules: Rules) -> Facts:
    if command.forum != item.forum:
        raise AnotherDocket
    if not command.leads_itself:
        raise JoinedWithNobody
    return (fact.ItemJoined(leading=command.leading),)


def _come_back(command: ask.ProposeAgain, item: OnDocket, _rules: Rules) -> Facts:
    event = fact.ItemProposedAgain if item.stage in LEFT else fact.ItemStayed
    return (event(heard=command.heard),)


def _for_reason(
    event: Callable[..., fact.ItemEvent], known: Callable[[Rules, str], tuple[str, ...]]
) -> Callable[[Any, OnDocket, Rules], Facts]:
    """Answer with an event that repeats the reason, if it is *known* for the item's forum."""

    def answer(command: ask.PostponeItem | ask.ReturnItem, item: OnDocket, rules: Rules) -> Facts:
        reasons = known(rules, item.forum)
        if command.reason not in reasons:
            raise UnknownReason(reasons=reasons)
        return (event(reason=command.reason),)

    return answer


def _simply(
    event: Callable[..., fact.ItemEvent], *said: str
) -> Callable[[Any, OnDocket, Rules], Facts]:
    """Answer with an event that repeats the fields *said* of the command."""

    def answer(command: ask.ItemCommand, _item: OnDocket, _rules: Rules) -> Facts:
        return (event(**{name: getattr(command, name) for name in said}),)

    return answer


MOVES: Mapping[type[ask.ItemCommand], Move] = {
    ask.ScreenItem: Move("screen", frozenset({Stage.PROPOSED}), _simply(fact.ItemScreened)),
    ask.PlaceItem: Move("place", frozenset({Stage.WAITING}), _placed),
    ask.PostponeItem: Move(
        "postpone",
        frozenset({Stage.PLACED}),
        _for_reason(fact.ItemPostponed, Rules.postponement_reasons),
    ),
    ask.JoinItem: Move("join", frozenset({Stage.PROPOSED, Stage.WAITING}), _joined),
    ask.SeparateItem: Move("separate", frozenset({Stage.JOINED}), _simply(fact.ItemSeparated)),
    ask.ReturnItem: Move(
        "return", ON_ITS_WAY, _for_reason(fact.ItemReturned, Rules.return_reasons)
    ),
    ask.AnswerItem: Move("answer", OPEN, _simply(fact.ItemAnswered, "reason", "heard")),
    ask.ProposeAgain: Move("propose_again", OPEN | LEFT, _come_back),
    ask.StrikeItem: Move("strike", OPEN | LEFT, _simply(fact.ItemStruck, "reason", "heard")),
}
