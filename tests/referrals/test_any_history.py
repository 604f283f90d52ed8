"""What holds after any history whatever, of all programmes, with everybody asking everything."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings

from services.referrals.domain.referral import decider
from services.referrals.domain.referral.commands import LetIn
from services.referrals.domain.referral.decisions import moves_for
from services.referrals.domain.referral.refusals import (
    AlreadyTaken,
    NotPossibleNow,
    ReceiverHasAccount,
)
from services.referrals.domain.referral.state import Begun, Stage, grants
from services.referrals.domain.sharing.events import PartyLetIn
from services.referrals.projections.party_line import PartyView
from shared.kernel.ids import UnitId
from shared.kernel.refusals import NotAllowed
from tests.referrals import log
from tests.referrals.after import RulesOf
from tests.referrals.hearing import kind, left, may_see
from tests.referrals.walks import ASKS, HOW, WHAT, WILD, Step, Walk, walks
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP, WAYS, Way

ALL_WAYS = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.programme)
BETWEEN_PARTIES = pytest.mark.parametrize(
    "way", [INFOHUS, PSP, BANDEEXIT], ids=lambda way: way.programme
)
MANY = settings(max_examples=40)
UNOPENED = {"drafted", "draft-edited"}
OUT_OF_PLACE = (NotAllowed, NotPossibleNow, AlreadyTaken, ReceiverHasAccount)


def walked(rules_of: RulesOf, way: Way, steps: list[Step]) -> Walk:
    """Give a referral that has gone through *steps*."""
    walk = Walk(way, rules_of(way))
    walk.take(steps)
    return walk


@ALL_WAYS
@MANY
@given(steps=walks())
def test_a_request_is_answered_or_refused(rules_of: RulesOf, way: Way, steps: list[Step]) -> None:
    """Whatever is asked, by whomever, is answered with facts or a refusal, and never breaks.

    The facts lead from one state to the next, and folding them again leads to the same one.
    """
    walk = walked(rules_of, way, steps)
    assert decider.fold(walk.facts) == walk.clear
    assert decider.fold(map(log.shut, walk.facts)) == walk.state
    assert [fact.version for fact in walk.facts] == list(range(len(walk.facts)))


@ALL_WAYS
@MANY
@given(steps=walks())
def test_only_a_closing_takes_a_grant(rules_of: RulesOf, way: Way, steps: list[Step]) -> None:
    """What an authority may open grows until its view closes, and then only shrinks.

    Nobody may open anything who takes no part.
    """
    walk = walked(rules_of, way, steps)
    states = [decider.fold(walk.facts[:n]) for n in range(len(walk.facts) + 1)]
    for before, after in pairwise(states):
        taken = grants(before) - grants(after)
        assert isinstance(after, Begun)
        was = before.closings if isinstance(before, Begun) else {}
        closed = {p.authority for p in after.parties if p.unit in after.closings.keys() - was}
        assert {grant.reader for grant in taken} <= closed
    last = states[-1]
    assert isinstance(last, Begun)
    taking_part = {party.authority for party in last.parties}
    written = {fact.id: fact.authority for fact in walk.facts}
    for grant in grants(last):
        assert grant.reader in taking_part
        assert grant.writer == written[grant.event] != grant.reader


@ALL_WAYS
@MANY
@given(steps=walks())
def test_a_draft_grants_nothing(rules_of: RulesOf, way: Way, steps: list[Step]) -> None:
    """Until it is sent, no other authority may open or see any of it."""
    walk = walked(rules_of, way, steps)
    sent = next((fact.version for fact in walk.facts if kind(fact) == "sent"), len(walk.facts))
    draft = walk.facts[:sent]
    assert grants(decider.fold(draft)) == frozenset()
    assert log.views(draft).keys() == {way.sender}


@ALL_WAYS
@MANY
@given(steps=walks())
def test_decision_and_view_count_alike(rules_of: RulesOf, way: Way, steps: list[Step]) -> None:
    """Each party counts 1, 2, 3 … with the facts it sees; request and page go by the same count."""
    walk = walked(rules_of, way, steps)
    assert isinstance(walk.state, Begun)
    assert all(view.closed or view.seen == len(view.timeline) for view in walk.lines.values())
    assert walk.state.seen == {unit: view.seen for unit, view in walk.lines.items()}
    lines: Mapping[str, PartyView] = {}
    for fact in map(log.shut, walk.facts):
        now = log.project(lines, fact)
        assert all(now[unit].seen - line.seen in {0, 1} for unit, line in lines.items())
        lines = now


@ALL_WAYS
@MANY
@given(steps=walks())
def test_everybody_sees_it_stand_where_it_stands(
    rules_of: RulesOf, way: Way, steps: list[Step]
) -> None:
    """All parties see one stage, the decider's, and the same company, until their view closes."""
    walk = walked(rules_of, way, steps)
    assert isinstance(walk.state, Begun)
    for view_of, view in walk.lines.items():
        assert view.stage is walk.state.stage_for(UnitId(view_of))
        assert view.closed == walk.state.closings.get(UnitId(view_of))
        if not walk.state.is_over_for(UnitId(view_of)):
            company = {(p.unit, p.role) for p in walk.state.parties}
            assert {(p.unit, p.role) for p in view.parties} == company


@ALL_WAYS
@MANY
@given(steps=walks())
def test_a_timeline_holds_what_is_for_its_party(
    rules_of: RulesOf, way: Way, steps: list[Step]
) -> None:
    """A timeline is the concern and what followed one's joining, without others' own affairs.

    A closing takes from it what others wrote.
    """
    walk = walked(rules_of, way, steps)
    for unit, view in walk.lines.items():
        expected = [str(fact.id) for fact in left(may_see(walk.facts, unit), view)]
        assert [step.id for step in view.timeline] == expected


