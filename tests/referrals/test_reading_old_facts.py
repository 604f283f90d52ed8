"""Facts stored in an older shape are read as what they are now, and stay as they were stored."""

from dataclasses import replace

import pytest
from pydantic import JsonValue

from services.referrals.domain.referral.events import (
    ReferralEvent,
    ReferralReturned,
    ReferralWithdrawn,
)
from services.referrals.domain.referral.state import Begun, Stage
from shared.eventstore.codec import Codec, Upcast, case_of
from shared.eventstore.port import NewEvent
from shared.kernel.ids import derived
from shared.kernel.personal import Hidden
from shared.kernel.recorded import Recorded
from shared.vault.problems import Tampered
from tests.referrals import asking
from tests.referrals.desk import Desk
from tests.referrals.ways import BANDEEXIT, INFOHUS, Way

Fields = dict[str, JsonValue]
RETURNED_V0 = b'{"type":"referral.returned.v0","unit":"%b","question":{"sealed":"%b"}}'
QUESTION = "Hvem har talt med hjemmet?"


def since_v0(fields: Fields) -> Fields:
    """Give the fields of version 1: the unit that acts is called *by*."""
    return {"by": fields["unit"], "question": fields["question"]}


def from_before_v0(fields: Fields) -> Fields:
    """Give the fields of version 0: the first shape called it *who*."""
    return {"unit": fields["who"], "question": fields["question"]}


UPCASTS = {
    "referral.returned.v0": Upcast("referral.returned.v1", since_v0),
    "referral.sent-back.v1": Upcast("referral.returned.v0", from_before_v0),
}


async def planted(at: Desk, way: Way, old: str = "referral.returned.v0") -> Recorded[ReferralEvent]:
    """Put a fact of an older shape behind a received referral, and give it as it is read now."""
    consented = (asking.consent(way),) if way is BANDEEXIT else ()
    case = await at.begin(
        way, *consented, asking.send(way), asking.deliver(way), asking.receive(way)
    )
    last = (await at.facts(case))[-1]
    event = derived(last.id, "planted")
    subject = await at.vault.subject(case, last.authority, apart=way is BANDEEXIT)
    key = await at.vault.content_key(event, subject)
    data = RETURNED_V0 % (way.taker.encode(), key.seal("question", QUESTION).encode())
    if old == "referral.sent-back.v1":
        data = data.replace(b'"unit"', b'"who"')
    metadata = {**last.metadata, "command_id": str(event)}
    await at.store.append(last.stream, last.version, [NewEvent(event, old, metadata, data)])
    (stored,) = await at.store.read_stream(last.stream, last.version + 1)
    assert (stored.type, stored.data) == (old, data)
    return newer(at).decode(stored)


def newer(at: Desk) -> Codec[ReferralEvent]:
    """Give the codec of a later release, which knows the older shapes."""
    return replace(at.codec, upcasts=UPCASTS)


async def test_an_old_fact_is_read_as_a_new_one(at_the_desk: Desk) -> None:
    """A planted version 0 is read as version 1, by every reader, while its bytes stay the same."""
    read = await planted(at_the_desk, INFOHUS)
    assert isinstance(read.event, ReferralReturned)
    assert read.event.by == Hidden(INFOHUS.taker)


async def test_an_older_fact_comes_through_every_version(at_the_desk: Desk) -> None:
    """A fact two versions old is brought up step by step."""
    read = await planted(at_the_desk, INFOHUS, "referral.sent-back.v1")
    assert isinstance(read.event, ReferralReturned)
    assert read.event.type == "referral.returned.v1"


async def test_what_was_sealed_then_opens_now(at_the_desk: Desk) -> None:
    """The seals of an older shape are good, as long as what was sealed keeps its field's name."""
    read = await planted(at_the_desk, INFOHUS)
    (event,) = await at_the_desk.handler.sealing.open([read], read.authority)
    assert isinstance(event, ReferralReturned)
    assert event.question.value == QUESTION


async def test_a_seal_does_not_move_to_another_field(at_the_desk: Desk) -> None:
    """A newer shape keeps the names of sealed fields: under another name the seal is broken."""
    read = await planted(at_the_desk, INFOHUS)
    assert isinstance(read.event, ReferralReturned)
    moved = ReferralWithdrawn(by=read.event.by, reason=read.event.question)
    with pytest.raises(Tampered):
        await at_the_desk.handler.sealing.open([replace(read, event=moved)], read.authority)


async def test_life_goes_on_from_an_old_fact(at_the_desk: Desk) -> None:
    """A later release decides on from old facts as from its own."""
    read = await planted(at_the_desk, INFOHUS)
    handler = replace(at_the_desk.handler, codec=newer(at_the_desk))
    at_the_later_desk = replace(at_the_desk, codec=newer(at_the_desk), handler=handler)
    state = handler.decider.fold(await handler.facts(read.stream))
    assert isinstance(state, Begun)
    assert state.stage is Stage.RETURNED
    case = case_of(read.stream)
    await at_the_later_desk.ask(case, asking.send_again(INFOHUS))
    kinds = [fact.event.type for fact in await handler.facts(read.stream)]
    assert kinds[-2:] == ["referral.returned.v1", "referral.resent.v1"]
