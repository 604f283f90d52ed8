"""The audit service as it really runs, without a bus: what others have stored is brought to it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2

from services.audit.app import create_app
from services.audit.settings import Settings
from services.audit.wiring import Wiring
from services.councils.domain.office.events import OfficeGranted
from services.councils.domain.rulebook.events import RulebookActivated
from services.referrals.domain.referral.commands import ReferralCommand
from shared.api.identity import actor_id
from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import EventStore, NewEvent
from shared.kernel.clock import StandingClock, SystemClock, written
from shared.kernel.events import Event
from shared.platform.layout import READS
from shared.reads.log import ReadLog
from shared.rulebook.content import Rulebook
from shared.serving.watching import Checkpoints
from shared.testing.serving import serving
from tests.api.issuing import Issuer
from tests.referrals.desk import Desk, desk
from tests.referrals.people import FRIDAY_1540
from tests.referrals.ways import Way

NOWHERE = "nats://127.0.0.1:1"
OFFICES: Mapping[str, str] = {
    "favrskov-tilsyn": "auditor",
    "oestjyllands-politi-tilsyn": "dpo",
    "randers-tilsyn": "auditor",
    "odder-tilsyn": "dpo",
    "samsoe-tilsyn": "auditor",
    "kriminalforsorgen-tilsyn": "auditor",
    "ukn-sekretariat": "auditor",
    "favrskov-ssp": "caseworker",
    "favrskov-familieafdeling": "leader",
    "randers-ssp": "caseworker",
}
"""The office that somebody holds in each of these units; tokens call them by their unit."""
SYSTEM, SERVED = "favrskov-fagsystem", "favrskov-ssp"
"""An agency's own system, and the unit in which it holds the office of one."""


@dataclass
class Audit:
    """The running service, the desk whose facts it hears, and everybody who asks it."""

    url: str
    issuer: Issuer
    http: httpx2.AsyncClient
    wiring: Wiring
    desk: Desk
    seen: ReadLog
    """What the desk's service has shown, as far as a test notes it."""

    async def begin(self, way: Way, *commands: ReferralCommand) -> UUID:
        """Let a referral be drafted and these things be asked of it; give its case."""
        case = await self.desk.begin(way, *commands)
        await self.hear()
        return case

    async def go_on(self, case: UUID, *commands: ReferralCommand) -> None:
        """Let more be asked of a referral."""
        for command in commands:
            await self.desk.ask(case, command)
        await self.hear()

    async def hear(self) -> None:
        """Enter what the desk has stored since the last time."""
        await self._enter("referrals", self.desk.store)

    async def hear_reads(self) -> None:
        """Enter what was noted at the desk's service and here, until all of it can be asked for."""
        await self._enter("referrals-reads", self.seen.store)
        await self._enter("audit-reads", self.wiring.reads.store)
        for source in READS:
            reached = await self.wiring.ledger.position(source)
            await Checkpoints(self.wiring.views).wait_for(source, reached, within=10)

    async def _enter(self, source: str, store: EventStore) -> None:
        heard = await self.wiring.ledger.position(source)
        await self.wiring.ledger.apply(source, await store.read_all(heard))

    async def get(
        self, path: str, who: str, **asked: str | int | bool | list[str]
    ) -> httpx2.Response:
        """Ask at a door, as somebody of a unit."""
        named = {"Authorization": f"Bearer {self.issuer.token(sub=who)}"}
        return await self.http.get(f"{self.url}{path}", headers=named, params=asked or None)

    async def knock(self, path: str, claims: Mapping[str, str], **headers: str) -> httpx2.Response:
        """Ask at a door with a token of these claims, and with further headers."""
        named = {"Authorization": f"Bearer {self.issuer.token(**claims)}"}
        more = {f"Kredslob-{name.title()}": value for name, value in headers.items()}
        return await self.http.get(f"{self.url}{path}", headers={**named, **more})

    async def ask(self, case: UUID, who: str) -> httpx2.Response:
        """Ask for the replay of a case, as somebody of a unit."""
        return await self.get(f"/referrals/{case}/replay", who)

    async def steps(self, case: UUID, who: str) -> list[dict[str, Any]]:
        """Give the steps of a case as somebody of a unit may see them."""
        answer = await self.ask(case, who)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        assert told["referral"] == str(case)
        return list(told["steps"])

    async def told(self, case: UUID, who: str) -> list[str]:
        """Give the kinds of fact in a replay, without prefix and version."""
        kinds = [str(step["type"]) for step in await self.steps(case, who)]
        return [kind.split(".")[1] for kind in kinds]


def whole(answer: httpx2.Response) -> tuple[int, bytes, Mapping[str, str]]:
    """Give everything that can be told from an answer but its time."""
    kept = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.content, kept


@asynccontextmanager
async def audit(folder: Path, rulebook: Rulebook, **more: Any) -> AsyncIterator[Audit]:  # noqa: ANN401 - any setting
    """Run the service with *rulebook* in force and the offices of ``OFFICES`` given."""
    issuer = Issuer(StandingClock(datetime.now(UTC)))
    async with issuer.answering():
        told = {"var": folder / "var", "issuer": issuer.address, "bus_url": NOWHERE, **more}
        app = create_app(Settings.model_validate(told))
        async with (
            desk(folder, MemoryStore(StandingClock(FRIDAY_1540)), rulebook) as at_the_desk,
            serving(app) as url,
            httpx2.AsyncClient(timeout=30) as http,
        ):
            wiring: Wiring = app.state.wiring
            await _directed(wiring, issuer, rulebook)
            seen = ReadLog.over(MemoryStore(SystemClock()), wiring.ground.keys.reads)
            yield Audit(url, issuer, http, wiring, at_the_desk, seen)


async def _directed(wiring: Wiring, issuer: Issuer, rulebook: Rulebook) -> None:
    """Bring the views what councils have decided: the rules in force and who holds which office."""
    store, district = MemoryStore(SystemClock()), rulebook.district.id
    activated = RulebookActivated(
        district=district, manifest=rulebook.manifest.hash, content=rulebook.content
    )
    await store.append(f"rulebook-{district}", -1, [_new(activated)])
    seats = [
        *((unit, unit, office) for unit, office in OFFICES.items()),
        (SYSTEM, SERVED, "system"),
    ]
    for subject, unit, office in seats:
        holder = actor_id(wiring.actor_key, issuer.address, subject)
        granted = OfficeGranted(holder=holder, place=unit, office=office)
        await store.append(f"office-{subject}", -1, [_new(granted)])
    await wiring.views.apply("councils", await store.read_all())


def _new(event: Event) -> NewEvent:
    metadata = {"occurred_at": written(FRIDAY_1540), "actor": "0b", "authority": "kredslob"}
    return NewEvent(uuid4(), event.type, metadata, event.model_dump_json().encode())
