"""A handler remembers what it read; that another one has gone on since then changes no answer."""

from dataclasses import replace

import pytest

from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.refusals import NotPossibleNow
from services.referrals.domain.referral.state import Begun, Stage
from tests.referrals import asking
from tests.referrals.desk import Answer, Desk, Request
from tests.referrals.ways import INFOHUS

UNTIL_RECEIVED = (asking.send(INFOHUS), asking.deliver(INFOHUS), asking.receive(INFOHUS))


def beside(desk: Desk) -> Desk:
    """Give a second process over the same store: it has read nothing yet."""
    return replace(desk, handler=replace(desk.handler))


def stage(answer: Answer) -> Stage:
    """Give where a referral is after an answer."""
    assert isinstance(answer.state, Begun)
    return answer.state.stage


async def test_a_no_is_said_of_what_is_so_now(at_the_desk: Desk) -> None:
    """What was not possible when a handler last read, and is by now, is done and not refused."""
    case = await at_the_desk.begin(INFOHUS)
    other = beside(at_the_desk)
    for command in (asking.send(INFOHUS), asking.deliver(INFOHUS)):
        await other.ask(case, command)
    assert stage(await at_the_desk.ask(case, asking.receive(INFOHUS))) is Stage.RECEIVED


async def test_a_yes_is_said_of_what_is_so_now(at_the_desk: Desk) -> None:
    """What was possible when a handler last read, and is no longer, is refused."""
    case = await at_the_desk.begin(INFOHUS, *UNTIL_RECEIVED)
    await beside(at_the_desk).ask(case, asking.withdraw(INFOHUS))
    with pytest.raises(NotPossibleNow):
        await at_the_desk.ask(case, asking.accept(INFOHUS))
    assert [fact.event.type for fact in await at_the_desk.facts(case)][
        -1
    ] == "referral.withdrawn.v1"


async def test_a_request_answered_elsewhere_is_answered_the_same(at_the_desk: Desk) -> None:
    """A request sent again to another process has its effect once and its answer twice."""
    case = await at_the_desk.begin(INFOHUS, *UNTIL_RECEIVED)
    other, once = beside(at_the_desk), Request(key="once")
    first = await other.ask(case, asking.accept(INFOHUS), once)
    again = await at_the_desk.ask(case, asking.accept(INFOHUS), once)
    assert again == first
    assert len(await at_the_desk.facts(case)) == len(await other.facts(case)) == 5


async def test_what_is_remembered_is_what_is_stored(at_the_desk: Desk) -> None:
    """Facts read bit by bit, by two who take turns, are those that one reads from the beginning."""
    case = await at_the_desk.begin(INFOHUS)
    other = beside(at_the_desk)
    moves: tuple[ReferralCommand, ...] = (
        *UNTIL_RECEIVED,
        asking.accept(INFOHUS),
        asking.close(INFOHUS),
    )
    for number, command in enumerate(moves):
        await (at_the_desk, other)[number % 2].ask(case, command)
    seen = [await each.facts(case) for each in (at_the_desk, other, beside(at_the_desk))]
    assert seen[0] == seen[1] == seen[2]
    assert [fact.version for fact in seen[0]] == list(range(6))
