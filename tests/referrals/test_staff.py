"""Who of a unit works on a referral, who is kept out, and access in an emergency."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from services.referrals.domain.referral.access import guarded_by
from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.refusals import AlreadyTaken
from services.referrals.domain.referral.state import Begun, Stage
from services.referrals.domain.safeguards import events as kept
from services.referrals.domain.safeguards import refusals as no
from services.referrals.domain.safeguards.events import GlassBroken
from shared.kernel.asking import Acting
from shared.kernel.ids import ActorId, BasisId, UnitId
from shared.kernel.personal import Hidden, Personal
from shared.kernel.refusals import DoesNotExist, Refusal
from tests.referrals import asking, happened, keeping
from tests.referrals import people as who
from tests.referrals.after import After, Case
from tests.referrals.ways import BANDEEXIT, INFOHUS, UKN

HOME = INFOHUS.taker
WORKER, LEADER = who.actor_of(HOME), who.leader_of(HOME)
NAMED = kept.StaffNamed(by=Hidden(HOME), person=Hidden(WORKER))
EXCLUDED = kept.StaffExcluded(
    by=Hidden(HOME), person=Hidden(who.A_COLLEAGUE), reason=Personal("Er nabo til familien.")
)
BROKEN = GlassBroken(
    by=Hidden(HOME),
    office=Hidden("leader"),
    reason=Personal("Ringer fra skadestuen."),
    until=Hidden(who.FRIDAY_1540 + timedelta(hours=3)),
)


class As(NamedTuple):
    """Who asks: a person and the office acted in."""

    actor: ActorId
    office: str = "caseworker"


def answer(case: Case, command: ReferralCommand, by: As) -> type[Refusal] | None:
    """Give why a person of the unit is refused, by guard or decision; None where it is done."""
    acting = keeping.acting(command, by.actor, by.office)
    try:
        guarded_by(lambda _command, _referral: case.rules)(
            acting, keeping.ANEW, command, case.state
        )
    except Refusal as refusal:
        return type(refusal)
    found = case.when(command).refusal
    return type(found) if found else None


def test_until_somebody_is_named_all_of_the_unit_may(after: After) -> None:
    """A unit that has named nobody works on it as one; one that has, as those alone."""
    read = after(INFOHUS, Stage.RECEIVED)
    assert answer(read, asking.accept(INFOHUS), As(who.A_COLLEAGUE)) is None
    named = after(INFOHUS, Stage.RECEIVED, NAMED)
    assert answer(named, asking.accept(INFOHUS), As(WORKER)) is None
    assert answer(named, asking.accept(INFOHUS), As(who.A_COLLEAGUE)) is no.NotOnTheCase
    assert answer(named, asking.accept(INFOHUS), As(LEADER, "leader")) is no.NotOnTheCase


def test_taking_and_being_given_it_names(after: After) -> None:
    """Who takes it is on it, and who is given it."""
    for fact in (happened.claimed(INFOHUS), happened.assigned(INFOHUS)):
        case = after(INFOHUS, Stage.RECEIVED, fact)
        assert isinstance(case.state, Begun)
        assert len(case.state.safeguards.named[HOME]) == 1
        assert answer(case, asking.accept(INFOHUS), As(who.A_COLLEAGUE)) is no.NotOnTheCase


def test_where_the_unit_is_one_nobody_is_left_out(after: After) -> None:
    """A programme whose units work as one knows no colleague that is not on the case."""
    case = after(UKN, Stage.DRAFT)
    assert case.rules.members == "unit"
    named = kept.StaffNamed(by=Hidden(UKN.sender), person=Hidden(WORKER))
    there = case.given(happened.signed(named))
    assert answer(there, asking.send(UKN), As(who.A_COLLEAGUE)) is None


@pytest.mark.parametrize("office", ["leader", "tovholder"])
def test_who_leads_chooses_staff(after: After, office: str) -> None:
    """Who leads by the rulebook names, excludes and readmits without being on it themselves."""
    case = after(INFOHUS, Stage.RECEIVED, NAMED)
    by = As(LEADER, office)
    assert answer(case, keeping.name(HOME, who.A_COLLEAGUE), by) is None
    assert answer(case, keeping.exclude(HOME), by) is None
    out = case.given(happened.signed(EXCLUDED))
    assert answer(out, keeping.readmit(HOME), by) is None
    assert answer(out, keeping.name(HOME, who.A_COLLEAGUE), by) is no.IsExcluded
    assert answer(out, keeping.exclude(HOME), by) is no.IsExcluded
    assert answer(case, keeping.readmit(HOME), by) is no.NotExcluded
    assert answer(case, keeping.exclude(HOME, LEADER), by) is no.NotYourself


def test_who_is_named_names_further_ones_and_excludes_nobody(after: After) -> None:
    """A caseworker on the case brings a colleague in; keeping out is for who leads."""
    case = after(INFOHUS, Stage.RECEIVED, NAMED)
    assert answer(case, keeping.name(HOME, who.A_COLLEAGUE), As(WORKER)) is None
    assert answer(case, keeping.exclude(HOME), As(WORKER)) is no.NotForYouToSay
    unnamed = after(INFOHUS, Stage.RECEIVED)
    assert answer(unnamed, keeping.name(HOME), As(WORKER)) is no.NotForYouToSay


def test_for_who_is_kept_out_it_does_not_exist(after: After) -> None:
    """Whatever they ask for, break-glass too, an excluded colleague finds nothing here."""
    case = after(INFOHUS, Stage.RECEIVED, EXCLUDED)
    for command in (asking.accept(INFOHUS), keeping.smash(HOME), keeping.review(HOME)):
        assert answer(case, command, As(who.A_COLLEAGUE, "leader")) is DoesNotExist
    back = kept.StaffReadmitted(
        by=Hidden(HOME), person=Hidden(who.A_COLLEAGUE), reason=Personal("Flyttet.")
    )
    again = case.given(happened.signed(back))
    assert answer(again, asking.accept(INFOHUS), As(who.A_COLLEAGUE)) is None


def test_excluding_the_last_one_opens_it_to_nobody(after: After) -> None:
    """A unit whose only named person is kept out has named its people all the same."""
    last = kept.StaffExcluded(by=Hidden(HOME), person=Hidden(WORKER), reason=Personal("Nabo."))
    case = after(INFOHUS, Stage.RECEIVED, NAMED, last)
    assert answer(case, asking.accept(INFOHUS), As(who.A_COLLEAGUE)) is no.NotOnTheCase


def test_a_secret_case_does_not_say_that_it_is_there(after: After) -> None:
    """Who is not named on a secret case is told what a stranger is told, and breaks no glass.

    The code of a person within the case counts as theirs.
    """
    home = BANDEEXIT.taker
    case = after(BANDEEXIT, Stage.RECEIVED, happened.claimed(BANDEEXIT))
    for command in (
        *(asking.accept(BANDEEXIT), asking.assign(BANDEEXIT), keeping.smash(home)),
        *(keeping.exclude(home), keeping.readmit(home)),
    ):
        assert answer(case, command, As(who.A_COLLEAGUE, "leader")) is DoesNotExist
    command = asking.accept(BANDEEXIT)
    assert isinstance(case.state, Begun)
    bound = replace(keeping.acting(command, who.SOMEBODY), in_case=case.state.owner)
    guarded_by(lambda _command, _referral: case.rules)(bound, keeping.ANEW, command, case.state)


def test_a_case_with_staff_is_not_taken_by_who_is_not_on_it(after: After) -> None:
    """Taking it would put them on it; where somebody has it already, they are told that."""
    named = after(INFOHUS, Stage.RECEIVED, NAMED)
    assert answer(named, asking.claim(INFOHUS), As(who.A_COLLEAGUE)) is no.NotOnTheCase
    assert answer(named, asking.claim(INFOHUS), As(WORKER)) is None
    taken = after(INFOHUS, Stage.RECEIVED, NAMED, happened.assigned(INFOHUS))
    assert answer(taken, asking.claim(INFOHUS), As(who.A_COLLEAGUE)) is AlreadyTaken


def test_who_approves_a_leaving_is_on_the_case(after: After) -> None:
    """The second person sees what leaves; a leader who is not on the case goes on it first."""
    asked = kept.LeavingAsked(
        by=Hidden(HOME),
        basis=Hidden(BasisId("underretning-om-barn")),
        receiver=Personal("Kommunen"),
        what=Personal("Navnet."),
        reason=Personal("Barnet er i fare."),
        life_at_stake=Hidden(content=False),
        approval_due=None,
    )
    case = after(INFOHUS, Stage.RECEIVED, NAMED, asked)
    leaving = keeping.approve(HOME, case.facts[-1].id)
    assert answer(case, leaving, As(LEADER, "leader")) is no.NotOnTheCase
    on_it = kept.StaffNamed(by=Hidden(HOME), person=Hidden(LEADER))
    assert answer(case.given(happened.signed(on_it)), leaving, As(LEADER, "leader")) is None


def test_a_secret_case_knows_each_person_by_one_code(after: After) -> None:
    """Who took it, was kept out and let back in is no longer named: all three are the same code."""
    home, in_case = BANDEEXIT.taker, ActorId("1" * 64)
    case = after(BANDEEXIT, Stage.RECEIVED)
    for command in (keeping.name(home, WORKER), keeping.exclude(home, WORKER)):
        known = command.model_copy(update={"in_case": in_case})
        case = case.given(*(happened.signed(e) for e in case.when(known).events))
        recorded: Any = case.facts[-1].event
        assert recorded.person.value == in_case
    assert isinstance(case.state, Begun)
    assert case.state.safeguards.is_excluded(who.AUTHORITY_OF[home], frozenset({in_case}))
    assert not case.state.safeguards.is_named(home, frozenset({WORKER, in_case}))


def test_who_leads_and_was_told_the_number_puts_somebody_on_a_secret_case(after: After) -> None:
    """Or the case of who fell ill were nobody's for good; who does not lead finds nothing."""
    case = after(BANDEEXIT, Stage.RECEIVED, happened.claimed(BANDEEXIT))
    leader = who.leader_of(BANDEEXIT.taker)
    naming = keeping.name(BANDEEXIT.taker, who.A_COLLEAGUE)
    assert answer(case, naming, As(leader, "leader")) is None
    assert answer(case, naming, As(leader)) is DoesNotExist


