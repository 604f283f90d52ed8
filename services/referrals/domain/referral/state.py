"""What is true of a referral: nothing yet, a draft in one unit, or underway between several."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from services.referrals.domain.referral.events import (
    ConsentRecorded,
    DraftEdited,
    GateRecorded,
    Intake,
    ReferralAccepted,
    ReferralAssigned,
    ReferralClaimed,
    ReferralClosed,
    ReferralDeclined,
    ReferralDelivered,
    ReferralDrafted,
    ReferralEnteredInError,
    ReferralEvent,
    ReferralOpened,
    ReferralReceived,
    ReferralReopened,
    ReferralResent,
    ReferralReturned,
    ReferralSent,
    ReferralWithdrawn,
    Urgency,
)
from services.referrals.domain.referral.parties import Party, Role, audience, closes, joining
from services.referrals.domain.referral.reading import Content, Shared
from services.referrals.domain.safeguards.state import Safeguards, guarded, named
from services.referrals.domain.sharing.events import ConsentWithdrawn, ReferralTakenOver
from services.referrals.domain.sharing.state import Closing, Consent, gone, names
from services.referrals.domain.stage import Stage
from shared.kernel.decider import Grant
from shared.kernel.ids import ActorId, AuthorityId, BasisId, ProgrammeId, UnitId
from shared.kernel.personal import Personal
from shared.kernel.recorded import Recorded

__all__ = [
    "LEADS_TO",
    "Begun",
    "NotBegun",
    "Referral",
    "Stage",
    "evolve",
    "grants",
    "is_secret",
    "stage_after",
]

LEADS_TO: Mapping[type[object], Stage] = {
    ReferralSent: Stage.SENT,
    ReferralResent: Stage.SENT,
    ReferralDelivered: Stage.DELIVERED,
    ReferralReceived: Stage.RECEIVED,
    ReferralReopened: Stage.RECEIVED,
    ReferralAccepted: Stage.ACCEPTED,
    ReferralDeclined: Stage.DECLINED,
    ReferralReturned: Stage.RETURNED,
    ReferralWithdrawn: Stage.WITHDRAWN,
    ReferralClosed: Stage.CLOSED,
    ReferralTakenOver: Stage.CLOSED,
    ReferralEnteredInError: Stage.ENTERED_IN_ERROR,
}
"""The facts that move a referral, and where to."""


def stage_after(event: ReferralEvent, stage: Stage, *, held: bool) -> Stage:
    """Give the stage after a fact. *held*: whether the receiver answers here.

    What is taken up again lies with who holds it; where nobody does, it is as good as sent.
    """
    if isinstance(event, ReferralReopened) and not held:
        return Stage.SENT
    return LEADS_TO.get(type(event), stage)


@dataclass(frozen=True, slots=True)
class NotBegun:
    """There is no such referral."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A referral that exists, as a draft of its sender or between parties.

    ``accepted`` is the version of the last acceptance: what went into the holder's own file then
    stays there, whatever is taken up again later. ``shared`` counts what all parties are told.
    """

    programme: ProgrammeId
    existence: str
    urgency: Urgency
    intake: Intake
    stage: Stage
    parties: tuple[Party, ...]
    contents: tuple[Content, ...]
    seen: Mapping[UnitId, int] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    gates: Mapping[str, bool] = field(default_factory=dict)
    has_account: bool = True
    route: str | None = None
    basis: BasisId | None = None
    owner: ActorId | None = None
    opened: frozenset[UnitId] = frozenset()
    accepted: int | None = None
    shared: int = 0
    closings: Mapping[UnitId, Closing] = field(default_factory=dict)
    safeguards: Safeguards = field(default_factory=Safeguards)

    def role_of(self, unit: UnitId) -> Role | None:
        """Give what a unit is to this referral, None where it is nothing."""
        return next((p.role for p in self.parties if p.unit == unit), None)

    def authority_of(self, unit: UnitId) -> AuthorityId | None:
        """Give the authority of a unit that takes part, None for any other."""
        return next((p.authority for p in self.parties if p.unit == unit), None)

    def consents_to(self, receiver: AuthorityId | None) -> bool:
        """Say whether a consent that stands names this authority."""
        return names(self.consents, receiver)

    def unit_as(self, role: Role) -> UnitId | None:
        """Give the unit with this role, the first where several have it."""
        return next((p.unit for p in self.parties if p.role == role), None)

    def is_over_for(self, unit: UnitId) -> bool:
        """Say whether a unit hears no more of it and has no say in it."""
        return unit in gone(self.closings)

    def stage_for(self, unit: UnitId) -> Stage:
        """Give the stage as far as a unit was told."""
        return self.closings[unit].stage if self.is_over_for(unit) else self.stage

    @property
    def taken_over(self) -> bool:
        """Whether who holds it has taken it out of what is shared."""
        return any(closing.kind == "taken_over" for closing in self.closings.values())


Referral: TypeAlias = NotBegun | Begun


def evolve(referral: Referral, fact: Recorded[ReferralEvent]) -> Referral:
    """Move *referral* on by one fact. It has happened: nothing is checked, no rule is asked."""
    if isinstance(referral, NotBegun):
        return _begun(fact)
    stage = stage_after(fact.event, referral.stage, held=referral.has_account)
    moved = {"safeguards": guarded(referral.safeguards, fact), **_moved(referral, fact)}
    return replace(
        referral,
        **moved,
        stage=stage,
        parties=(*referral.parties, *joining(fact)),
        contents=_contents(referral, fact),
        seen=_seen(referral, fact),
        shared=referral.shared + _is_told_to_all(fact.event),
        closings=_closings(referral, fact, stage),
    )


def _begun(fact: Recorded[ReferralEvent]) -> Referral:
    event = fact.event
    if not isinstance(event, ReferralDrafted):
        raise TypeError(f"a referral begins with a draft, not with {event.type}")
    return Begun(
        programme=event.programme.value,
        existence=event.existence,
        urgency=event.urgency,
        intake=event.intake,
        stage=Stage.DRAFT,
        parties=joining(fact),
        contents=(_content(fact, is_concern=True),),
        seen={event.by.value: 1},
    )


def _moved(referral: Begun, fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    match fact.event:
        case DraftEdited(urgency=urgency, intake=intake):
            changed = {"urgency": urgency, "intake": intake}
        case ConsentRecorded() | ConsentWithdrawn():
            changed = {"consents": _consents(referral, fact)}
        case ReferralSent(has_account=has_account, route=route, basis=basis):
            changed = {"has_account": has_account, "route": route.value, "basis": basis.value}
        case GateRecorded(gate=gate, passes=passes):
            changed = {"gates": {**referral.gates, gate.value: passes}}
        case ReferralOpened(by=unit):
            changed = {"opened": referral.opened | {unit.value}}
        case ReferralClaimed() | ReferralAssigned():
            changed = _owned(referral, fact)
        case ReferralAccepted():
            changed = {"accepted": fact.version}
        case _:
            pass
    return changed


def _owned(referral: Begun, fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    event, unit = fact.event, fact.event.by.value
    person = event.to.value if isinstance(event, ReferralAssigned) else fact.actor
    return {"owner": person, "safeguards": named(referral.safeguards, unit, person)}


def _consents(referral: Begun, fact: Recorded[ReferralEvent]) -> tuple[Consent, ...]:
    match fact.event:
        case ConsentRecorded(receivers=receivers, form=form, given_on=day):
            given = Consent(fact.id, receivers.value, form.value, day.value)
            return (*referral.consents, given)
        case ConsentWithdrawn(consent=back):
            return tuple(
                replace(each, stands=each.stands and each.event != back)
                for each in referral.consents
            )
        case _:
            return referral.consents


def _seen(referral: Begun, fact: Recorded[ReferralEvent]) -> Mapping[UnitId, int]:
    """Count the facts that each party sees: who joins finds those there already that it may see."""
    _draft, *since = referral.contents
    found = sum(content.is_concern for content in since)
    at_first = {p.unit: referral.shared if p.sees == "start" else found for p in joining(fact)}
    counted = {**at_first, **referral.seen}
    if not fact.event.counted:
        return counted
    seers = audience(referral.parties, fact, gone(referral.closings))
    return {**counted, **{unit: counted.get(unit, 0) + 1 for unit in seers}}


def _is_told_to_all(event: ReferralEvent) -> bool:
    return event.within == "parties" and not isinstance(event, ReferralDrafted | DraftEdited)


def _closings(
    referral: Begun, fact: Recorded[ReferralEvent], stage: Stage
) -> Mapping[UnitId, Closing]:
    closed = {
        unit: Closing(why, fact.at, fact.version, stage)
        for unit, why in closes(referral.parties, fact).items()
    }
    return {**closed, **referral.closings} if closed else referral.closings


def _contents(referral: Begun, fact: Recorded[ReferralEvent]) -> tuple[Content, ...]:
    """Keep what the parties share: a new draft replaces the old, own affairs never join."""
    match fact.event:
        case DraftEdited():
            return (_content(fact, is_concern=True), *referral.contents[1:])
        case ConsentRecorded() | ReferralSent() | ReferralResent():
            return (*referral.contents, _content(fact, is_concern=True))
        case event if event.within == "parties" and any(isinstance(v, Personal) for _, v in event):
            return (*referral.contents, _content(fact, is_concern=False))
        case _:
            return referral.contents


def _content(fact: Recorded[ReferralEvent], *, is_concern: bool) -> Content:
    return Content(fact.id, fact.authority, fact.version, is_concern)


def grants(referral: Referral) -> frozenset[Grant]:
    """Say which authority may open which fact that another one wrote."""
    if isinstance(referral, NotBegun):
        return frozenset()
    shared = Shared(referral.contents, referral.parties, referral.closings, referral.accepted)
    return frozenset(shared.grants())


def is_secret(referral: Referral) -> bool:
    """Say whether the very existence of this referral is hidden (law §6: Bandeexit)."""
    return isinstance(referral, Begun) and referral.existence == "secret"
