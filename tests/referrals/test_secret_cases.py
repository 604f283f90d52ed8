"""Cases whose very existence is secret: where they went stands nowhere in clear (law §6)."""

from uuid import UUID

import pytest
from pydantic import TypeAdapter

from services.referrals.domain.referral import commands as ask
from services.referrals.domain.referral.events import (
    ReferralDrafted,
    ReferralEvent,
    ReferralSent,
)
from services.referrals.domain.referral.form import in_clear
from services.referrals.domain.referral.state import Begun, Stage
from shared.eventstore.codec import Codec, enclosed
from shared.kernel.personal import Hidden, Sealed, StillClosed
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After
from tests.referrals.desk import Desk
from tests.referrals.ways import BANDEEXIT, INFOHUS, Way

WIDER = asking.consent(BANDEEXIT, unit=BANDEEXIT.taker, receivers=(who.ODDER, who.RANDERS))
DEEDS: tuple[ask.ReferralCommand, ...] = (
    asking.consent(BANDEEXIT),
    asking.send(BANDEEXIT),
    asking.deliver(BANDEEXIT),
    asking.receive(BANDEEXIT),
    asking.open_it(BANDEEXIT),
    asking.claim(BANDEEXIT),
    asking.assign(BANDEEXIT),
    asking.decline(BANDEEXIT, reason="ingen_kapacitet"),
    asking.reopen(BANDEEXIT),
    asking.send_back(BANDEEXIT),
    asking.send_again(BANDEEXIT),
    asking.deliver(BANDEEXIT),
    asking.receive(BANDEEXIT),
    asking.accept(BANDEEXIT),
    WIDER,
    asking.let_in(BANDEEXIT),
    asking.call(BANDEEXIT),
    asking.write(BANDEEXIT),
    asking.number(BANDEEXIT),
    asking.close(BANDEEXIT),
)
"""Nearly everything that can happen to a case, from first to last."""
GIVE_IT_AWAY = (
    "bandeexit",
    BANDEEXIT.sender,
    BANDEEXIT.taker,
    BANDEEXIT.further,
    BANDEEXIT.route,
    "bandeexit-fra-18",
    BANDEEXIT.basis,
    BANDEEXIT.purpose,
    who.ODDER,
    who.RANDERS,
    "ingen_kapacitet",
    "capacity",
    "gennemfoert",
    "working_days",
    "motivation",
    "need_for_support",
    '"written"',
    who.actor_of(BANDEEXIT.taker),
    "T22:59:59",
    "2021-03-08",
)
"""Names, and what would tell them: fields and categories, forms, days when somebody is there."""


async def test_where_it_went_stands_nowhere_in_clear(at_the_desk: Desk) -> None:
    """Programme, form, units, route, basis, receivers, clocks and outcome are not in the store.

    Neither in what it gives out nor in its files. (The vault knows whose file is whose.)
    """
    await at_the_desk.begin(BANDEEXIT, *DEEDS)
    stored = await at_the_desk.stored_bytes() + at_the_desk.bytes_on_disk("events.db*")
    assert len(stored) > 10_000
    assert [word for word in GIVE_IT_AWAY if word.encode() in stored] == []


async def test_an_open_case_says_where_it_went(at_the_desk: Desk) -> None:
    """What is not secret stays readable for the audit and for other services."""
    await at_the_desk.begin(INFOHUS, asking.send(INFOHUS))
    stored = await at_the_desk.stored_bytes()
    words = ("infohus", INFOHUS.sender, INFOHUS.taker, INFOHUS.route, INFOHUS.basis)
    assert [word for word in words if word.encode() not in stored] == []


async def test_the_service_itself_can_look(at_the_desk: Desk) -> None:
    """The service that owns the case decides and shows with the hidden values opened."""
    case = await at_the_desk.begin(BANDEEXIT, *DEEDS)
    state = at_the_desk.handler.decider.fold(await at_the_desk.facts(case))
    assert isinstance(state, Begun)
    assert state.stage is Stage.CLOSED
    assert [party.unit for party in state.parties] == [
        BANDEEXIT.sender,
        BANDEEXIT.taker,
        BANDEEXIT.further,
    ]
    assert state.consents[-1].receivers == (who.ODDER, who.RANDERS)


