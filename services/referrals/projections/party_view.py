"""What does this unit see of this referral? One line for each party, tokens in place of content."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue
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
    ReferralReopened,
    ReferralResent,
    ReferralSent,
    Urgency,
)
from services.referrals.domain.referral.parties import Party, Role, audience, joining
from services.referrals.domain.referral.state import LEADS_TO, Stage
from shared.kernel.clock import written
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.personal import Hidden, Personal
from shared.kernel.recorded import Recorded
from shared.projections.feed import Feed
from shared.projections.per_party import Change, PerParty
from shared.projections.projection import NUMBER, TEXT, Line


class Step(BaseModel):
    """One fact on a party's timeline: what, when, which unit, and what was said."""

    model_config = ConfigDict(frozen=True)

    id: str
    type: str
    at: datetime
    unit: str
    said: dict[str, JsonValue]
    sealed: dict[str, Personal[JsonValue]]


class With(BaseModel):
    """Another party, as every party may know it."""

    model_config = ConfigDict(frozen=True)

    unit: str
    role: Role


class PartyView(Line):
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
    outside: str | None = None
    answer_due: datetime | None = None
    next_staffed: datetime | None = None
    call: tuple[str, ...] = ()
    owner: ActorId | None = None
    case_number: Personal[JsonValue] | None = None

    def columns(self) -> dict[str, str | int | None]:
        """Give what the lists are filtered and sorted by."""
        return {
            "role": self.role.value,
            "stage": self.stage.value,
            "arrived": self.arrived,
            "due": written(self.answer_due) if self._awaits_answer() and self.answer_due else None,
            "owner": self.owner,
        }

    def _awaits_answer(self) -> bool:
        return self.stage in {Stage.DELIVERED, Stage.RECEIVED}


def project(
    lines: Mapping[str, PartyView], fact: Recorded[ReferralEvent]
) -> Mapping[str, PartyView]:
    """Tell a fact to those who may see it; a unit that joins sees the concern and what follows."""
    parties = [Party(UnitId(u), v.authority, v.role, v.since) for u, v in lines.items()]
    seers = audience(parties, fact)
    step = _step(fact)
    arrived: dict[str, PartyView] = {
        party.unit: _arrival(party, lines, fact) for party in joining(fact)
    }
    company = tuple(With(unit=p.unit, role=p.role) for p in (*parties, *joining(fact)))
    return {
        unit: _told(view, fact, step).model_copy(update={"parties": company})
        if unit in seers
        else view
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
        **told,
    )


OF_THE_CONCERN = {
    kind.model_fields["type"].default for kind in (ConsentRecorded, ReferralSent, ReferralResent)
}
"""What a unit that joins reads of the time before: the concern, not the talk about it."""


def _told(view: PartyView, fact: Recorded[ReferralEvent], step: Step) -> PartyView:
    return view.model_copy(
        update={
            "stage": LEADS_TO.get(type(fact.event), view.stage),
            "seen": view.seen + 1,
            "timeline": (*view.timeline, step),
            **_news(fact),
        }
    )


def _news(fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    news: dict[str, Any] = {}
    match fact.event:
        case DraftEdited(urgency=urgency, intake=intake):
            news = {"urgency": urgency, "intake": intake}
        case ReferralSent(outside=outside, next_staffed=staffed, call=call):
            name = outside.value if outside else None
            news = {"outside": name, "next_staffed": staffed, "call": call}
        case ReferralResent(next_staffed=staffed):
            news = {"next_staffed": staffed}
        case ReferralDelivered(answer_due=due) | ReferralReopened(answer_due=due):
            news = {"answer_due": due}
        case ReferralClaimed():
            news = {"owner": fact.actor}
        case ReferralAssigned(to=colleague):
            news = {"owner": colleague}
        case CaseNumberSet(number=number):
            news = {"case_number": number}
        case _:
            pass
    return news


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


class Changed(BaseModel):
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
    indexes=(("party", "role", "arrived"), ("party", "role", "due")),
)
feed = Feed(name="party_feed", view=view, tell=tell)