def test_nobody_puts_themselves_on_a_case(after: After) -> None:
    """Who leads names others; to see it without being named there is broken glass."""
    open_case = after(INFOHUS, Stage.RECEIVED, NAMED)
    assert answer(open_case, keeping.name(HOME, LEADER), As(LEADER, "leader")) is no.NotYourself
    assert answer(open_case, keeping.name(HOME, who.A_COLLEAGUE), As(LEADER, "leader")) is None
    home, leader = BANDEEXIT.taker, who.leader_of(BANDEEXIT.taker)
    secret = after(BANDEEXIT, Stage.RECEIVED, happened.claimed(BANDEEXIT))
    assert answer(secret, keeping.name(home, leader), As(leader, "leader")) is DoesNotExist
    unnamed = after(INFOHUS, Stage.RECEIVED)
    assert answer(unnamed, keeping.name(HOME, LEADER), As(LEADER, "leader")) is None


def test_glass_is_broken_for_a_reason_and_a_while(after: After) -> None:
    """By who is not on it, in an office that the programme names, at most three hours (§8)."""
    case = after(INFOHUS, Stage.RECEIVED, NAMED)
    outsider = As(who.A_COLLEAGUE, "leader")
    case.when(keeping.smash(HOME)).then(BROKEN)
    assert answer(case, keeping.smash(HOME), outsider) is None
    assert answer(case, keeping.smash(HOME), As(WORKER, "leader")) is no.AlreadyOnTheCase
    assert answer(case, keeping.smash(HOME), As(who.A_COLLEAGUE)) is no.GlassNotForOffice
    asked = keeping.smash(HOME, office="caseworker")
    assert answer(case, asked, As(who.A_COLLEAGUE)) is no.GlassNotForOffice
    short = keeping.smash(HOME, hours=1)
    until = Hidden(who.FRIDAY_1540 + timedelta(hours=1))
    case.when(short).then(BROKEN.model_copy(update={"until": until}))
    stranger = keeping.smash(who.PREVENTION)
    assert answer(case, stranger, outsider) is DoesNotExist


