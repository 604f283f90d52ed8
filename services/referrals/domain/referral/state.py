"""What is true of a referral: nothing yet, a draft in one unit, or underway between several."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from services.referrals.domain.referral.events import (
    CaseNumberSet,
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
from services.referrals.domain.referral.parties import Party, Role, audience, joining
from shared.kernel.decider import Grant
from shared.kernel.ids import ActorId, AuthorityId, ProgrammeId, UnitId
from shared.kernel.personal import Personal
from shared.kernel.recorded import Recorded


class Stage(StrEnum):
    """Where in the handover a referral is."""

    DRAFT = "draft"
    SENT = "sent"
    DELIVERED = "delivered"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    ENTERED_IN_ERROR = "entered_in_error"


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
class Consent:
    """What was consented to, as far as deciding needs it."""

    receivers: tuple[AuthorityId, ...]
    form: str
    given_on: date


@dataclass(frozen=True, slots=True)
class Content:
    """What the parties share: a later party reads the concern, and no earlier talk."""

    event: UUID
    writer: AuthorityId
    version: int
    is_concern: bool


@dataclass(frozen=True, slots=True)
class NotBegun:
    """There is no such referral."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A referral that exists, as a draft of its sender or between parties."""

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
    owner: ActorId | None = None
    opened: frozenset[UnitId] = frozenset()

    def role_of(self, unit: UnitId) -> Role | None:
        """Give what a unit is to this referral, None where it is nothing."""
        return next((p.role for p in self.parties if p.unit == unit), None)

    def consents_to(self, receiver: AuthorityId | None) -> bool:
        """Say whether a consent is recorded that names this authority."""
        return any(receiver in consent.receivers for consent in self.consents)

    def unit_as(self, role: Role) -> UnitId | None:
        """Give the unit with this role, the first where several have it."""
        return next((p.unit for p in self.parties if p.role == role), None)


Referral: TypeAlias = NotBegun | Begun


def evolve(referral: Referral, fact: Recorded[ReferralEvent]) -> Referral:
    """Move *referral* on by one fact. It has happened: nothing is checked, no rule is asked."""
    if isinstance(referral, NotBegun):
        return _begun(fact)
    return replace(
        referral,
        **_moved(referral, fact),
        stage=stage_after(fact.event, referral.stage, held=referral.has_account),
        parties=(*referral.parties, *joining(fact)),
        contents=_contents(referral, fact),
        seen=_seen(referral, fact),
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
        case ConsentRecorded(receivers=receivers, form=form, given_on=day):
            changed = {
                "consents": (*referral.consents, Consent(receivers.value, form.value, day.value))
            }
        case ReferralSent(has_account=has_account, route=route):
            changed = {"has_account": has_account, "route": route.value}
        case GateRecorded(gate=gate, passes=passes):
            changed = {"gates": {**referral.gates, gate.value: passes}}
        case ReferralOpened(by=unit):
            changed = {"opened": referral.opened | {unit.value}}
        case ReferralClaimed():
            changed = {"owner": fact.actor}
        case ReferralAssigned(to=colleague):
            changed = {"owner": colleague.value}
        case _:
            pass
    return changed


def _seen(referral: Begun, fact: Recorded[ReferralEvent]) -> Mapping[UnitId, int]:
    """Count the facts that each party sees: who joins finds those of the concern there already."""
    _draft, *since = referral.contents
    found = sum(content.is_concern for content in since)
    seers = audience(referral.parties, fact)
    return {**referral.seen, **{unit: referral.seen.get(unit, found) + 1 for unit in seers}}


def _contents(referral: Begun, fact: Recorded[ReferralEvent]) -> tuple[Content, ...]:
    """Keep what the parties share: a new draft replaces the old, private notes never join."""
    match fact.event:
        case DraftEdited():
            return (_content(fact, is_concern=True), *referral.contents[1:])
        case CaseNumberSet() | GateRecorded():
            return referral.contents
        case ConsentRecorded() | ReferralSent() | ReferralResent():
            return (*referral.contents, _content(fact, is_concern=True))
        case event if any(isinstance(value, Personal) for _, value in event):
            return (*referral.contents, _content(fact, is_concern=False))
        case _:
            return referral.contents


def _content(fact: Recorded[ReferralEvent], *, is_concern: bool) -> Content:
    return Content(fact.id, fact.authority, fact.version, is_concern)


def grants(referral: Referral) -> frozenset[Grant]:
    """Say which authority may open which fact that another one wrote."""
    if isinstance(referral, NotBegun):
        return frozenset()
    return frozenset(
        Grant(content.event, content.writer, party.authority)
        for content in referral.contents
        for party in referral.parties
        if content.writer != party.authority
        and (content.is_concern or content.version >= party.since)
    )


def is_secret(referral: Referral) -> bool:
    """Say whether the very existence of this referral is hidden (law §6: Bandeexit)."""
    return isinstance(referral, Begun) and referral.existence == "secret"
