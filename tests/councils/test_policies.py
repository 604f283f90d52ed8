"""Whenever something becomes of a referral or a meeting, its docket follows."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.councils.domain import item
from services.councils.domain.item import commands as ask
from services.councils.domain.item.events import WhyAnswered, WhyStruck
from services.councils.domain.item.state import Item, OnDocket, Stage
from services.councils.domain.meeting.events import AgendaSent, MeetingConvened, MeetingEvent
from services.councils.domain.rules import Rules
from services.councils.domain.streams import item_id, meeting_stream
from services.councils.policies import (
    convening_takes_waiting,
    parts_wait_again,
    referral_comes_back,
    referral_leaves_docket,
    referral_reaches_docket,
)
from services.councils.policies.parts_wait_again import Adrift
from services.councils.policies.request import Listed, Request
from shared.contracts.foreign import Foreign, foreign
from shared.eventstore.port import Stored
from shared.kernel.clock import written
from shared.kernel.ids import ActorId, AuthorityId, derived
from shared.kernel.recorded import Recorded
from shared.testing.scenario import Scenario
from tests.councils import saying as say

ITEM = item_id(say.REFERRAL, say.PSP_ODDER)
ON_DOCKET = (Listed(ITEM, say.ODDER),)
CAUSE = UUID("018f0000-0000-7000-8000-0000000000f0")


def heard(kind: str, version: int = 1, **fields: Any) -> Recorded[Foreign]:  # noqa: ANN401 - JSON
    """Give a fact of referrals as it comes over the bus."""
    metadata = {"recorded_at": written(say.NOW), "authority": "odder-kommune", "actor": "9f"}
    data = json.dumps({"type": kind, **fields}).encode()
    stream, event = f"referral-{say.REFERRAL}", derived(CAUSE, kind, str(version))
    return foreign(Stored(7, stream, version, event, kind, json.dumps(metadata).encode(), data))


def sent(addressee: Any = say.ODDER) -> Recorded[Foreign]:  # noqa: ANN401 - JSON
    """Give the news that the referral was sent."""
    return heard("referral.sent.v1", addressee=addressee, necessity={"sealed": "…"})


def test_a_referral_to_a_committee_reaches_its_docket(rules: Rules) -> None:
    """Whenever a referral is sent to the intake of a PSP committee, an item is asked for."""
    (asked,) = referral_reaches_docket.react(sent(), rules)
    assert asked.item == ITEM
    assert asked.command == ask.ProposeItem(
        unit=say.ODDER, at=say.NOW, heard=1, forum=say.PSP_ODDER, referral=say.REFERRAL
    )


@pytest.mark.parametrize(
    "addressee",
    [
        "oestjyllands-politi-infohus-aarhus",
        "favrskov-ssp",
        "no-such-unit",
        {"hidden": "v1.token"},
        None,
    ],
)
def test_other_addressees_have_no_docket(rules: Rules, addressee: Any) -> None:  # noqa: ANN401 - JSON
    """What goes to an infohus, to a unit, outside the district or in secret asks for no item."""
    assert list(referral_reaches_docket.react(sent(addressee), rules)) == []


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("referral.withdrawn.v1", WhyStruck.WITHDRAWN),
        ("referral.entered-in-error.v1", WhyStruck.ENTERED_IN_ERROR),
        ("referral.taken-over.v1", WhyStruck.TAKEN_OVER),
    ],
)
def test_what_is_over_is_struck(kind: str, reason: WhyStruck) -> None:
    """Whenever a referral is withdrawn, taken over or an error, its item is struck for that."""
    (asked,) = referral_leaves_docket.react(heard(kind), ON_DOCKET)
    assert asked.command == ask.StrikeItem(unit=say.ODDER, at=say.NOW, heard=1, reason=reason)
    assert list(referral_leaves_docket.react(heard(kind), ())) == []


@pytest.mark.parametrize(
    ("ends", "struck"),
    [
        ([say.ODDER], True),
        (["odder-ssp", say.ODDER], True),
        (["odder-ssp"], False),
        ([], False),
        ({"hidden": "v1.token"}, False),
        (None, False),
    ],
)
def test_a_consent_taken_back_strikes_where_it_ends(ends: Any, *, struck: bool) -> None:  # noqa: ANN401 - JSON
    """It is over for the committee where the intake is among those whose sharing rested on it.

    Whom it ends for cannot be read of a secret referral, which is on no docket.
    """
    news = heard("referral.consent-withdrawn.v1", consent=str(CAUSE), ends=ends)
    asked = [each.command for each in referral_leaves_docket.react(news, ON_DOCKET)]
    gone = ask.StrikeItem(unit=say.ODDER, at=say.NOW, heard=1, reason=WhyStruck.CONSENT_WITHDRAWN)
    assert asked == ([gone] if struck else [])


def test_a_party_that_leaves_ends_nothing_here() -> None:
    """Only who was let in can leave, and a committee's intake was sent the referral."""
    for kind in ("referral.party-left.v1", "referral.party-let-in.v1", "referral.party-let-in.v2"):
        assert list(referral_leaves_docket.react(heard(kind, by=say.ODDER), ON_DOCKET)) == []