async def test_nobody_else_can_look(at_the_desk: Desk) -> None:
    """Bus, audit and other services read the same bytes without the routing key: still hidden."""
    await at_the_desk.begin(BANDEEXIT, *DEEDS)
    elsewhere: Codec[ReferralEvent] = Codec(TypeAdapter(ReferralEvent))
    for stored in await at_the_desk.store.read_all():
        event = elsewhere.decode(stored).event
        hidden = [value for _, value in enclosed(event) if isinstance(value, Hidden)]
        assert hidden
        for value in hidden:
            assert isinstance(value.content, Sealed)
            with pytest.raises(StillClosed):
                _ = value.value


async def test_the_same_place_is_hidden_differently_each_time(at_the_desk: Desk) -> None:
    """Two cases that go the same way cannot be told to: fresh tokens, and all of one length."""
    tokens: dict[str, list[str]] = {"by": [], "addressee": [], "route": []}
    elsewhere: Codec[ReferralEvent] = Codec(TypeAdapter(ReferralEvent))
    for _ in range(2):
        await at_the_desk.begin(BANDEEXIT, asking.consent(BANDEEXIT), asking.send(BANDEEXIT))
    for stored in await at_the_desk.store.read_all():
        event = elsewhere.decode(stored).event
        if isinstance(event, ReferralSent):
            for name, found in tokens.items():
                content = getattr(event, name).content
                assert isinstance(content, Sealed)
                found.append(content.token)
    every = [token for found in tokens.values() for token in found]
    assert len(set(every)) == len(every) == 6
    assert len({len(token) for token in every}) == 1


async def subject_ids(at: Desk, case: UUID) -> set[str]:
    """Give the subject ids in the metadata of a case."""
    return {fact.metadata["subjects"] for fact in await at.facts(case)}


@pytest.mark.parametrize(
    ("way", "shared"), [(INFOHUS, 1), (BANDEEXIT, 0)], ids=lambda value: str(value)[:10]
)
async def test_two_secret_cases_do_not_lead_to_each_other(
    at_the_desk: Desk, way: Way, shared: int
) -> None:
    """In Bandeexit a person goes by a new id in every case, at one and the same authority too.

    Otherwise an authority's cases about one person share an id.
    """
    first = await at_the_desk.begin(way)
    authority = who.AUTHORITY_OF[way.sender]
    known_as = await at_the_desk.vault.subject(first, authority, apart=way is BANDEEXIT)
    second = await at_the_desk.begin(way, known_as=known_as)
    ids = await subject_ids(at_the_desk, first), await subject_ids(at_the_desk, second)
    assert all(len(own) == 1 for own in ids)
    assert len(ids[0] & ids[1]) == shared


async def test_stream_and_type_tell_nothing(at_the_desk: Desk) -> None:
    """Names of streams and types are the same for secret cases as for any other."""
    case = await at_the_desk.begin(BANDEEXIT, *DEEDS)
    for stored in await at_the_desk.store.read_all():
        assert stored.stream == f"referral-{case}"
        assert stored.type.startswith("referral.")


def test_every_secret_form_is_closed_alike(after: After) -> None:
    """There is a token for each kind of data, answered or not, and none for a question (law §6)."""
    drafts = [
        after(BANDEEXIT).when(asking.draft(BANDEEXIT, intake=answers)).events[0]
        for answers in ({}, BANDEEXIT.answers)
    ]
    for draft in drafts:
        assert isinstance(draft, ReferralDrafted)
        assert set(draft.intake) == {f"_{kind}" for kind in happened.KINDS}


def test_what_was_closed_as_one_is_still_read() -> None:
    """Answers of before, closed as one, and those closed by kind are read by their names."""
    answers = {"name": "Opdigtet", "motivation": "Far."}
    assert in_clear({"_": answers}) == answers
    assert in_clear({"_identity": {"name": "Opdigtet"}, "_health": {}}) == {"name": "Opdigtet"}
    assert in_clear(answers) == answers
