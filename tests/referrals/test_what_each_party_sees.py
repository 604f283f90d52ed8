"""What each party sees of a referral: its own view, and nothing of what is not for it."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from services.referrals.domain.referral.events import Urgency
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.state import Stage
from services.referrals.projections.party_line import PartyView
from services.referrals.projections.party_view import tell
from shared.contracts.foreign import Foreign
from shared.kernel.personal import Hidden, Personal, StillClosed
from shared.kernel.recorded import Recorded
from shared.projections.per_party import Change
from tests.referrals import happened, log
from tests.referrals import people as who
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP, UKN

TALK = (
    happened.wrote(PSP, text="Kender I søsteren?"),
    happened.called(PSP, PSP.taker),
    happened.returned(PSP),
    happened.wrote(PSP, PSP.sender),
    happened.resent(PSP),
    happened.delivered(PSP),
    happened.received(PSP),
)
A_CONSENT = happened.consented(PSP)


def test_a_draft_is_seen_by_its_own_unit_alone() -> None:
    """Nobody else sees that a unit thinks of referring somebody."""
    for way in (PSP, BANDEEXIT):
        drafted = log.views_after(
            happened.drafted(way), happened.filled_in(way), happened.consented(way)
        )
        assert drafted.keys() == {way.sender}
        assert log.told(drafted[way.sender]) == ["drafted", "draft-edited", "consent-recorded"]


def test_the_holder_sees_the_concern_and_what_follows() -> None:
    """The addressee sees what was sent, with the consent behind it, and not how it was written."""
    seen = log.views_after(
        happened.drafted(PSP),
        happened.filled_in(PSP),
        A_CONSENT,
        happened.sent(PSP),
        happened.delivered(PSP),
        happened.received(PSP),
    )
    assert log.told(seen[PSP.taker]) == ["consent-recorded", "sent", "delivered", "received"]
    assert seen[PSP.taker].intake == seen[PSP.sender].intake
    last_version = {log.token_of(log.recorded(A_CONSENT, 1).id, f"intake.{n}") for n in PSP.answers}
    assert {log.token(value) for value in seen[PSP.taker].intake.values()} == last_version


def test_who_is_let_in_sees_the_concern_and_nothing_of_earlier_talk() -> None:
    """A further party reads the concern and what follows its joining, no earlier word about it.

    What the sender answered belongs to the concern, what it was asked does not.
    """
    seen = log.views_after(
        *happened.until(PSP, Stage.RECEIVED),
        *TALK,
        happened.let_in(PSP),
        happened.wrote(PSP),
        happened.accepted(PSP),
    )
    joined = seen[PSP.further]
    assert log.told(joined) == ["sent", "resent", "party-let-in", "message-written", "accepted"]
    assert joined.stage is Stage.ACCEPTED
    assert joined.intake == seen[PSP.sender].intake
    assert joined.seen == 5


def test_others_see_all_of_the_talk() -> None:
    """Sender and holder see everything said between them, from the sending on."""
    seen = log.views_after(*happened.until(PSP, Stage.RECEIVED), *TALK)
    talk = ["message-written", "call-recorded", "returned", "message-written", "resent"]
    around = (["drafted", "sent", "delivered", "received"], ["delivered", "received"])
    assert log.told(seen[PSP.sender]) == [*around[0], *talk, *around[1]]
    assert log.told(seen[PSP.taker]) == [*around[0][1:], *talk, *around[1]]


def test_a_units_own_affairs_are_its_own() -> None:
    """Who took it and the checks it made are seen by that unit alone."""
    own = (happened.claimed(INFOHUS), happened.assigned(INFOHUS), happened.checked(INFOHUS))
    joined = (*happened.until(INFOHUS, Stage.RECEIVED), happened.let_in(INFOHUS))
    before, after = log.views_after(*joined), log.views_after(*joined, *own)
    assert log.told(after[INFOHUS.taker])[-3:] == ["claimed", "assigned", "gate-recorded"]
    assert after[INFOHUS.sender] == before[INFOHUS.sender]
    assert after[INFOHUS.further] == before[INFOHUS.further]
    assert after[INFOHUS.taker].owner == who.actor_of(INFOHUS.taker)
    assert after[INFOHUS.sender].owner is None


def test_each_authority_sees_its_own_case_number() -> None:
    """The number shown is the last that one's own authority has noted, in whichever unit."""
    seen = log.views_after(
        *happened.until(PSP, Stage.RECEIVED),
        happened.let_in(PSP),
        happened.let_in(PSP, who.FAMILY_ODDER),
        happened.numbered(PSP, PSP.sender, "OD-1"),
        happened.numbered(PSP, PSP.taker, "POL-1"),
        happened.numbered(PSP, who.FAMILY_ODDER, "OD-2"),
    )
    expected = {PSP.sender: 8, PSP.taker: 7, who.FAMILY_ODDER: 8}
    tokens = {
        unit: log.token_of(log.recorded(A_CONSENT, version).id, "number")
        for unit, version in expected.items()
    }
    shown = {unit: log.token(view.case_number) for unit, view in seen.items() if view.case_number}
    assert shown == tokens


