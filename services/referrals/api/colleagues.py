"""Naming somebody in one's own unit, by the name that the login knows them by."""

from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.referrals.domain.words import Sentence
from services.referrals.wiring import Wiring
from shared.access.caller import SYSTEM, Caller, offices_now
from shared.api.identity import actor_id
from shared.kernel.ids import ActorId
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


async def working_here(request: Request, here: Wiring, by: Caller, named: Colleague) -> ActorId:
    """Give the code of who holds an office in the unit now. Raises ``NotAColleague``."""
    colleague = actor_id(here.actor_key, by.identity.issuer, named.subject)
    held, _ = await offices_now(request, colleague)
    if not any(each.place == by.unit and each.office != SYSTEM for each in held):
        raise NotAColleague
    return colleague
