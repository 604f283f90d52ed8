"""A door that says who is at it: real tokens, real read models of who holds what."""

import json
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx2
from fastapi import Depends

from shared.access.asking_councils import AskingCouncils
from shared.access.caller import Caller, caller
from shared.access.directory import ACTIVATED, ENDED, GRANTED, Directory
from shared.access.rulebooks import Rulebooks
from shared.access.saying import asked
from shared.api.doors import frame
from shared.api.identity import Verifier, actor_id
from shared.api.signing_keys import SigningKeys
from shared.contracts.foreign import foreign
from shared.eventstore.port import Stored
from shared.kernel.asking import Asked
from shared.kernel.clock import Clock, StandingClock, written
from shared.kernel.ids import ActorId
from shared.projections.views import Views
from shared.rulebook.content import Rulebook
from tests.api.issuing import Issuer
from tests.contracts.samples import METADATA

NOW = datetime(2026, 6, 5, 12, tzinfo=UTC)
KEY = b"made-up key of persons"
COUNCILS = "councils"


@dataclass
class Wiring:
    """What callers are known by."""

    clock: Clock
    views: Views
    directory: Directory
    rulebooks: Rulebooks
    councils: AskingCouncils | None = None
    actor_key: bytes = KEY
    request_key: bytes = b"made-up key of requests"


@dataclass
class Door:
    """The door, and who comes to it."""

    http: httpx2.AsyncClient
    issuer: Issuer
    wiring: Wiring
    position: int = field(default=0)

    def code(self, subject: str) -> ActorId:
        """Give the code under which somebody's acts are recorded."""
        return actor_id(KEY, self.issuer.address, subject)

    async def holds(self, subject: str, *offices: tuple[str, str]) -> None:
        """Let somebody hold offices, each with its place."""
        for place, office in offices:
            await self._office(GRANTED, subject, place, office)

    async def ends(self, subject: str, place: str, office: str) -> None:
        """Let somebody no longer hold an office."""
        await self._office(ENDED, subject, place, office)

    async def knock(self, subject: str, path: str = "/me", **how: str) -> httpx2.Response:
        """Come to the door as a person; headers of ours are written ``unit``, ``office``, ..."""
        return await self._knock(self.issuer.token(sub=subject), path, how)

    async def knock_as_system(self, client: str, path: str = "/me", **how: str) -> httpx2.Response:
        """Come to the door as a program with its own token, perhaps for an officer."""
        scope = how.pop("scope", "")
        token = self.issuer.token(sub=client, client_id=client, scope=scope)
        return await self._knock(token, path, how)

    async def _knock(self, token: str, path: str, how: Mapping[str, str]) -> httpx2.Response:
        named = {f"Kredslob-{name.title()}": each for name, each in how.items() if name != "key"}
        own = {"Authorization": f"Bearer {token}", "Idempotency-Key": how.get("key", "a")}
        method = "GET" if path == "/me" else "POST"
        return await self.http.request(method, path, headers={**own, **named})

    async def _office(self, kind: str, subject: str, place: str, office: str) -> None:
        holder = self.code(subject)
        await self.hear(kind, {"holder": holder, "place": place, "office": office})

    async def hear(self, kind: str, fields: Mapping[str, Any]) -> None:
        """Let the read models hear a fact of councils."""
        self.position += 1
        await self.wiring.views.apply(COUNCILS, [heard(self.position, kind, fields)])


def heard(position: int, kind: str, fields: Mapping[str, Any]) -> Stored:
    """Give a fact of councils as others hear it."""
    metadata = json.dumps({**METADATA, "recorded_at": written(NOW)}).encode()
    data = json.dumps({"type": kind, **fields}).encode()
    return Stored(position, f"made-up-{position}", 0, uuid4(), kind, metadata, data)


def problem(answer: httpx2.Response) -> tuple[str, int]:
    """Give which no it is, and its status."""
    return answer.json()["type"].rpartition(":")[2], answer.status_code


@asynccontextmanager
async def door(folder: Path, rulebook: Rulebook) -> AsyncIterator[Door]:
    """Open the door, with *rulebook* in force."""
    clock, directory = StandingClock(NOW), Directory()
    url = f"sqlite+aiosqlite:///{folder / 'views.db'}"
    views = await Views.open(url, (directory,), foreign, clock)
    app = frame("A door", version="1", checks={})

    @app.get("/me")
    async def me(by: Annotated[Caller, Depends(caller)]) -> dict[str, Any]:
        told = {name: getattr(by, name) for name in Caller.__dataclass_fields__}
        age = by.view_age if math.isfinite(by.view_age) else None
        return {**told, "identity": by.identity.subject, "view_age": age}

    @app.post("/change")
    async def change(asked: Annotated[Asked, Depends(asked)]) -> dict[str, str]:
        return {"id": str(asked.command_id), "mac": asked.request_mac}

    async with Issuer(clock).answering() as issuer, httpx2.AsyncClient() as out:
        app.state.wiring = Wiring(clock, views, directory, Rulebooks(directory))
        keys = SigningKeys(issuer.address, out, clock)
        app.state.verifier = Verifier(keys, "kredslob", clock)
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://door") as http:
            here = Door(http, issuer, app.state.wiring)
            await here.hear(ACTIVATED, {"content": rulebook.content})
            yield here
    await views.close()
