"""What must be in order before a referral leaves its unit, question by question."""

from collections.abc import Mapping
from typing import NamedTuple, assert_never

from pydantic import JsonValue

from services.referrals.domain.referral.commands import SendReferral
from services.referrals.domain.referral.events import ReferralSent, Urgency
from services.referrals.domain.referral.form import categories, filled_in, past_days
from services.referrals.domain.referral.refusals import (
    AgeNotTaken,
    AgeUndecided,
    BasisNotOfRoute,
    BasisReasonMissing,
    ConsentMissing,
    CoverageUnknown,
    NoSuchRoute,
    NotCovered,
    PurposeNotOfRoute,
    TwoReceivers,
    UnknownUnit,
)
from services.referrals.domain.referral.state import Begun
from shared.kernel.ids import AuthorityId, BasisId, RouteId, UnitId
from shared.kernel.personal import Hidden, Personal
from shared.rulebook.slices import Eligible, NotEligible, Route, Rules, Undecided, Unit


class Way(NamedTuple):
    """Where it goes: a unit of the directory, or None for a name outside it, and by which route."""

    addressee: Unit | None
    route: Route


def sent(command: SendReferral, referral: Begun, rules: Rules) -> tuple[ReferralSent]:
    """Give the fact that a draft was sent, or refuse with the first thing that is not in order."""
    way = _way(command, rules)
    _ensure_basis(command, referral, rules, way)
    if rules.purpose(way.route, command.purpose) is None:
        raise PurposeNotOfRoute(purposes=list(way.route.purposes))
    answers = filled_in(referral.intake, rules)
    _ensure_coverage(command, rules, way)
    rule = _ensure_age(command, answers, rules, way.route)
    return (_fact(command, referral, rules, way, rule=rule),)


def _way(command: SendReferral, rules: Rules) -> Way:
    if command.outside is not None and command.addressee is not None:
        raise TwoReceivers
    if command.outside is not None:
        route = rules.route_outside(command.unit)
        if route is None:
            raise NoSuchRoute
        return Way(None, route)
    unit = rules.addressed_unit(command.addressee or "")
    if unit is None:
        raise UnknownUnit
    route = rules.route(command.unit, unit.id)
    if route is None:
        raise NoSuchRoute
    return Way(unit, route)


def _ensure_basis(command: SendReferral, referral: Begun, rules: Rules, way: Way) -> None:
    basis = rules.basis(way.route, command.basis)
    if basis is None:
        raise BasisNotOfRoute(bases=list(way.route.bases))
    receiver = AuthorityId(way.addressee.authority) if way.addressee else None
    if basis.requires == "consent" and not referral.consents_to(receiver):
        raise ConsentMissing
    if basis.requires == "reason" and command.basis_reason is None:
        raise BasisReasonMissing


def _ensure_coverage(command: SendReferral, rules: Rules, way: Way) -> None:
    municipality = rules.authority_of(command.unit)
    if way.addressee is None or municipality is None:
        return
    choice = rules.choice(municipality.id, way.addressee.id)
    if choice == "needs_reason" and command.chosen_because is None:
        raise CoverageUnknown
    if choice == "not_covered":
        raise NotCovered


def _ensure_age(
    command: SendReferral, answers: Mapping[str, JsonValue], rules: Rules, route: Route
) -> str | None:
    """Judge the age by the dates that may count; give the id of the rule that was applied."""
    birth, act = past_days(answers, rules)
    verdict = rules.eligible(route, birth, act=act, referral=rules.on)
    match verdict:
        case NotEligible():
            raise AgeNotTaken(
                rule=verdict.rule_id,
                da=f"{verdict.da} {verdict.way_on_da}".strip(),
                detail=f"{verdict.en} {verdict.way_on_en}".strip(),
            )
        case Undecided():
            if command.age_note is None:
                raise AgeUndecided(rule=verdict.rule_id, da=verdict.da, detail=verdict.en)
            return verdict.rule_id
        case Eligible():
            return route.ages.id if route.ages else None
        case _:
            assert_never(verdict)


def _fact(
    command: SendReferral, referral: Begun, rules: Rules, way: Way, *, rule: str | None
) -> ReferralSent:
    unit = way.addressee
    staffed = rules.next_staffed(unit.id, command.at) if unit else None
    urgent = referral.urgency is Urgency.AKUT
    calls = rules.whom_to_call(unit.id if unit else command.unit) if urgent else ()
    return ReferralSent(
        by=Hidden(command.unit),
        addressee=Hidden(UnitId(unit.id)) if unit else None,
        addressee_authority=Hidden(AuthorityId(unit.authority)) if unit else None,
        outside=_sealed(command.outside),
        has_account=unit is not None and unit.account,
        route=Hidden(RouteId(way.route.id)),
        basis=Hidden(BasisId(command.basis)),
        basis_reason=_sealed(command.basis_reason),
        purpose=Hidden(command.purpose),
        necessity=Personal(command.necessity),
        rule=Hidden(rule) if rule else None,
        chosen_because=_sealed(command.chosen_because),
        age_note=_sealed(command.age_note),
        categories=Hidden(categories(referral.intake, rules)),
        next_staffed=Hidden(staffed) if staffed else None,
        call=Hidden(tuple(f"{call.da}: {call.phone}" for call in calls)) if calls else None,
    )


def _sealed(words: str | None) -> Personal[str] | None:
    return None if words is None else Personal(words)
