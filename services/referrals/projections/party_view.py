"""What does this unit see of this referral? One line for each party, tokens in place of content."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from services.referrals.domain.referral.events import (
    CaseNumberSet,
    ConsentRecorded,
    DraftEdited,
    Intake,
    ReferralAssigned,
    ReferralClaimed,
    ReferralDelivered,
    ReferralDrafted,
    ReferralEvent,
    ReferralFact,
    ReferralReopened,
    ReferralResent,
    ReferralSent,
    Urgency,
)
from services.referrals.domain.referral.parties import Party, Role, audience, joining
from services.referrals.domain.referral.state import Stage, stage_after
from shared.kernel.clock import written
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.personal import Hidden, Personal
from shared.kernel.recorded import Recorded
from shared.projections.feed import Feed
from shared.projections.per_party import Change, PerParty
from shared.projections.projection import NUMBER, TEXT


@dataclass(frozen=True, slots=True)
class Step:
    """One fact on a party's timeline: what, when, which unit, and what was said."""

    id: str
    type: str
    at: datetime
    unit: str
    said: dict[str, JsonValue]
    sealed: dict[str, Personal[JsonValue]]


@dataclass(frozen=True, slots=True)
class With:
    """Another party, as every party may know it."""

    unit: str
    role: Role


@dataclass(frozen=True, slots=True)
class PartyView:
    """Everything that one unit sees of one referral."""

    authority: AuthorityId
    role: Role
    since: int
    seen: int
    stage: Stage
    programme: str
    existence: str
    urgency: Urgency
    intake: Intake
    timeline: tuple[Step, ...]
    parties: tuple[With, ...]
    arrived: int
    arrived_at: datetime
    outside: Personal[JsonValue] | None = None
    answer_due: datetime | None = None
    next_staffed: datetime | None = None
    call: tuple[str, ...] = ()
    owner: ActorId | None = None
    case_number: Personal[JsonValue] | None = None

    @property
    def due(self) -> str | None:
        """The moment by which the addressee owes an answer, as long as it does."""
        owes = self.stage in {Stage.DELIVERED, Stage.RECEIVED}
        return written(self.answer_due) if owes and self.answer_due else None


def project(
    lines: Mapping[str, PartyView], fact: Recorded[ReferralEvent]
) -> Mapping[str, PartyView]:
    """Tell a fact to those who may see it; a unit that joins sees the concern and what follows."""
    if not isinstance(fact.event, ReferralFact):
        return lines
    parties = [Party(UnitId(u), v.authority, v.role, v.since) for u, v in lines.items()]
    seers = audience(parties, fact)
    step = _step(fact)
    arrived: dict[str, PartyView] = {
        party.unit: _arrival(party, lines, fact) for party in joining(fact)
    }
    company = tuple(With(unit=p.unit, role=p.role) for p in (*parties, *joining(fact)))
    return {
        unit: _told(view, fact, step, company) if unit in seers else view
        for unit, view in {**lines, **arrived}.items()
    }


def _arrival(
    party: Party, lines: Mapping[str, PartyView], fact: Recorded[ReferralEvent]
) -> PartyView:
    """Give a party's line before its first fact: the concern, without the talk about it."""
    if isinstance(fact.event, ReferralDrafted):
        event = fact.event
        told: dict[str, Any] = {
            "programme": event.programme.value,
            "existence": event.existence,
            "urgency": event.urgency,
            "intake": event.intake,
            "stage": Stage.DRAFT,
            "timeline": (),
        }
    else:
        concern = next(view for view in lines.values() if view.role is Role.SENDER)
        kept = ("programme", "existence", "urgency", "intake", "stage")
        told = {name: getattr(concern, name) for name in kept}
        told["timeline"] = tuple(s for s in concern.timeline if s.type in OF_THE_CONCERN)
    return PartyView(
        authority=party.authority,
        role=party.role,
        since=party.since,
        seen=len(told["timeline"]),
        parties=(),
        arrived=fact.position,
        arrived_at=fact.at,
        **told,
    )


OF_THE_CONCERN = {
    kind.model_fields["type"].default for kind in (ConsentRecorded, ReferralSent, ReferralResent)
}
"""What a unit that joins reads of the time before: the concern, not the talk about it."""


def _told(
    view: PartyView, fact: Recorded[ReferralEvent], step: Step, company: tuple[With, ...]
) -> PartyView:
    held = any(party.role is Role.HOLDER for party in view.parties)
    return replace(
        view,
        stage=stage_after(fact.event, view.stage, held=held),
        seen=view.seen + 1,
        timeline=(*view.timeline, step),
        parties=company,
        **_news(fact),
    )


def _news(fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    news: dict[str, Any] = {}
    match fact.event:
        case DraftEdited(urgency=urgency, intake=intake):
            news = {"urgency": urgency, "intake": intake}
        case ReferralSent(outside=outside, next_staffed=staffed, call=call):
            news = {"outside": outside, **_shown(next_staffed=staffed, call=call)}
        case ReferralResent(next_staffed=staffed):
            news = _shown(next_staffed=staffed)
        case ReferralDelivered(answer_due=due) | ReferralReopened(answer_due=due):
            news = _shown(answer_due=due)
        case ReferralClaimed():
            news = {"owner": fact.actor}
        case ReferralAssigned(to=colleague):
            news = {"owner": colleague.value}
        case CaseNumberSet(number=number):
            news = {"case_number": number}
        case _:
            pass
    return news


def _shown(**fields: Hidden[Any] | None) -> dict[str, Any]:
    return {name: value.value for name, value in fields.items() if value is not None}


def _step(fact: Recorded[ReferralEvent]) -> Step:
    said: dict[str, JsonValue] = {}
    sealed: dict[str, Personal[JsonValue]] = {}
    for name, value in fact.event:
        if isinstance(value, Personal):
            sealed[name] = value
        elif name not in {"by", "type", "intake"} and value is not None:
            plain = value.value if isinstance(value, Hidden) else value
            said[name] = to_jsonable_python(plain)
    return Step(
        id=str(fact.id),
        type=fact.event.type,
        at=fact.at,
        unit=fact.event.by.value,
        said=said,
        sealed=sealed,
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """What is new in a unit's own view, thin: which referral, what kind of fact, and when."""

    referral: str
    type: str
    at: datetime
    stage: Stage


def tell(change: Change[PartyView]) -> Changed | None:
    """Give the entry of a party's feed: one for each fact it may see, none for what it may not."""
    if change.after is None or (change.before and change.before.seen == change.after.seen):
        return None
    return Changed(
        referral=change.fact.stream.partition("-")[2],
        type=change.fact.event.type,
        at=change.fact.at,
        stage=change.after.stage,
    )


view = PerParty(
    name="party_view",
    line=PartyView,
    project=project,
    columns={"role": TEXT, "stage": TEXT, "arrived": NUMBER, "due": TEXT, "owner": TEXT},
    indexes=(
        ("party", "arrived", "stream", "role", "stage"),
        ("party", "role", "arrived", "stream"),
        ("party", "role", "due", "stream"),
        ("role", "stage", "arrived"),
    ),
)
feed = Feed(name="party_feed", view=view, entry=Changed, tell=tell)
