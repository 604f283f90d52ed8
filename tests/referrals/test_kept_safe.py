"""Protected addresses, what leaves § 115, and tasks of an office."""

from datetime import date, timedelta
from uuid import UUID

from services.referrals.domain.referral.access import guarded_by
from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.state import Begun, Stage
from services.referrals.domain.safeguards import events as kept
from services.referrals.domain.safeguards import refusals as no
from shared.kernel.ids import BasisId
from shared.kernel.personal import Hidden, Personal
from shared.kernel.refusals import Refusal
from tests.referrals import happened, keeping
from tests.referrals import people as who
from tests.referrals.after import After, Case
from tests.referrals.ways import INFOHUS, PSP, UKN

HOME = INFOHUS.taker


def safe(case: Case) -> Begun:
    """Give a referral that exists."""
    assert isinstance(case.state, Begun)
    return case.state


def protected(*, threat: bool = False) -> kept.AddressProtected:
    """Give: the police noted that the address is protected."""
    return kept.AddressProtected(
        by=Hidden(HOME),
        kind=Hidden("threat" if threat else "name_and_address"),
        since=Hidden(who.TODAY),
        lapses_on=Hidden(date(2022, 3, 5)),
    )


def test_a_protection_lapses_in_a_year(after: After) -> None:
    """When it lapses is worked out once, by the rule of the day (law §16)."""
    case = after(INFOHUS, Stage.RECEIVED)
    case.when(keeping.protect(HOME)).then(protected())
    state = safe(case.given(happened.signed(protected())))
    assert state.safeguards.protection
    assert state.safeguards.protection.lapses_on == date(2022, 3, 5)
    late = keeping.protect(HOME).model_copy(update={"since": date(2021, 3, 6)})
    case.when(late).then_refused(no.ProtectedInFuture)


def test_a_threat_is_the_polices_to_name(after: After) -> None:
    """No other authority says that there is one, puts something milder for it, or ends it."""
    case = after(INFOHUS, Stage.RECEIVED)
    case.when(keeping.protect(HOME, threat=True)).then(protected(threat=True))
    municipality = INFOHUS.sender
    case.when(keeping.protect(municipality, threat=True)).then_refused(no.ThreatNotByPolice)
    case.when(keeping.unprotect(municipality)).then_refused(no.NotProtected)
    mild = case.given(happened.signed(protected()))
    ended = kept.AddressProtectionEnded(
        by=Hidden(municipality), reason=Personal(keeping.unprotect(municipality).reason)
    )
    mild.when(keeping.unprotect(municipality)).then(ended)
    assert safe(mild.given(happened.signed(ended))).safeguards.protection is None
    grave = case.given(happened.signed(protected(threat=True)))
    for asked in (keeping.unprotect(municipality), keeping.protect(municipality)):
        grave.when(asked).then_refused(no.ThreatNotByPolice)


def left(*, life_at_stake: bool = False) -> kept.LeavingAsked:
    """Give: somebody asked that something leave § 115."""
    asked = keeping.let_out(HOME, life_at_stake=life_at_stake)
    due = Hidden(who.FRIDAY_1540 + timedelta(hours=24)) if life_at_stake else None
    return kept.LeavingAsked(
        by=Hidden(HOME),
        basis=Hidden(asked.basis),
        receiver=Personal(asked.receiver),
        what=Personal(asked.what),
        reason=Personal(asked.reason),
        life_at_stake=Hidden(life_at_stake),
        approval_due=due,
    )


def test_what_leaves_has_a_basis_of_its_own(after: After) -> None:
    """Approved before, or within 24 hours where life or health is at stake (§8)."""
    case = after(INFOHUS, Stage.RECEIVED)
    case.when(keeping.let_out(HOME)).then(left())
    case.when(keeping.let_out(HOME, life_at_stake=True)).then(left(life_at_stake=True))
    other = keeping.let_out(HOME).model_copy(update={"basis": BasisId("rpl-115-1-1")})
    case.when(other).then_refused(no.NoBasisToLeave)


def test_only_what_is_shared_on_115_leaves_it(after: After) -> None:
    """A referral on another basis has no § 115 to leave."""
    case = after(UKN, Stage.SENT)
    case.when(keeping.let_out(UKN.sender)).then_refused(no.NotUnderSection115)


def refused(case: Case, command: ReferralCommand, **changed: str) -> type[Refusal] | None:
    """Give why the guard refuses it, None where it lets it pass."""
    by = keeping.acting(command)
    acting = type(by)(**{**{n: getattr(by, n) for n in by.__slots__}, **changed})
    try:
        guarded_by(lambda _command, _referral: case.rules)(
            acting, keeping.ANEW, command, case.state
        )
    except Refusal as refusal:
        return type(refusal)
    return None


def test_a_second_person_answers(after: After) -> None:
    """Another one than who asked, in an office that the programme names; once."""
    case = after(INFOHUS, Stage.RECEIVED, left())
    ((leaving, asked),) = safe(case).safeguards.leavings.items()
    for command in (keeping.approve(HOME, leaving), keeping.refuse(HOME, leaving)):
        assert refused(case, command) is None
        assert refused(case, command, actor=asked.actor) is no.NotASecondPerson
        assert refused(case, command, office="caseworker") is no.NotAnApprover
    yes = kept.LeavingApproved(by=Hidden(HOME), leaving=leaving)
    case.when(keeping.approve(HOME, leaving)).then(yes)
    done = case.given(happened.signed(yes))
    assert safe(done).safeguards.leavings[leaving].answer == "approved"
    done.when(keeping.refuse(HOME, leaving)).then_refused(no.AlreadyAnswered)
    for other in (keeping.approve(HOME), keeping.approve(INFOHUS.sender, leaving)):
        case.when(other).then_refused(no.UnknownLeaving)


def test_a_task_is_set_for_an_office_and_done_once(after: After) -> None:
    """In the unit's own offices, due from now on; another unit's tasks are not known."""
    case = after(PSP, Stage.RECEIVED)
    asked, unit = keeping.entrust(PSP.taker), Hidden(PSP.taker)
    was_set = kept.TaskSet(
        by=unit, office=Hidden("leader"), what=Personal(asked.what), due=Hidden(asked.due)
    )
    case.when(asked).then(was_set)
    case.when(keeping.entrust(PSP.taker, office="dpo")).then_refused(no.UnknownOffice)
    case.when(keeping.entrust(PSP.taker, days=-1)).then_refused(no.DueInPast)
    there = case.given(happened.signed(was_set))
    task: UUID
    (task,) = safe(there).safeguards.tasks
    there.when(keeping.finish(PSP.sender, task)).then_refused(no.UnknownTask)
    done = kept.TaskDone(by=unit, task=task)
    there.when(keeping.finish(PSP.taker, task)).then(done)
    over = there.given(happened.signed(done))
    over.when(keeping.finish(PSP.taker, task)).then_refused(no.AlreadyDone)
