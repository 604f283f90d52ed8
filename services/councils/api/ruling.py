"""The rulebook: putting one in force, and reading what is."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, JsonValue

from services.councils.api.operating import OPERATOR_UNIT, Operate
from services.councils.api.showing import RulebookShown, shown
from services.councils.domain.rulebook.commands import ActivateRulebook
from services.councils.domain.rulebook.refusals import AlreadyInForce, RulebookFaulty
from services.councils.domain.rulebook.state import RulebookInForce
from services.councils.domain.streams import rulebook_stream
from services.councils.wiring import Here
from shared.access.rulebooks import NoRulebook
from shared.api.identity import Identity, signed_in
from shared.api.labels import Administrative
from shared.api.problems import problems
from shared.rulebook.days import civil_date
from shared.serving.operating import NotAnOperator

router = APIRouter(tags=["rules"])


class Proposed(BaseModel):
    """A whole rulebook, as ``shared.rulebook`` reads it from its files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: Mapping[str, JsonValue]


class Activated(BaseModel):
    """The rulebook that is in force, by the hash over all of its parts."""

    manifest: Administrative[str]


@router.put("/rulebook", responses=problems(NotAnOperator, RulebookFaulty, AlreadyInForce))
async def activate(proposed: Proposed, operate: Operate) -> Activated:
    """Put a rulebook in force from now on. A faulty one leaves the old in force."""
    command = ActivateRulebook(
        unit=OPERATOR_UNIT, at=operate.here.clock.now(), content=proposed.content
    )
    stream = rulebook_stream(_district(proposed.content))
    handled = await operate.here.activations.handle(
        stream, command, operate.acting(), await operate.asked()
    )
    await operate.shown(handled)
    manifest = handled.state.manifest if isinstance(handled.state, RulebookInForce) else ""
    return Activated(manifest=manifest)


@router.get("/rulebook", responses=problems(NoRulebook))
async def read(
    here: Here, response: Response, _who: Annotated[Identity, Depends(signed_in)]
) -> RulebookShown:
    """See which rules are in force, and who there is to send to. Anybody signed in may."""
    async with here.views.reading() as (connection, generation):
        await here.rulebooks.catch_up(connection, generation)
    now = here.clock.now()
    found = here.rulebooks.at(now)
    response.headers["ETag"] = f'"{found.manifest.hash}"'
    return shown(found, civil_date(now))


def _district(content: Mapping[str, JsonValue]) -> str:
    """Give the id of the district, whatever else the content is: it names the stream."""
    district = content.get("district")
    return str(district.get("id", "")) if isinstance(district, dict) else ""
