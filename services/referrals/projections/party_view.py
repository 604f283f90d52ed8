"""What does this unit see of this referral? One line for each party, tokens in place of content."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from services.referrals.domain.fact import ReferralFact
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


NAMES = tuple(each.name for each in fields(PartyView))
VALUES = attrgetter(*NAMES)


def project(
    lines: Mapping[str, PartyView], fact: Recorded[ReferralEvent]
) -> Mapping[str, PartyView]:
    """Tell a fact to those who may see it; a unit that joins sees the concern and what follows."""
    if not isinstance(fact.event, ReferralFact):
        return lines
    parties = [Party(UnitId(u), v.authority, v.role, v.since) for u, v in lines.items()]
    seers = audience(parties, fact)
    held = any(view.role is Role.HOLDER for view in lines.values())
    step, news, now = _step(fact), _news(fact), dict(lines)
    if joined := joining(fact):
        now |= {party.unit: _arrival(party, lines, fact) for party in joined}
        news["parties"] = tuple(With(unit=unit, role=view.role) for unit, view in now.items())
    for unit in seers & now.keys():
        view = now[unit]
        stage = stage_after(fact.event, view.stage, held=held)
        now[unit] = _told(view, step, {**news, "stage": stage})
    return now


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


def _told(view: PartyView, step: Step, news: Mapping[str, Any]) -> PartyView:
    # dataclasses.replace takes twice as long, and this is done for every fact and every party.
    values: dict[str, Any] = dict(zip(NAMES, VALUES(view), strict=True))
    values |= {"seen": view.seen + 1, "timeline": (*view.timeline, step), **news}
    return PartyView(**values)


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
    said: dict[str, Any] = {}
    sealed: dict[str, Personal[JsonValue]] = {}
    for name, value in vars(fact.event).items():
        if isinstance(value, Personal):
            sealed[name] = value
        elif name not in {"by", "type", "intake"} and value is not None:
            said[name] = value.value if isinstance(value, Hidden) else value
    return Step(
        id=str(fact.id),
        type=fact.event.type,
        at=fact.at,
        unit=fact.event.by.value,
        said=to_jsonable_python(said),
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
