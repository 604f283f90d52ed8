"""Whatever is asked, in whatever order, some things never happen."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from services.councils.domain import item, meeting, office
from services.councils.domain import rulebook as rulebooks
from services.councils.domain.item.commands import ItemCommand, ProposeItem
from services.councils.domain.item.events import ItemPlaced, ItemStruck
from services.councils.domain.item.state import NotProposed, OnDocket, Stage
from services.councils.domain.meeting.commands import ConveneMeeting, SendAgenda
from services.councils.domain.office.commands import EndOffice, GrantOffice
from services.councils.domain.office.events import OfficeGranted
from services.councils.domain.rulebook.commands import ActivateRulebook
from services.councils.domain.rulebook.decisions import Examined, Fault
from services.councils.domain.rules import Rules
from services.councils.domain.streams import item_id, item_stream
from services.councils.wiring import OF_ITEMS, Items
from shared.eventstore.handling import Handler
from shared.eventstore.memory import MemoryStore
from shared.eventstore.sealing import Unsealed
from shared.kernel.asking import Acting, Asked
from shared.kernel.clock import StandingClock
from shared.kernel.ids import AuthorityId, derived
from shared.kernel.refusals import DoesNotExist, Refusal
from shared.testing.scenario import Scenario
from tests.councils import saying as say

STREAM = item_stream(item_id(say.REFERRAL, say.PSP_ODDER))
CAUSE = UUID("018f0000-0000-7000-8000-0000000000ff")
A_VERSION = some.integers(1, 30)
A_COMMAND = some.one_of(
    some.builds(say.propose),
    some.builds(say.screen),
    some.builds(
        say.place,
        some.sampled_from([say.MEETING, say.ANOTHER_MEETING]),
        of=some.sampled_from([say.PSP_ODDER, say.PSP_RANDERS]),
        agenda_sent=some.booleans(),
        office=some.sampled_from(["tovholder", "caseworker"]),
    ),
    some.builds(say.postpone),
    some.builds(say.join, leads_itself=some.booleans()),
    some.builds(say.separate),
    some.builds(say.give_back),
    some.builds(say.answer, heard=A_VERSION),
    some.builds(say.propose_again, heard=A_VERSION),
    some.builds(say.strike, heard=A_VERSION),
)
Commands = Sequence[ItemCommand]


@given(commands=some.lists(A_COMMAND, max_size=25))
def test_an_item_is_on_one_agenda_and_struck_for_good(rules: Rules, commands: Commands) -> None:
    """An item is on one agenda at most, only while placed, and one that was struck never moves."""
    so_far = Scenario(item.decider, rules)
    for command in [say.propose(), *commands]:
        before = so_far.state
        outcome = so_far.when(command)
        so_far = so_far.given(*outcome.events)
        state = so_far.state
        assert isinstance(state, OnDocket)
        assert (state.meeting is not None) == (state.stage is Stage.PLACED)
        assert (state.leading is not None) == (state.stage is Stage.JOINED)
        assert state.seen == len(so_far.facts)
        if isinstance(before, OnDocket) and before.stage is Stage.STRUCK:
            assert not outcome.events
        for event in outcome.events:
            if isinstance(event, ItemPlaced):
                assert isinstance(before, OnDocket)
                assert before.meeting is None
    strikes = [fact for fact in so_far.facts if isinstance(fact.event, ItemStruck)]
    assert len(strikes) <= 1


@given(commands=some.lists(A_COMMAND, max_size=15))
def test_nothing_happens_before_the_proposal(rules: Rules, commands: Commands) -> None:
    """No item comes about but by the referral that reaches the committee."""
    for command in commands:
        if not isinstance(command, ProposeItem):
            outcome = Scenario(item.decider, rules).when(command)
            assert outcome.events == ()
            assert outcome.refusal is None or type(outcome.refusal) is DoesNotExist
    assert isinstance(Scenario(item.decider, rules).state, NotProposed)


A_STEP = some.tuples(A_COMMAND, some.integers(0, 4))


@given(steps=some.lists(A_STEP, max_size=15))
def test_the_same_request_counts_once(
    rules: Rules, steps: Sequence[tuple[ItemCommand, int]]
) -> None:
    """Handling a command id again appends nothing and answers the same, whatever came since."""

    async def live() -> None:
        handler = _handler(rules)
        answers: dict[UUID, tuple[UUID, ...]] = {}
        await _handle(handler, say.propose(), derived(CAUSE, "first"))
        commands: dict[UUID, ItemCommand] = {}
        for command, name in steps:
            command_id = derived(CAUSE, str(name))
            ids = await _handle(handler, commands.setdefault(command_id, command), command_id)
            if known := answers.get(command_id):
                assert ids == known
            elif ids:
                answers[command_id] = ids
        facts = await handler.facts(STREAM)
        assert len(facts) == 1 + sum(len(ids) for ids in answers.values())

    asyncio.run(live())


def _handler(rules: Rules) -> Items:
    clock = StandingClock(say.NOW)
    return Handler(
        item.decider,
        MemoryStore(clock),
        OF_ITEMS,
        clock,
        lambda _command, _state: rules,
        lambda *_: None,
        Unsealed(OF_ITEMS),
    )


async def _handle(
    handler: Items,
    command: ItemCommand,
    command_id: UUID,
) -> tuple[UUID, ...]:
    acting = Acting(say.SOMEBODY, AuthorityId("oestjyllands-politi"), "led", say.ODDER)
    asked = Asked(command_id, "mac", str(CAUSE), str(CAUSE), "")
    try:
        handled = await handler.handle(STREAM, command, acting, asked)
    except Refusal:
        return ()
    return tuple(fact.id for fact in handled.facts)


AN_APPOINTMENT = some.sampled_from(
    [say.grant("tovholder", say.ODDER), say.end("tovholder", say.ODDER)]
)


@given(commands=some.lists(AN_APPOINTMENT, max_size=15))
def test_giving_and_ending_take_turns(
    rules: Rules, commands: Sequence[GrantOffice | EndOffice]
) -> None:
    """An office is given, ended, given …: never twice the same in a row."""
    so_far = Scenario(office.decider, rules)
    for command in commands:
        so_far = so_far.given(*so_far.when(command).events)
    given_now = [isinstance(fact.event, OfficeGranted) for fact in so_far.facts]
    assert given_now == [i % 2 == 0 for i in range(len(given_now))]


A_MEETING_COMMAND = some.sampled_from([say.convene(), say.send_agenda()])


@given(commands=some.lists(A_MEETING_COMMAND, max_size=10))
def test_a_meeting_is_convened_and_sent_out_once(
    rules: Rules, commands: Sequence[ConveneMeeting | SendAgenda]
) -> None:
    """A meeting has at most two facts, and the first is that it was convened."""
    so_far = Scenario(meeting.decider, rules)
    for command in commands:
        so_far = so_far.given(*so_far.when(command).events)
    types = [fact.event.type for fact in so_far.facts]
    assert types == ["meeting.convened.v1", "meeting.agenda-sent.v1"][: len(types)]


@given(tries=some.lists(some.tuples(some.sampled_from("abc"), some.booleans()), max_size=12))
def test_the_rulebook_in_force_is_the_last_sound_one(
    rules: Rules, tries: Sequence[tuple[str, bool]]
) -> None:
    """Faulty rulebooks leave no trace, and no two activations in a row are of the same one."""
    in_force: list[str] = []
    so_far = Scenario(rulebooks.decider, Examined(rules.manifest_hash, "oestjylland"))
    for manifest, sound in tries:
        faults = () if sound else (Fault("district", "rule", "fejl", "fault"),)
        now = Scenario(rulebooks.decider, Examined(manifest, "oestjylland", faults))
        now = now.given(*(fact.event for fact in so_far.facts))
        command = ActivateRulebook(unit=say.ODDER, at=say.NOW, content={})
        so_far = now.given(*now.when(command).events)
        if sound and in_force[-1:] != [manifest]:
            in_force.append(manifest)
    assert [fact.event.manifest for fact in so_far.facts] == in_force
