"""Naming somebody in one's own unit, by the name that the login knows them by."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.referrals.domain.words import Sentence
from services.referrals.wiring import Wiring
from shared.access.caller import SYSTEM, Caller, offices_now
from shared.api.identity import actor_id
from shared.kernel.refusals import NotValid


class NotAColleague(NotValid):
    """This person holds no office in your unit. (da: Personen har intet hverv i jeres enhed.)"""


class Colleague(BaseModel):
    """A colleague, by the name that the login knows them by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ColleagueFor(Colleague):
    """A colleague, and the reason."""

    reason: Sentence


async def about(
    request: Request, referral: UUID, here: Wiring, by: Caller, named: Colleague
) -> dict[str, Any]:
    """Give what every request about a colleague says: who holds an office in the unit now.

    Raises ``NotAColleague``.
    """
    person = actor_id(here.actor_key, by.identity.issuer, named.subject)
    held, _ = await offices_now(request, person)
    if not any(each.place == by.unit and each.office != SYSTEM for each in held):
        raise NotAColleague
    in_case = here.in_case(person, referral)
    return {"unit": by.unit, "at": here.clock.now(), "person": person, "in_case": in_case}
