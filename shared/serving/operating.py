"""Doors for whoever keeps the platform running: what a read model could not take in."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.requests import Request

from shared.api.edge import Unavailable
from shared.api.identity import Identity, signed_in
from shared.api.problems import problems
from shared.kernel.refusals import DoesNotExist, NotAllowed
from shared.messaging.bus import Unanswered
from shared.platform.layout import READS, SERVICES
from shared.projections.parking import Parked
from shared.projections.views import NotInSource, Reader
from shared.serving.ground import Ground
from shared.serving.reading import FromOwner

SCOPE = "operate"


class NotAnOperator(NotAllowed):
    """Only an operator's machine may do this. (da: Det kan kun en driftsoperatørs maskine.)"""


class OwnerAway(Unavailable):
    """Who owns these facts does not answer just now.

    (da: Den tjeneste, hændelserne hører til, svarer ikke lige nu.)
    """


class Waiting(BaseModel):
    """A fact that waits: of which source and stream, since when and why. Never what is in it."""

    source: str
    stream: str
    position: int
    reason: str
    since: datetime


async def operator(identity: Annotated[Identity, Depends(signed_in)]) -> Identity:
    """Give who operates. Raises ``NotAnOperator``."""
    if SCOPE not in identity.scopes:
        raise NotAnOperator
    return identity


router = APIRouter(
    prefix="/operations",
    tags=["operations"],
    dependencies=[Depends(operator)],
    responses=problems(NotAnOperator),
)


@router.get("/parked")
async def parked(request: Request) -> list[Waiting]:
    """See which facts wait because a read model could not take them in."""
    ground: Ground = request.app.state.ground
    return [_waiting(each) for each in await ground.views.parked_list()]


@router.post("/parked/{stream}/retry", responses=problems(OwnerAway, DoesNotExist))
async def take_up_again(stream: str, request: Request) -> list[Waiting]:
    """Take a stream up again, once its cause is mended, and give what still waits."""
    ground: Ground = request.app.state.ground
    heard = {each: FromOwner(ground.bus, each) for each in (*SERVICES, *READS)}
    readers: dict[str, Reader] = {**heard, ground.service: ground.store}
    try:
        return [_waiting(each) for each in await ground.views.retry(stream, readers)]
    except Unanswered:
        raise OwnerAway from None
    except NotInSource:
        raise DoesNotExist from None


def _waiting(parked: Parked) -> Waiting:
    return Waiting(
        source=parked.source,
        stream=parked.stream,
        position=parked.position,
        reason=parked.reason,
        since=parked.since,
    )