def test_broken_glass_changes_nothing_else(after: After) -> None:
    """Who broke the glass looks; the case is still not theirs to work on."""
    case = after(INFOHUS, Stage.RECEIVED, NAMED, BROKEN)
    assert answer(case, asking.accept(INFOHUS), As(who.A_COLLEAGUE)) is no.NotOnTheCase


def glass_of(case: Case) -> UUID:
    """Give the one glass that was broken."""
    assert isinstance(case.state, Begun)
    (glass,) = case.state.safeguards.glasses
    return glass


def test_another_person_judges_it(after: After) -> None:
    """Anybody in the unit for whom the policies say so, but never who broke it."""
    case = after(INFOHUS, Stage.RECEIVED, happened.assigned(INFOHUS), BROKEN)
    assert isinstance(case.state, Begun)
    breaker = case.state.safeguards.glasses[glass_of(case)].actor
    asked = keeping.review(HOME, glass_of(case))
    told: Mapping[As, type[Refusal] | None] = {
        As(LEADER, "leader"): None,
        As(WORKER): None,
        As(breaker, "leader"): no.NotYourReview,
        As(who.A_COLLEAGUE): no.NotOnTheCase,
    }
    assert {by: answer(case, asked, by) for by in told} == told
    assert answer(case, keeping.review(HOME), As(LEADER, "leader")) is no.UnknownGlass
    done = kept.GlassReviewed(by=Hidden(HOME), glass=glass_of(case), justified=Hidden(content=True))
    again = case.given(happened.signed(done))
    assert answer(again, asked, As(LEADER, "leader")) is no.AlreadyReviewed


def test_oversight_judges_from_outside_and_does_nothing_else(after: After) -> None:
    """An authority's data protection officer is let through for this glass alone."""
    case = after(INFOHUS, Stage.RECEIVED, NAMED, BROKEN)
    guard = guarded_by(lambda _command, _referral: case.rules)
    asked = keeping.review(HOME, glass_of(case))
    officer = Acting(who.SOMEBODY, who.POLICE, "led", UnitId("politi-tilsyn"), "dpo")
    guard(officer, keeping.ANEW, asked, case.state)
    for other in (
        replace(officer, authority=who.RANDERS),
        replace(officer, office="auditor"),
    ):
        with pytest.raises(DoesNotExist):
            guard(other, keeping.ANEW, asked, case.state)
    for command in (keeping.review(HOME), asking.write(INFOHUS), keeping.smash(HOME)):
        with pytest.raises(DoesNotExist):
            guard(officer, keeping.ANEW, command, case.state)
