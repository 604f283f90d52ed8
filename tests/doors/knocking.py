"""Knocking at a door in any way at all, and reading the no that it answers."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx2

from shared.eventstore.sqlite_log import SqliteLog
from shared.platform.supervising import Platform
from tests.doors.described import MEDIA_TYPE
from tests.journeys.world import Asking

BY_MACHINE = frozenset({"referral.delivered.v1", "referral.opened.v1", "referral.try-noticed.v1"})
"""What comes by itself: after something was sent, when it is first read, after a try in vain."""
NEVER = "00000000-0000-4000-8000-000000000000"
Response = httpx2.Response


async def knock(
    by: Asking,
    method: str,
    path: str,
    body: Any = None,  # noqa: ANN401 - JSON, or the very bytes
    *,
    service: str = "referrals",
    **headers: str | None,
) -> Response:
    """Ask once. Headers are written with underscores; None leaves one out that goes without saying.

    What goes without saying: the token, the unit acted for, the office acted in where somebody has
    several, for what they look, and a new key for a change.
    """
    unit = getattr(by, "unit", None)
    named: dict[str, str | None] = {"kredslob-unit": unit, "content-type": "application/json"}
    named["kredslob-office"] = getattr(by, "office", None)
    named["kredslob-purpose"] = getattr(by, "purpose", None)
    if "authorization" not in headers:
        named["authorization"] = f"Bearer {await by.token()}"
    if method != "GET":
        named["idempotency-key"] = str(uuid4())
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    told = {name: value for name, value in named.items() if value is not None}
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    url = by.world.platform.url(service) + path
    return await by.world.http.request(method, url, headers=told, content=content)


def refused(answer: Response, slug: str, status: int) -> dict[str, Any]:
    """Give the body of a no, having made sure that it is this one and said in both languages."""
    assert answer.headers["content-type"] == MEDIA_TYPE, f"{answer.status_code}: {answer.text}"
    told: dict[str, Any] = answer.json()
    assert (told["type"], answer.status_code) == (f"urn:kredslob:problem:{slug}", status), told
    assert told["status"] == status
    assert told["title"]
    assert told["en"]["title"] not in {"", told["title"]}
    assert answer.headers["content-language"] == "da, en"
    return told


async def facts(
    platform: Platform, service: str = "referrals", file: str = "events.db"
) -> list[tuple[str, str]]:
    """Give what a store holds that people brought about: stream and type of each fact."""
    log = SqliteLog.open(platform.var / service / file)
    try:
        stored = await log.read_all(0, 100_000)
    finally:
        await log.close()
    return [(each.stream, each.type) for each in stored if each.type not in BY_MACHINE]


@asynccontextmanager
async def nothing_written(platform: Platform, service: str = "referrals") -> AsyncIterator[None]:
    """Make sure that what happens inside leaves no fact behind."""
    before = await facts(platform, service)
    yield
    assert await facts(platform, service) == before