def test_everybody_knows_who_takes_part() -> None:
    """Each party sees the others and what they are to it; nobody else is there."""
    seen = log.views_after(*happened.until(PSP, Stage.RECEIVED), happened.let_in(PSP))
    company = {
        (PSP.sender, Role.SENDER),
        (PSP.taker, Role.HOLDER),
        (PSP.further, Role.LET_IN),
    }
    for view in seen.values():
        assert {(party.unit, party.role) for party in view.parties} == company
    assert seen.keys() == {unit for unit, _ in company}


def test_the_moments_are_told_apart() -> None:
    """Sent, delivered, received, opened and answered each have a time, the same for both."""
    history = happened.until(PSP, Stage.RECEIVED)
    seen = log.views_after(*history, happened.opened(PSP), happened.accepted(PSP))
    for unit in (PSP.sender, PSP.taker):
        times = {
            kind: step.at
            for kind, step in zip(log.told(seen[unit]), seen[unit].timeline, strict=True)
        }
        assert times["delivered"] - times["sent"] == log.STEP
        assert times["received"] - times["sent"] == 2 * log.STEP
        assert times["opened"] - times["sent"] == 3 * log.STEP
        assert times["accepted"] - times["sent"] == 4 * log.STEP


def test_an_answer_is_owed_from_delivery_until_it_is_given() -> None:
    """A referral is on the due list while it lies at the addressee unanswered, and no longer."""
    owed = {}
    for stage in Stage:
        lines = log.views_after(*happened.until(PSP, stage))
        owed[stage] = lines[PSP.taker].due if PSP.taker in lines else None
    assert {stage for stage, due in owed.items() if due} == {Stage.DELIVERED, Stage.RECEIVED}
    assert owed[Stage.DELIVERED] == "2021-03-19T22:59:59.000000Z"
    later = happened.DUE_INFOHUS + timedelta(days=30)
    again = log.views_after(*happened.until(PSP, Stage.CLOSED), happened.reopened(PSP, due=later))
    assert again[PSP.taker].due == "2021-04-18T22:59:59.000000Z"


def test_the_sender_is_told_when_somebody_is_there_and_whom_to_call() -> None:
    """What the answer to sending said stays to be seen, and is renewed by sending again."""
    calls = ("Ring 112: 112",)
    history = [
        happened.drafted(PSP),
        happened.sent(PSP, call=Hidden(calls)),
        *happened.until(PSP, Stage.RETURNED)[2:],
    ]
    assert log.views_after(*history)[PSP.sender].next_staffed == who.MONDAY_0800
    later = who.MONDAY_0800 + timedelta(days=2)
    resent = log.views_after(*history, happened.resent(PSP, later))[PSP.sender]
    assert resent.next_staffed == later
    assert resent.call == calls


def test_what_went_outside_is_seen_by_its_sender_alone() -> None:
    """A receiver without an account has no view; the sender sees the name and its own notes."""
    to_viborg = happened.sent_outside(INFOHUS, "Infohuset i Viborg Kommune")
    seen = log.views_after(happened.drafted(INFOHUS), to_viborg, happened.dispatched(INFOHUS))
    assert seen.keys() == {INFOHUS.sender}
    name = seen[INFOHUS.sender].outside
    assert name is not None
    assert log.token(name) == log.token_of(log.recorded(to_viborg, 1).id, "outside")
    to_the_board = log.views_after(
        *happened.until(UKN, Stage.CLOSED), happened.reopened(UKN, due=None)
    )
    assert to_the_board.keys() == {UKN.sender}
    assert to_the_board[UKN.sender].stage is Stage.SENT


