"""The referrals service whole, in this very process: doors, store, views, vault and read log.

Nothing is in its place but the login, which believes a made-up token, and councils, whose facts are
handed to the views as the bus would bring them. So thousands of requests are quick, and every call
to a store, a database, the vault or the policies can be listened to.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
from pydantic import JsonValue, SecretStr

from services.referrals.app import create_app
from services.referrals.noticing import OWN_READS
from services.referrals.settings import Settings
from services.referrals.wiring import SERVICE, Wiring
from shared.api.identity import Identity, actor_id
from shared.eventstore.port import Stored
from shared.kernel.asking import Acting, Asked
from shared.kernel.clock import written
from shared.kernel.commands import Command
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.recorded import Recorded
from shared.projections.rebuild import Rebuild
from shared.projections.views import Reader
from shared.rulebook.content import Rulebook

ISSUER = "http://login.invalid"
NO_TRACE = f"00-{'1' * 32}-{'1' * 16}-01"
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


class Believes:
    """Takes a token for the name of who shows it; one that begins with ``system:`` is a program."""

    async def identify(self, token: str) -> Identity:
        """Give who shows it."""
        client = token if token.startswith("system:") else "kredslob-test"
        return Identity(ISSUER, token, client, frozenset(), MONDAY + timedelta(days=3650))


@dataclass
class Councils:
    """What councils have said, as they would tell it again."""

    said: list[Stored] = field(default_factory=list)

    async def read_all(self, after: int, limit: int) -> Sequence[Stored]:
        """Give what was said after a position."""
        return self.said[after : after + limit]


@dataclass
class Hall:
    """The running service, and everything that goes in and out of it."""

    var: Path
    wiring: Wiring
    http: httpx2.AsyncClient
    rulebook: Rulebook
    councils: Councils = field(default_factory=Councils)

    def code(self, person: str) -> ActorId:
        """Give the code of a person."""
        return actor_id(self.wiring.actor_key, ISSUER, person)

    async def activate(self, content: Mapping[str, JsonValue]) -> None:
        """Put a rulebook in force."""
        await self.hear(
            "rulebook.activated.v1", district="oestjylland", manifest="", content=content
        )

    async def appoint(self, person: str, place: str, office: str = "caseworker") -> None:
        """Let a person hold an office."""
        await self.hear("office.granted.v1", holder=self.code(person), place=place, office=office)

    async def dismiss(self, person: str, place: str, office: str = "caseworker") -> None:
        """Let a person hold an office no longer."""
        await self.hear("office.ended.v1", holder=self.code(person), place=place, office=office)

    async def hear(self, kind: str, **fields: Any) -> None:  # noqa: ANN401 - JSON
        """Let councils say something."""
        position, identity = len(self.councils.said) + 1, uuid4()
        moment = written(self.wiring.clock.now())
        said = {"recorded_at": moment, "authority": "operator", "actor": "", "rulebook": ""}
        body = json.dumps({"type": kind, **fields}, ensure_ascii=False).encode()
        metadata = json.dumps(said).encode()
        fact = Stored(position, f"{kind}-{identity}", 0, identity, kind, metadata, body)
        self.councils.said.append(fact)
        await self.wiring.ground.heard.apply("councils", [fact])

    async def ask(
        self,
        person: str,
        method: str,
        path: str,
        body: object = None,
        **headers: str,
    ) -> httpx2.Response:
        """Ask something, as the person or program of this name; headers with underscores."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {
            "Authorization": f"Bearer {person}",
            "Kredslob-Purpose": "handling",
            **({"Idempotency-Key": str(uuid4())} if method != "GET" else {}),
            **said,
        }
        told = {name: value for name, value in told.items() if value}
        return await self.http.request(method, path, json=body, headers=told)

    async def act(
        self,
        person: str,
        place: str,
        office: str,
        referral: UUID,
        command: type[Command],
        /,
        **said: object,
    ) -> list[Recorded[Any]]:
        """Ask for a change behind the doors, as somebody in an office; give the facts of it.

        For what no door asks for in so many words. Raises what the handler does.
        """
        now = self.wiring.clock.now()
        district = self.wiring.rulebooks.at(now).district
        authority = district.authority_by_id[district.unit_by_id[place].authority]
        unit = UnitId(place)
        acting = Acting(
            self.code(person), AuthorityId(authority.id), authority.regime, unit, office
        )
        asked = Asked(uuid4(), "as asked", str(uuid4()), str(uuid4()), NO_TRACE)
        made: Any = command(unit=unit, at=now, **said)
        stream = f"referral-{referral}"
        handled = await self.wiring.referrals.handle(stream, made, acting, asked)
        return list(handled.facts)

    async def shown(self) -> None:
        """Return when the views show all that is stored."""
        here = self.wiring
        await here.runner.wait_for(await here.ground.store.head(), within=30)

    async def renewed(self) -> None:
        """Make all rows anew under the newest rules, as the service does where it has a bus."""
        here = self.wiring
        stores: dict[str, Reader] = {SERVICE: here.ground.store, OWN_READS: here.reads.store}
        await Rebuild(here.views, {"councils": self.councils, **stores}).run()

    async def see(self, person: str, path: str, **headers: str) -> httpx2.Response:
        """Look at something once the views show all that is stored."""
        await self.shown()
        return await self.ask(person, "GET", path, **headers)

    async def delivered(self, referral: UUID) -> None:
        """Return when the machine has put it into the addressee's inbox as often as it was sent."""
        store = self.wiring.ground.store
        async with asyncio.timeout(30):
            while True:
                head = await store.head()
                kinds = [each.type.split(".")[1] for each in await self.stream_of(referral)]
                sent = kinds.count("sent") + kinds.count("resent")
                if kinds.count("delivered") == sent:
                    return
                await store.wait(head)

    async def stream_of(self, referral: UUID) -> list[Stored]:
        """Give everything stored of a referral."""
        return list(await self.wiring.ground.store.read_stream(f"referral-{referral}", 0))


@asynccontextmanager
async def hall(var: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Run it, with *rulebook* in force."""
    app = create_app(
        Settings(var=var, bus_url="nats://127.0.0.1:1", bus_password=SecretStr(""), issuer=ISSUER)
    )
    async with app.router.lifespan_context(app):
        app.state.verifier = Believes()
        through = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=through, base_url="http://hall") as http:
            here = Hall(var, app.state.wiring, http, rulebook)
            await here.activate(rulebook.content)
            yield here
