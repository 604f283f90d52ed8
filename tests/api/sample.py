"""A small service behind the real edge: each door does one thing that a test asks about."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import httpx2
from fastapi import APIRouter, Depends, FastAPI, Header, Request
from pydantic import BaseModel, ConfigDict, Field

from shared.api.doors import frame
from shared.api.health import Check
from shared.api.idempotency import wish
from shared.api.identity import Identity, signed_in
from shared.api.preconditions import seen
from shared.api.problems import problems
from shared.api.tracing import trace_of
from shared.kernel.ids import UnitId
from shared.kernel.refusals import DoesNotExist, NotAllowed, NotPossible, OutOfDate

router = APIRouter(prefix="/referrals/{referral_id}")
KEY = b"made-up key of request MACs"
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
A_REFERRAL = UUID("c0ffee42-0000-4000-8000-000000000000")
"""An id of which nothing that is counted, timed or drawn holds a part."""


class NotTheAddressee(NotAllowed):
    """Only the addressee may answer. (da: Kun modtageren kan svare.)"""


class AlreadyAnswered(NotPossible):
    """It has been answered. (da: Den er besvaret.)"""


class NotYours(DoesNotExist):
    """It is another unit's. (da: Den er en anden enheds.)"""


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")

    outcome: str = Field(max_length=10)
    count: int


async def nobody() -> Identity:
    """Stand in for a sign-in where a test is about something else."""
    return Identity("https://login.example", "9dbdd26ffccd", "demo", frozenset(), NEVER)


@router.get("/who", responses=problems(NotTheAddressee))
async def who(referral_id: int, identity: Annotated[Identity, Depends(signed_in)]) -> str:
    """Say who asks."""
    return f"{identity.subject} {referral_id}"


@router.post("/answer", responses=problems(NotTheAddressee, AlreadyAnswered, NotYours))
async def answer(referral_id: int, answer: Answer) -> int:
    """Answer it."""
    return referral_id + answer.count


@router.put("/wish", responses=problems(OutOfDate))
async def ask(
    referral_id: int,
    request: Request,
    unit: Annotated[str, Header()] = "favrskov-ssp",
    asks: Annotated[str, Header()] = "somebody",
    office: Annotated[str, Header()] = "caseworker",
) -> dict[str, str]:
    """Say which request this is."""
    asked = await wish(request, unit=UnitId(unit), asks=asks.split(","), office=office, key=KEY)
    return {"id": str(asked.command_id), "mac": asked.request_mac, "on": str(referral_id)}


@router.put("/edit")
async def edit(referral_id: str, request: Request) -> str:
    """Change it, where three facts are what one sees of it."""
    seen(request).require(3)
    return referral_id


@router.get("/trace")
async def trace(referral_id: str, request: Request) -> dict[str, str]:
    """Say which trace this is."""
    step = trace_of(request)
    return {"now": step.traceparent, "all": str(step.correlation_id), "on": referral_id}


def service(
    doors: Mapping[str, Callable[..., Any]] | None = None, checks: Mapping[str, Check] | None = None
) -> FastAPI:
    """Give the service, with further doors that do whatever a test needs done."""
    app = frame("A sample", version="1", checks=checks or {})
    app.include_router(router, prefix="/v1")
    for path, door in (doors or {}).items():
        app.add_api_route(path, door, methods=["GET", "POST"])
    return app


@asynccontextmanager
async def asking(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client that asks *app* without a server between."""
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://sample") as client:
        yield client