def test_an_edited_draft_shows_as_it_is() -> None:
    """Answers and urgency are the last ones written."""
    hurried = happened.filled_in(PSP, name=None).model_copy(update={"urgency": Urgency.HURTIG})
    seen = log.views_after(happened.drafted(PSP), hurried)[PSP.sender]
    assert seen.urgency is Urgency.HURTIG
    assert seen.intake.keys() == PSP.answers.keys() - {"name"}


def test_a_view_holds_nothing_personal_in_clear() -> None:
    """A personal value that was not sealed cannot be written into a read model at all."""
    clear = log.project({}, log.recorded(happened.drafted(PSP), 0))
    with pytest.raises(Exception, match=StillClosed.__name__):
        log.AS_JSON.dump_json(clear[PSP.sender])


def test_a_view_reads_back_as_it_was_written() -> None:
    """What is kept is what was seen: nothing is lost on the way into the database and back."""
    for way in (PSP, INFOHUS, UKN, BANDEEXIT):
        for view in log.views_after(*happened.until(way, Stage.CLOSED)).values():
            assert log.AS_JSON.validate_json(log.AS_JSON.dump_json(view)) == view


def test_facts_of_other_services_change_nothing() -> None:
    """News from councils that pass by are no referral's."""
    fact = log.recorded(happened.drafted(PSP), 0)
    news: Recorded[Foreign] = Recorded(
        event=Foreign(type="office.granted.v1", fields={"holder": "x"}),
        id=fact.id,
        stream="office-1",
        version=0,
        position=1,
        at=fact.at,
        authority=fact.authority,
        actor=fact.actor,
    )
    assert log.project({}, news) == {}


def test_the_feed_tells_each_party_what_it_may_see() -> None:
    """One entry for each fact on one's own timeline, with the stage after it, and no other."""
    facts = log.log(
        *happened.until(PSP, Stage.RECEIVED), happened.claimed(PSP), happened.let_in(PSP)
    )
    entries: dict[str, list[tuple[str, Stage | None]]] = {}
    lines: dict[str, PartyView] = {}
    for fact in facts:
        now = dict(log.project(lines, log.shut(fact)))
        for unit, view in now.items():
            change = Change(fact, unit, lines.get(unit), view)
            if (news := tell(change)) is not None:
                assert news.referral == str(log.REFERRAL)
                entries.setdefault(unit, []).append((news.type.split(".")[1], news.stage))
        lines = now
    assert [kind for kind, _ in entries[PSP.sender]] == log.told(lines[PSP.sender])
    assert [kind for kind, _ in entries[PSP.taker]] == log.told(lines[PSP.taker])
    assert entries[PSP.further] == [("party-let-in", Stage.RECEIVED)]
    assert ("claimed", Stage.RECEIVED) not in entries[PSP.sender]


def test_a_secret_referral_shows_its_parties_where_it_went() -> None:
    """To its parties a secret referral is whole: hidden from others, not from them (law §6)."""
    seen = log.views_after(*happened.until(BANDEEXIT, Stage.RECEIVED))
    assert seen[BANDEEXIT.taker].existence == "secret"
    sent = next(s for s in seen[BANDEEXIT.taker].timeline if s.type == "referral.sent.v1")
    assert sent.said["route"] == BANDEEXIT.route
    assert sent.said["addressee"] == BANDEEXIT.taker
    assert "necessity" not in sent.said
    assert sent.sealed.keys() == {"necessity"}


def test_hidden_and_personal_stay_apart() -> None:
    """What a step says in clear holds no token, and what is sealed in it holds nothing else."""
    everything = TypeAdapter(list[dict[str, object]])
    for way in (PSP, BANDEEXIT):
        for view in log.views_after(*happened.until(way, Stage.CLOSED)).values():
            said = everything.dump_json([dict(step.said) for step in view.timeline]).decode()
            assert log.TOKEN.search(said) is None
            for step in view.timeline:
                assert all(isinstance(value, Personal) for value in step.sealed.values())
                assert not any(isinstance(value, Hidden) for value in step.said.values())
