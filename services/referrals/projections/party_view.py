"""What does this unit see of this referral? One line for each party, tokens in place of content.

A line holds only the tokens that the disclosure profile gives its party, and what its authority
wrote itself. Which profile counts is the ruling that the rows are made under (ADR 0017).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from pydantic import JsonValue

from services.referrals.domain.categories import WHOLE, category_of_part
from services.referrals.domain.fact import ReferralFact
from services.referrals.domain.referral.events import (
    DraftEdited,
    Intake,
    ReferralDrafted,
    ReferralEvent,
)
from services.referrals.domain.referral.parties import (
    Party,
    Role,
    audience,
    closes,
    guarded,
    joining,
)
from services.referrals.domain.referral.state import stage_after
from services.referrals.domain.sharing.events import PartyLetIn
from services.referrals.domain.sharing.state import Closed, Closing, gone
from services.referrals.domain.stage import Stage
from services.referrals.projections.closing import OF_THE_CONCERN, closed
from services.referrals.projections.guarding import guarded_by
from services.referrals.projections.party_line import (
    Lines,
    PartyView,
    Step,
    With,
    changed,
)
from services.referrals.projections.soonest import Soonest, lapse_of
from services.referrals.projections.telling import news_of, seen_by, step_of
from shared.contracts.catalogue import is_own_affair
from shared.contracts.foreign import Foreign
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.recorded import Recorded
from shared.projections.feed import Feed
from shared.projections.per_party import Change, PerParty
from shared.projections.projection import NUMBER, TEXT
from shared.projections.ruling import Ruled
from shared.rulebook.profiles import NO_PROFILES, Profiles


def project(lines: Lines, fact: Recorded[ReferralEvent], profiles: Profiles) -> Lines:
    """Tell a fact to those who may see it; a unit that joins sees the concern and what follows.

    A fact that closes what parties share takes from their lines what is no longer theirs.
    """
    if not isinstance(fact.event, ReferralFact):
        return lines
    parties = [Party(UnitId(u), v.authority, v.role, v.since) for u, v in lines.items()]
    over = gone({UnitId(unit): view.closed for unit, view in lines.items() if view.closed})
    closing, seers = closes(parties, fact), audience(parties, fact, over)
    held = any(view.role is Role.HOLDER for view in lines.values())
    step, news, now = step_of(fact), news_of(fact), dict(lines)
    if joined := joining(fact):
        now |= {each.unit: _arrival(each, lines, fact, profiles) for each in joined}
        news["parties"] = tuple(With(unit=unit, role=view.role) for unit, view in now.items())
    concern_of = next(view.authority for view in now.values() if view.role is Role.SENDER)
    for unit in seers & now.keys():
        view = now[unit]
        stage = stage_after(fact.event, view.stage, held=held)
        told = {**news, "stage": view.stage if unit in over else stage}
        ended = view.closed is not None or unit in closing
        now[unit] = _told(view, seen_by(view, step, ended=ended), told, fact, profiles)
        if unit in closing and view.closed is None:
            mark = Closing(closing[unit], fact.at, fact.version, stage)
            now[unit] = closed(now[unit], mark, concern_of)
    for unit in (guarded(parties, fact) - seers) & now.keys():
        now[unit] = changed(now[unit], **guarded_by(now[unit], fact))
    return now


def _arrival(
    party: Party, lines: Lines, fact: Recorded[ReferralEvent], profiles: Profiles
) -> PartyView:
    """Give a party's line before its first fact: the concern, and the talk if so decided.

    Where the profile does not go back so far, the talk is counted, as decided, and not kept.
    """
    event = fact.event
    told, before, writer = _known_before(party, lines, event)
    sees = profiles.sees(told["programme"], party.role.value, party.unit)
    counterpart = isinstance(event, PartyLetIn) and event.counterpart.value
    line = PartyView(
        unit=party.unit,
        authority=party.authority,
        role=party.role,
        since=party.since,
        seen=len(before),
        parties=(),
        timeline=(),
        arrived=fact.position,
        arrived_at=fact.at,
        sees=tuple(sorted(sees - {"contact"} if counterpart else sees)),
        counterpart=counterpart,
        excluded=_kept_out(party, lines),
        **told,
    )
    limit = profiles.joins(line.programme, party.role.value, party.unit)
    steps = tuple(seen_by(line, step) for step in before if limit == "start" or not step.early)
    return changed(line, timeline=steps, intake=_given(line, line.intake, writer, profiles))


def _kept_out(party: Party, lines: Lines) -> tuple[ActorId, ...]:
    """Give whom the authority of who joins keeps out already."""
    own = (each.excluded for each in lines.values() if each.authority == party.authority)
    return next(own, ())


def _known_before(
    party: Party, lines: Lines, event: ReferralEvent
) -> tuple[dict[str, Any], Sequence[Step], AuthorityId]:
    """Give what stands on the line of who joins, what was told so far, and who wrote the form."""
    if isinstance(event, ReferralDrafted):
        draft = {
            "programme": event.programme.value,
            "existence": event.existence,
            "urgency": event.urgency,
            "intake": event.intake,
            "stage": Stage.DRAFT,
        }
        return draft, (), party.authority
    concern = next(view for view in lines.values() if view.role is Role.SENDER)
    kept = ("programme", "existence", "urgency", "intake", "stage", "basis", "outside")
    told = {name: getattr(concern, name) for name in (*kept, "protection")}
    return told, _before(concern, event), concern.authority


def _before(concern: PartyView, event: ReferralEvent) -> tuple[Step, ...]:
    """Give what was told before a party joined: the concern, or all of the talk as well."""
    from_start = isinstance(event, PartyLetIn) and event.sees.value == "start"
    return tuple(
        replace(step, early=step.type not in OF_THE_CONCERN)
        for step in concern.timeline
        if step.type in OF_THE_CONCERN or (from_start and _is_talk(step))
    )


def _is_talk(step: Step) -> bool:
    return step.type not in OF_A_DRAFT and not is_own_affair(step.type)


def _given(line: PartyView, intake: Intake, writer: AuthorityId, profiles: Profiles) -> Intake:
    """Give the answers of the form that a party may read; who wrote them reads all."""
    if line.authority == writer:
        return intake
    return {name: value for name, value in intake.items() if _is_given(name, line, profiles)}


def _is_given(name: str, line: PartyView, profiles: Profiles) -> bool:
    if name == WHOLE:
        return profiles.asked_in(line.programme).issubset(line.sees)
    return (category_of_part(name) or profiles.category_of(line.programme, name)) in line.sees


def _told(
    view: PartyView,
    step: Step,
    news: dict[str, Any],
    fact: Recorded[ReferralEvent],
    profiles: Profiles,
) -> PartyView:
    event = fact.event
    if isinstance(event, DraftEdited):
        news = {**news, "intake": _given(view, event.intake, fact.authority, profiles)}
    return changed(
        view,
        seen=view.seen + event.counted,
        timeline=(*view.timeline, step),
        **news,
        **guarded_by(view, fact),
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """What is new in a unit's own view, thin: which referral, what kind of fact, and when.

    A tombstone stands where the view has closed since: that there was something, and no more.
    """

    referral: str
    type: str
    at: datetime
    stage: Stage | None
    closed: Closed | None = None


TOMBSTONE = "closed"


def tell(change: Change[PartyView]) -> Changed | None:
    """Give the entry of a party's feed: one for each fact it may see, none for what it may not."""
    after = change.after
    if after is None or (change.before and change.before.seen == after.seen):
        return None
    return Changed(
        referral=change.fact.stream.partition("-")[2],
        type=change.fact.event.type,
        at=change.fact.at,
        stage=after.stage,
        closed=after.closed.kind if after.closed else None,
    )


