"""What a fact says to who may see it: the step on the timeline, and what of the line it changes."""

from typing import Any

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from services.referrals.domain.categories import FOR_WHO_JUDGES, category_said
from services.referrals.domain.referral import events as happened
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.projections.party_line import PartyView, Step
from shared.kernel.personal import Hidden, Personal
from shared.kernel.recorded import Recorded


def step_of(fact: Recorded[ReferralEvent]) -> Step:
    """Give a fact as a step with everything that was said, whoever may read which part."""
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
        authority=fact.authority,
        said=to_jsonable_python(said),
        sealed=sealed,
    )


def seen_by(view: PartyView, step: Step, *, ended: bool = False) -> Step:
    """Give a step with what a party may read of it: its kinds of data, and all it wrote itself.

    Where sharing has *ended*, or ends with this, the words of others are no longer shared.
    """
    if step.unit == view.unit:
        return step
    words = {} if ended and step.authority != view.authority else step.sealed

    def may(field: str) -> bool:
        judged = (step.type, field) in FOR_WHO_JUDGES and step.authority == view.authority
        return judged or category_said(step.type, field) in view.sees

    return Step(
        step.id,
        step.type,
        step.at,
        step.unit,
        step.authority,
        {name: value for name, value in step.said.items() if may(name)},
        {name: value for name, value in words.items() if may(name)},
        step.early,
    )


def news_of(fact: Recorded[ReferralEvent]) -> dict[str, Any]:
    """Give the fields of a line that a fact changes for everybody who sees it."""
    news: dict[str, Any] = {}
    match fact.event:
        case happened.DraftEdited(urgency=urgency):
            news = {"urgency": urgency}
        case happened.ReferralSent(outside=outside, next_staffed=staffed, call=call, basis=basis):
            news = {"outside": outside, "basis": basis.value}
            news |= _shown(next_staffed=staffed, call=call)
        case happened.ReferralResent(next_staffed=staffed):
            news = _shown(next_staffed=staffed)
        case happened.ReferralDelivered(answer_due=due) | happened.ReferralReopened(answer_due=due):
            news = _shown(answer_due=due)
        case happened.ReferralClaimed():
            news = {"owner": fact.actor}
        case happened.ReferralAssigned(to=colleague):
            news = {"owner": colleague.value}
        case happened.CaseNumberSet(number=number):
            news = {"case_number": number}
        case _:
            pass
    return news


def _shown(**fields: Hidden[Any] | None) -> dict[str, Any]:
    return {name: value.value for name, value in fields.items() if value is not None}