def test_what_is_answered_leaves(rules: Rules) -> None:
    """Whenever a referral is declined or closed, its item leaves; other news change nothing."""
    (asked,) = referral_leaves_docket.react(heard("referral.closed.v1"), ON_DOCKET)
    closed = WhyAnswered.CLOSED
    assert asked.command == ask.AnswerItem(unit=say.ODDER, at=say.NOW, heard=1, reason=closed)
    for kind in ("referral.received.v1", "referral.accepted.v1", "referral.invented.v9"):
        assert list(referral_leaves_docket.react(heard(kind), ON_DOCKET)) == []
        assert list(referral_comes_back.react(heard(kind), ON_DOCKET)) == []
        assert list(referral_reaches_docket.react(heard(kind, addressee=say.ODDER), rules)) == []


@pytest.mark.parametrize("kind", ["referral.resent.v1", "referral.reopened.v1"])
def test_what_comes_back_is_proposed_again(kind: str) -> None:
    """Whenever a referral is sent again or reopened, an item that had left is asked for again."""
    (asked,) = referral_comes_back.react(heard(kind), ON_DOCKET)
    assert asked.command == ask.ProposeAgain(unit=say.ODDER, at=say.NOW, heard=1)


def test_news_heard_twice_ask_for_the_same() -> None:
    """The id of what a policy asks for follows from the news and the item alone."""
    news = heard("referral.withdrawn.v1")
    again = replace(news, position=99, at=news.at + timedelta(days=1))
    other = heard("referral.withdrawn.v1", version=2)
    ids = [_id(referral_leaves_docket.react(each, ON_DOCKET)) for each in (news, again, other)]
    assert ids[0] == ids[1] != ids[2]


def test_the_order_of_hearing(rules: Rules) -> None:
    """However often and late news come, a withdrawn referral ends as struck and stays so.

    Facts of one source come in order; a withdrawal that was heard before there was an item leaves
    nothing behind, and strikes it when it is heard again.
    """
    withdrawn, resent = heard("referral.withdrawn.v1", 2), heard("referral.resent.v1", 3)
    for order in (
        (sent(), withdrawn),
        (sent(), withdrawn, sent(), withdrawn),
        (sent(), withdrawn, resent, sent()),
        (withdrawn, sent(), withdrawn),
    ):
        state = _after(rules, order)
        assert isinstance(state, OnDocket)
        assert state.stage is Stage.STRUCK
    assert _after(rules, (withdrawn,)) == item.decider.initial


def _after(rules: Rules, order: Sequence[Recorded[Foreign]]) -> Item:
    so_far = Scenario(item.decider, rules)
    for news in order:
        listed = ON_DOCKET if so_far.facts else ()
        for asked in (
            *referral_reaches_docket.react(news, rules),
            *referral_leaves_docket.react(news, listed),
            *referral_comes_back.react(news, listed),
        ):
            so_far = so_far.given(*so_far.when(asked.command).events)
    return so_far.state


def a_meeting(event: MeetingEvent) -> Recorded[MeetingEvent]:
    """Give a fact about the meeting."""
    stream = meeting_stream(say.MEETING)
    authority, actor = AuthorityId("oestjyllands-politi"), ActorId("9f")
    return Recorded(event, CAUSE, stream, 0, 12, say.NOW, authority, actor)


def test_convening_takes_what_waits() -> None:
    """Whenever a meeting is convened, each waiting item is put on its agenda; not at other news."""
    convened = MeetingConvened(forum=say.PSP_ODDER, intake=say.ODDER, starts_at=say.NEXT_WEEK)
    listed = (*ON_DOCKET, Listed(say.LEADING, say.ODDER))
    asked = list(convening_takes_waiting.react(a_meeting(convened), listed))
    assert [each.item for each in asked] == [ITEM, say.LEADING]
    assert len({each.command_id for each in asked}) == 2
    assert asked[0].command == say.place().model_copy(update={"offices": frozenset()})
    assert list(convening_takes_waiting.react(a_meeting(AgendaSent()), listed)) == []


def test_parts_wait_again() -> None:
    """Whenever the item that others are part of has left, each part waits on its own, once."""
    adrift = Adrift(ITEM, say.ODDER, CAUSE)
    (asked,) = parts_wait_again.react([adrift], say.NOW)
    (later,) = parts_wait_again.react([adrift], say.NEXT_WEEK)
    assert asked.command == ask.SeparateItem(unit=say.ODDER, at=say.NOW)
    assert asked.command_id == later.command_id


def _id(requests: Sequence[Request] | Any) -> UUID:  # noqa: ANN401 - an iterator
    (one,) = requests
    return UUID(str(one.command_id))
