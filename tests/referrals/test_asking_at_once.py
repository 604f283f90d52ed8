"""Many people at the same moment: nothing is lost and nothing happens twice."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.refusals import AlreadyBegun, AlreadyTaken, NotPossibleNow
from services.referrals.domain.referral.state import Begun
from shared.kernel.ids import ActorId
from shared.kernel.refusals import KeyReused, OutOfDate, Refusal
from tests.referrals import asking
from tests.referrals.desk import Answer, Desk, Request
from tests.referrals.ways import INFOHUS, PSP

UNTIL_RECEIVED = (asking.send(PSP), asking.deliver(PSP), asking.receive(PSP))


async def all_at_once(
    *asked: Coroutine[Any, Any, Answer],
) -> tuple[list[Answer], Counter[type[Refusal]]]:
    """Ask everything at once; give the answers, and the refusals by kind."""
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    answers = [each for each in outcomes if not isinstance(each, BaseException)]
    refused = Counter(type(each) for each in outcomes if isinstance(each, Refusal))
    assert len(answers) + refused.total() == len(outcomes), outcomes
    return answers, refused


async def test_of_two_who_claim_at_once_one_gets_it(at_the_desk: Desk) -> None:
    """Two workers take a referral in the same moment: one has it, the other is told (A5)."""
    for _ in range(5):
        case = await at_the_desk.begin(PSP, *UNTIL_RECEIVED)
        workers = [ActorId(letter * 64) for letter in "ab"]
        answers, refused = await all_at_once(
            *(at_the_desk.ask(case, asking.claim(PSP), Request(actor=worker)) for worker in workers)
        )
        assert refused == {AlreadyTaken: 1}
        (answer,) = answers
        assert isinstance(answer.state, Begun)
        assert answer.state.owner in workers
        (claimed,) = [
            f for f in await at_the_desk.facts(case) if f.event.type.endswith("claimed.v1")
        ]
        assert claimed.actor == answer.state.owner


async def test_of_two_answers_at_once_one_stands(at_the_desk: Desk) -> None:
    """One accepts while a colleague declines: the second is told that it is answered."""
    case = await at_the_desk.begin(PSP, *UNTIL_RECEIVED)
    answers, refused = await all_at_once(
        at_the_desk.ask(case, asking.accept(PSP)), at_the_desk.ask(case, asking.decline(PSP))
    )
    assert len(answers) == 1
    assert refused == {NotPossibleNow: 1}


async def test_ten_posts_of_one_wish_make_one_referral(at_the_desk: Desk) -> None:
    """An impatient client that posts ten times with one key begins one referral (A10)."""
    case = await at_the_desk.enrol(INFOHUS)
    answers, refused = await all_at_once(
        *(at_the_desk.ask(case, asking.draft(INFOHUS), Request("one")) for _ in range(10))
    )
    assert not refused
    assert len({answer.facts[0].id for answer in answers}) == 1
    assert len(await at_the_desk.facts(case)) == 1


async def test_one_key_is_for_one_request_at_once_too(at_the_desk: Desk) -> None:
    """Two different requests under one key in the same moment: one counts, one is refused."""
    case = await at_the_desk.begin(PSP, *UNTIL_RECEIVED)
    answers, refused = await all_at_once(
        at_the_desk.ask(case, asking.write(PSP, text="Ja tak."), Request("k", "mac of yes")),
        at_the_desk.ask(case, asking.write(PSP, text="Nej tak."), Request("k", "mac of no")),
    )
    assert len(answers) == 1
    assert refused == {KeyReused: 1}
    assert len(await at_the_desk.facts(case)) == 5


async def test_ten_drafts_in_one_place_make_one(at_the_desk: Desk) -> None:
    """Ten different requests to begin in the same place: one begins, nine find it begun."""
    case = await at_the_desk.enrol(INFOHUS)
    answers, refused = await all_at_once(
        *(at_the_desk.ask(case, asking.draft(INFOHUS)) for _ in range(10))
    )
    assert len(answers) == 1
    assert refused == {AlreadyBegun: 9}


async def test_no_word_is_lost_in_a_busy_talk(at_the_desk: Desk) -> None:
    """Everybody writes and numbers at once: each request finds its place, without a conflict."""
    case = await at_the_desk.begin(PSP, *UNTIL_RECEIVED, asking.let_in(PSP))
    before = len(await at_the_desk.facts(case))
    parties = (PSP.sender, PSP.taker, PSP.further)
    asked: list[ReferralCommand] = []
    for party in parties:
        asked += [asking.write(PSP, party, text=f"{n} fra {party}") for n in range(4)]
        asked += [asking.number(PSP, party, f"{party}-1")]
    answers, refused = await all_at_once(*(at_the_desk.ask(case, each) for each in asked))
    assert not refused
    facts = await at_the_desk.facts(case)
    assert [fact.version for fact in facts] == list(range(before + len(asked)))
    assert len(answers) == len(asked)
    said = list((await at_the_desk.read(case, PSP.sender)).values())
    assert all(f"{n} fra {party}" in said for party in parties for n in range(4))


async def test_nobody_decides_on_a_view_that_has_just_changed(at_the_desk: Desk) -> None:
    """Of two who edit the draft as they both saw it, one is told that it has changed."""
    case = await at_the_desk.begin(PSP)
    edits = [asking.edit(PSP, intake={**PSP.answers, "tried": f"Forsøg {n}"}) for n in range(2)]
    answers, refused = await all_at_once(
        *(at_the_desk.ask(case, edit, Request(saw=frozenset({1}))) for edit in edits)
    )
    assert len(answers) == 1
    assert refused == {OutOfDate: 1}
