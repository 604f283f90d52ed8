"""What keeps a referral safe within an authority, as it stands on the lines of its units."""

from dataclasses import replace
from typing import Any, cast

from pydantic import JsonValue

from services.referrals.domain.referral.events import (
    ReferralAssigned,
    ReferralClaimed,
    ReferralEvent,
)
from services.referrals.domain.safeguards import events as guarded
from services.referrals.projections.party_line import (
    Glass,
    Judged,
    Leaving,
    PartyView,
    Protection,
    Task,
    Try,
)
from shared.kernel.ids import ActorId
from shared.kernel.personal import Personal
from shared.kernel.recorded import Recorded


def guarded_by(view: PartyView, fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    """Give the fields of a line that a fact changes, where it is about keeping it safe."""
    return _staff(view, fact) or _glass(view, fact) or _leaving(view, fact) or _rest(view, fact)


def _staff(view: PartyView, fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    match fact.event:
        case ReferralClaimed():
            return {"staff": _with(view.staff, fact.actor)}
        case ReferralAssigned(to=person) | guarded.StaffNamed(person=person):
            return {"staff": _with(view.staff, person.value)}
        case guarded.StaffExcluded(person=person):
            out = {"excluded": _with(view.excluded, person.value)}
            is_theirs = fact.event.by.value == view.unit and view.staff
            return {**out, "staff": _without(view.staff or (), person.value)} if is_theirs else out
        case guarded.StaffReadmitted(person=person):
            return {"excluded": _without(view.excluded, person.value)}
        case _:
            return {}


def _glass(view: PartyView, fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    match fact.event:
        case guarded.GlassBroken(by=unit, office=office, until=until):
            broken = Glass(str(fact.id), fact.actor, unit.value, office.value, fact.at, until.value)
            return {"glasses": (*view.glasses, broken)}
        case guarded.GlassReviewed(glass=glass, justified=justified):
            reviewed = (
                replace(each, justified=justified.value) if each.id == str(glass) else each
                for each in view.glasses
            )
            return {"glasses": tuple(reviewed)}
        case _:
            return {}


def _leaving(view: PartyView, fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    match fact.event:
        case guarded.LeavingAsked(life_at_stake=at_stake, approval_due=due):
            asked = Leaving(str(fact.id), fact.at, at_stake.value, due.value if due else None)
            return {"leavings": (*view.leavings, asked)}
        case guarded.LeavingApproved(leaving=leaving):
            judged: Judged = "approved"
        case guarded.LeavingRefused(leaving=leaving):
            judged = "refused"
        case _:
            return {}
    return {
        "leavings": tuple(
            replace(each, judged=judged) if each.id == str(leaving) else each
            for each in view.leavings
        )
    }


def _rest(view: PartyView, fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    return _tasks(view, fact) or _protection(view, fact)


def _tasks(view: PartyView, fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    match fact.event:
        case guarded.TaskSet(office=office, what=what, due=due):
            task = Task(
                str(fact.id), office.value, cast("Personal[JsonValue]", what), fact.at, due.value
            )
            return {"tasks": (*view.tasks, task)}
        case guarded.TaskDone(task=done):
            return {"tasks": tuple(each for each in view.tasks if each.id != str(done))}
        case guarded.TryNoticed():
            return {"tries": (*view.tries, Try(str(fact.id), fact.at))}
        case guarded.TrySeenTo(noticed=noticed):
            return {"tries": tuple(each for each in view.tries if each.id != str(noticed))}
        case _:
            return {}


def _protection(view: PartyView, fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    """Give the protection; where no address stays none is said to be hidden."""
    if view.closed and not view.intake:
        return {}
    match fact.event:
        case guarded.AddressProtected(kind=kind, since=since, lapses_on=until):
            protection = Protection(kind.value, since.value, until.value, fact.authority)
            return {"protection": protection}
        case guarded.AddressProtectionEnded():
            return {"protection": None}
        case _:
            return {}


def _with(people: tuple[ActorId, ...] | None, person: ActorId) -> tuple[ActorId, ...]:
    known = people or ()
    return known if person in known else (*known, person)


def _without(people: tuple[ActorId, ...], person: ActorId) -> tuple[ActorId, ...]:
    return tuple(each for each in people if each != person)
