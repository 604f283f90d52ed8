"""The same request again: it has its effect once and its answer every time."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.state import NotBegun
from shared.eventstore.port import EventStore, NewEvent, OutcomeUnknown, Stored
from shared.kernel.refusals import KeyReused, Refusal
from shared.rulebook.content import Rulebook
from tests.referrals import asking
from tests.referrals.desk import Answer, Desk, Request, desk
from tests.referrals.walks import Step, Walk, about, walks
from tests.referrals.ways import INFOHUS, PSP, WAYS, Way

STORY: Sequence[ReferralCommand] = (
    asking.draft(PSP),
    asking.send(PSP),
    asking.deliver(PSP),
    asking.receive(PSP),
    asking.claim(PSP),
    asking.let_in(PSP),
    asking.write(PSP),
    asking.accept(PSP),
    asking.close(PSP),
)


async def test_every_request_counts_once(at_the_desk: Desk) -> None:
    """Each request of a whole story, asked again at once, appends nothing and answers the same."""
    case = await at_the_desk.enrol(PSP)
    for number, command in enumerate(STORY):
        first = await at_the_desk.ask(case, command, Request(str(number)))
        again = await at_the_desk.ask(case, command, Request(str(number)))
        assert again == first
        assert len(await at_the_desk.facts(case)) == number + 1


async def test_it_counts_once_whatever_came_between(at_the_desk: Desk) -> None:
    """A request that comes again when the story is over gets the answer it got then, word for word.

    That tells where the referral stood then, so that nobody acts on a state they have not seen.
    """
    case = await at_the_desk.enrol(PSP)
    first = [await at_the_desk.ask(case, c, Request(str(n))) for n, c in enumerate(STORY)]
    for number, command in reversed(list(enumerate(STORY))):
        assert await at_the_desk.ask(case, command, Request(str(number))) == first[number]
    assert len(await at_the_desk.facts(case)) == len(STORY)


async def test_one_key_is_for_one_request(at_the_desk: Desk) -> None:
    """The same key with another body is refused, and nothing is appended."""
    case = await at_the_desk.enrol(PSP)
    await at_the_desk.ask(case, asking.draft(PSP), Request("k", "mac of this"))
    with pytest.raises(KeyReused):
        await at_the_desk.ask(case, asking.send(PSP), Request("k", "mac of that"))
    assert len(await at_the_desk.facts(case)) == 1


async def test_the_same_wish_is_another_request(at_the_desk: Desk) -> None:
    """Asking for the same again under a new key is judged anew, and refused."""
    case = await at_the_desk.begin(PSP, asking.send(PSP))
    with pytest.raises(Refusal):
        await at_the_desk.ask(case, asking.send(PSP))
    assert len(await at_the_desk.facts(case)) == 2


class LosesAnswers:
    """A store that the first time appends, or not, and then does not know which."""

    def __init__(self, store: EventStore, *, after_writing: bool) -> None:
        self._store, self._after_writing, self.lost = store, after_writing, 0
        self.read_stream, self.read_all, self.head = store.read_stream, store.read_all, store.head
        self.position_at, self.wait, self.close = store.position_at, store.wait, store.close

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Append, and lose the answer the first time."""
        if self.lost == 0:
            self.lost += 1
            if self._after_writing:
                await self._store.append(stream, expected, events)
            raise OutcomeUnknown("the line went dead")
        return await self._store.append(stream, expected, events)


@pytest.mark.parametrize("after_writing", [True, False])
async def test_a_lost_answer_is_found_again(
    tmp_path: Path,
    store: EventStore,
    rulebook: Rulebook,
    after_writing: bool,  # noqa: FBT001 - the example itself
) -> None:
    """Where nobody knows whether it was stored, it is stored once and answered once (§4 step 6).

    What was sealed on the way opens for both sides.
    """
    async with desk(tmp_path, store, rulebook) as before:
        case = await before.begin(INFOHUS)
    losing = LosesAnswers(store, after_writing=after_writing)
    async with desk(tmp_path, losing, rulebook) as shaky:
        answer = await shaky.ask(case, asking.send(INFOHUS))
        assert losing.lost == 1
        assert [fact.version for fact in answer.facts] == [1]
        assert [fact.version for fact in await shaky.facts(case)] == [0, 1]
        for unit in (INFOHUS.sender, INFOHUS.taker):
            assert (await shaky.read(case, unit))["1 necessity"] == asking.NECESSITY


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.programme)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=walks(30, 20), chance=st.randoms(use_true_random=False))
async def test_any_request_counts_once(
    at_the_desk: Desk, way: Way, steps: list[Step], chance: Random
) -> None:
    """Whatever was asked and answered in whatever order, asked again it appends nothing (C.8).

    What store and vault give back is, fact by fact, what the pure decision brought about.
    """
    rules = at_the_desk.handler.rules(asking.draft(way), NotBegun())
    walk = Walk(way, rules)
    walk.take(steps)
    case = await at_the_desk.enrol(way)
    stored: dict[UUID, UUID] = {}
    answered: list[tuple[str, ReferralCommand, Answer]] = []
    for number, (wished, is_refused) in enumerate(walk.asked):
        command = about(wished, stored)
        if is_refused:
            with pytest.raises(Refusal):
                await at_the_desk.ask(case, command)
            continue
        answer = await at_the_desk.ask(case, command, Request(str(number)))
        for fact in answer.facts:
            stored[walk.facts[fact.version].id] = fact.id
        answered.append((str(number), command, answer))
        key, earlier, first = chance.choice(answered)
        again = await at_the_desk.ask(case, earlier, Request(key))
        assert again == first if first.facts else again.facts == ()
    for fact, decided in zip(await at_the_desk.facts(case), walk.facts, strict=True):
        (event,) = await at_the_desk.handler.sealing.open([fact], fact.authority)
        assert event == about(decided.event, stored)