def bury(change: Change[PartyView]) -> Changed | None:
    """Give what stands for all that was told before, once the view has closed."""
    after = change.after
    if after is None or after.closed is None or (change.before and change.before.closed):
        return None
    return Changed(
        referral=change.fact.stream.partition("-")[2],
        type=TOMBSTONE,
        at=after.closed.at,
        stage=None,
        closed=after.closed.kind,
    )


OF_A_DRAFT = {kind.model_fields["type"].default for kind in (ReferralDrafted, DraftEdited)}
ACTIVATED = "rulebook.activated.v1"


def ruling_in(event: object) -> str | None:
    """Give the disclosure profiles that an activated rulebook brings, as text."""
    if isinstance(event, Foreign) and event.type == ACTIVATED:
        return Profiles.of(cast("Mapping[str, JsonValue]", event.fields["content"])).text
    return None


ruled = Ruled(
    project=project,
    carried_by=frozenset({ACTIVATED}),
    of=ruling_in,
    read=Profiles.read,
    none=Profiles(NO_PROFILES),
)


view = PerParty(
    name="party_view",
    line=PartyView,
    project=ruled,
    columns={
        "authority": TEXT,
        "role": TEXT,
        "stage": TEXT,
        "arrived": NUMBER,
        "due": TEXT,
        "owner": TEXT,
        "open_tasks": NUMBER,
        "glasses": Soonest(lambda glasses: (each.at for each in glasses if not each.reviewed)),
        "leavings": Soonest(
            lambda leavings: (each.approval_due or each.at for each in leavings if not each.judged)
        ),
        "tries": Soonest(lambda tries: (each.at for each in tries)),
        "tasks": Soonest(lambda tasks: (each.due for each in tasks)),
        "protection": Soonest(lambda protection: map(lapse_of, [protection] if protection else [])),
        "undelivered": NUMBER,
    },
    indexes=(
        ("party", "arrived", "stream", "role", "stage"),
        ("party", "role", "arrived", "stream"),
        ("party", "role", "due", "stream"),
        ("undelivered", "arrived"),
        ("party", "open_tasks", "stream"),
        ("authority", "open_tasks", "stream"),
        ("party", "protection", "stream"),
    ),
)
feed = Feed(name="party_feed", view=view, entry=Changed, tell=tell, bury=bury)