@ALL_WAYS
@MANY
@given(steps=walks())
def test_nobody_is_let_in_further_back_than_its_profile_goes(
    rules_of: RulesOf, way: Way, steps: list[Step]
) -> None:
    """Whoever is let in from the start is of a kind that the programme shows the start."""
    walk = walked(rules_of, way, steps)
    for fact in walk.facts:
        if isinstance(fact.event, PartyLetIn) and fact.event.sees.value == "start":
            unit = fact.event.party.value
            assert log.profiles().joins(way.programme, "let_in", unit) == "start"


@ALL_WAYS
@MANY
@given(steps=walks())
def test_no_token_strays(rules_of: RulesOf, way: Way, steps: list[Step]) -> None:
    """What a party's view holds sealed is of facts for it, and of the draft as it was last written.

    Whatever it holds, its authority has the key to; whatever it has a key to it would hold, if its
    profile kept no kind of data from it.
    """
    walk = walked(rules_of, way, steps)
    written = {fact.id: fact.authority for fact in walk.facts}
    drafts = [fact for fact in walk.facts if kind(fact) in UNOPENED]
    granted = grants(walk.state)
    held: dict[str, set[str]] = {}
    for unit, view in walk.lines.items():
        events = {token[1:37] for token in log.tokens_in(view)}
        own = {str(fact.id) for fact in [*may_see(walk.facts, unit), drafts[-1]]}
        assert events <= own
        readable = {str(g.event) for g in granted if g.reader == view.authority}
        readable |= {str(id_) for id_, writer in written.items() if writer == view.authority}
        assert view.closed or events <= readable
    lines: Mapping[str, PartyView] = {}
    for fact in map(log.shut, walk.facts):
        lines = log.project(lines, fact, log.generous())
    for view in lines.values():
        held.setdefault(view.authority, set()).update(t[1:37] for t in log.tokens_in(view))
    assert all(str(grant.event) in held[grant.reader] for grant in granted)


def took(times: list[tuple[str, float]], begin: str, end: set[str]) -> float | None:
    """Give the seconds from the first fact of one kind to the first of others after it."""
    since = next((at for name, at in times if name == begin), None)
    return next((at - since for name, at in times if since and name in end and at > since), None)


def times_of(view: PartyView) -> list[tuple[str, float]]:
    """Give what a view's timeline says happened, and when."""
    return [(s.type.split(".")[1], s.at.timestamp()) for s in view.timeline]


@BETWEEN_PARTIES
@settings(max_examples=334)
@given(steps=walks(25))
def test_times_are_read_off_the_facts(rules_of: RulesOf, way: Way, steps: list[Step]) -> None:
    """How long receiving, answering and closing took is the same by the facts and on every page.

    Over a thousand histories, of every programme that is answered here.
    """
    walk = walked(rules_of, way, steps)
    stored = [(kind(fact), fact.at.timestamp()) for fact in walk.facts]
    spans = [
        ("sent", {"received"}),
        ("delivered", {"accepted", "declined"}),
        ("accepted", {"closed"}),
    ]
    open_to = {unit for unit, view in walk.lines.items() if not view.closed}
    for unit in {way.sender, way.taker} & open_to:
        shown = times_of(walk.lines[unit])
        assert [took(shown, *span) for span in spans] == [took(stored, *span) for span in spans]


@ALL_WAYS
@MANY
@given(steps=walks())
def test_the_moves_offered_are_never_out_of_place(
    rules_of: RulesOf, way: Way, steps: list[Step]
) -> None:
    """Whoever takes up an offered move is not told that it is not possible now."""
    walk = walked(rules_of, way, steps)
    for unit in (way.sender, way.taker, way.further):
        for move in moves_for(walk.state, unit):
            assert not isinstance(walk.answer(ASKS[move](way, unit, 3)), OUT_OF_PLACE)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.programme)
def test_walks_go_far(rules_of: RulesOf, way: Way) -> None:
    """Walks reach every stage there is and are refused underway: else the above would be cheap."""
    chance = Random(7)  # noqa: S311 - no secret hangs on it
    reached, refused, joined = set[Stage](), 0, 0
    for _ in range(150):
        walk = walked(rules_of, way, [_by(chance) for _ in range(60)])
        reached |= walk.stages
        refused += sum(no for _, no in walk.asked)
        joined += len(walk.lines)
    without_account = {Stage.DRAFT, Stage.SENT, Stage.CLOSED, Stage.WITHDRAWN}
    stages = set(Stage) if way.has_account else {*without_account, Stage.ENTERED_IN_ERROR}
    assert reached == stages
    assert refused > 150
    assert joined > 300 if way.has_account else joined == 150


@BETWEEN_PARTIES
def test_walks_let_in_from_the_start(rules_of: RulesOf, way: Way) -> None:
    """Walks ask for it where a profile gives it and where it does not, and get it or do not."""
    chance = Random(7)  # noqa: S311 - no secret hangs on it
    answers: Counter[tuple[str, bool]] = Counter()
    for _ in range(150):
        walk = walked(rules_of, way, [_by(chance) for _ in range(60)])
        asked = ((ask, refused) for ask, refused in walk.asked if isinstance(ask, LetIn))
        answers.update((ask.sees, refused) for ask, refused in asked)
    assert answers["joining", False] > 10
    assert answers["start", True] > 100
    given = answers["start", False]
    assert given > 3 if way in (INFOHUS, PSP) else given == 0


def _by(chance: Random) -> Step:
    return Step(chance.randint(0, WILD), chance.randint(0, WHAT), chance.randint(0, HOW))
