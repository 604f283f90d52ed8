"""The councils service as it really runs: doors over HTTP, a real bus, and referrals beside it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
from pydantic import SecretStr

from services.councils.app import create_app
from services.councils.settings import Settings
from services.councils.wiring import Wiring
from shared.api.tokens import ANSWERED_IN, ASKED_IN
from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import NewEvent
from shared.kernel.clock import StandingClock, SystemClock
from shared.messaging.backfill import answer_passed, answer_reads
from shared.messaging.bus import Bus
from shared.messaging.relay import Relay
from shared.rulebook.content import Rulebook
from shared.testing.nats import NatsServer, nats_server
from shared.testing.serving import serving
from tests.api.issuing import Issuer

FOLLOWS = {
    "referrals": (("councils", "views"),),
    "councils": (("referrals", "docket"), ("audit", "heads")),
    "audit": (("councils", "views"),),
}
DEADLINE = 30.0
METADATA = {
    "actor": "9f",
    "authority": "oestjyllands-politi",
    "correlation_id": str(UUID(int=7)),
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}


@dataclass
class Councils:
    """The running service, and everybody who asks it something."""

    url: str
    issuer: Issuer
    http: httpx2.AsyncClient
    referrals: MemoryStore
    wiring: Wiring
    unaware: set[str]
    """The other services whose views do not show what councils tell."""
    position: str | None = field(default=None)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        who: str,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
        **headers: str,
    ) -> httpx2.Response:
        """Ask as *who*, ``operator`` or the subject of a person, after all that was done before."""
        scope = "directory" if who == "operator" else "openid"
        sent = {
            "Authorization": f"Bearer {self.issuer.token(sub=who, scope=scope)}",
            "Idempotency-Key": key or str(uuid4()),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if self.position is not None:
            sent.setdefault(ASKED_IN, self.position)
        answer = await self.http.request(method, f"{self.url}{path}", headers=sent, json=body)
        self.position = answer.headers.get(ANSWERED_IN, self.position)
        return answer

    async def done(self, method: str, path: str, *, who: str, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        """Ask and demand that it was done; give the answer."""
        answer = await self.ask(method, path, who=who, **asked)
        assert answer.status_code < 300, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def appoint(self, who: str, place: str, office: str) -> None:
        """Let a person hold an office."""
        body = {"issuer": self.issuer.address, "subject": who, "place": place, "office": office}
        await self.done("POST", "/offices", who="operator", body=body)

    async def happens(self, kind: str, referral: UUID, **fields: Any) -> None:  # noqa: ANN401 - JSON
        """Let something have become of a referral, in the other service."""
        stream = f"referral-{referral}"
        there = await self.referrals.read_stream(stream)
        data = httpx2.Request("POST", "http://x", json={"type": kind, **fields}).content
        new = NewEvent(uuid4(), kind, METADATA, data)
        await self.referrals.append(stream, len(there) - 1, [new])

    async def docket(self, who: str, *, left: bool = False) -> list[dict[str, Any]]:
        """Give what stands on Odder's docket, or has left it."""
        path = f"/forums/psp-odder/docket?left={str(left).lower()}"
        items: list[dict[str, Any]] = (await self.done("GET", path, who=who))["items"]
        return items

    async def stage_of(self, item: str, stage: str, *, who: str) -> dict[str, Any]:
        """Wait until an item has come to a stage, and give it."""
        async with asyncio.timeout(DEADLINE):
            while True:
                found = await self.done("GET", f"/items/{item}", who=who)
                if found["stage"] == stage:
                    return found
                await asyncio.sleep(0.01)

    async def item_of(self, referral: UUID, *, who: str) -> str:
        """Wait until a referral is on the docket, and give its item."""
        async with asyncio.timeout(DEADLINE):
            while True:
                for each in await self.docket(who):
                    if each["referral"] == str(referral):
                        return str(each["item"])
                await asyncio.sleep(0.01)


@asynccontextmanager
async def councils(folder: Path, rulebook: Rulebook | None) -> AsyncIterator[Councils]:
    """Run the service with *rulebook* in force, and a store of referrals that it hears."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(nats_server(folder, FOLLOWS))
        issuer = Issuer(StandingClock(datetime.now(UTC)))
        await stack.enter_async_context(issuer.answering())
        referrals = await stack.enter_async_context(_referrals(server))
        unaware = set[str]()
        for each in ("referrals", "audit"):
            await stack.enter_async_context(_knowing(server, each, unaware))
        address = server.address("councils")
        settings = Settings(
            var=folder / "var",
            issuer=issuer.address,
            bus_url=address.url,
            bus_password=SecretStr(address.password),
        )
        app = create_app(settings)
        url = await stack.enter_async_context(serving(app))
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=30))
        running = Councils(url, issuer, http, referrals, app.state.wiring, unaware)
        if rulebook is not None:
            body = {"content": rulebook.content}
            await running.done("PUT", "/rulebook", who="operator", body=body)
        yield running


@asynccontextmanager
async def _referrals(server: NatsServer) -> AsyncIterator[MemoryStore]:
    clock, stopping = SystemClock(), asyncio.Event()
    store = MemoryStore(clock)
    bus = await Bus.connect(server.address("referrals"))
    await answer_reads(bus, store, clock)
    relaying = asyncio.create_task(Relay(bus, store, "referrals").run(stopping))
    try:
        yield store
    finally:
        stopping.set()
        await relaying
        await bus.close()


@asynccontextmanager
async def _knowing(server: NatsServer, service: str, unaware: set[str]) -> AsyncIterator[None]:
    """Let a service say that it knows of everything, for as long as it is not *unaware*."""

    async def passed(_source: str, _position: int) -> bool:
        return service not in unaware

    bus = await Bus.connect(server.address(service))
    await answer_passed(bus, passed)
    await bus.connection()
    try:
        yield
    finally:
        await bus.close()
