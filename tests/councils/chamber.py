"""The councils service whole, in this very process: doors, store, views and read log; no bus.

What has happened is put into its store as it is, so that offices, items and meetings can be there
which no rulebook of today would let come about. Every call can be listened to.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from pydantic import SecretStr
from pydantic_core import to_json

from services.councils.app import create_app
from services.councils.domain.item.events import ItemEvent, ItemProposed
from services.councils.domain.office.events import OfficeGranted
from services.councils.domain.rulebook.events import RulebookActivated
from services.councils.domain.streams import (
    item_stream,
    meeting_stream,
    office_stream,
    rulebook_stream,
)
from services.councils.keeping import REFERRALS, HearsReferrals
from services.councils.settings import Settings
from services.councils.wiring import Wiring
from shared.api.identity import Identity, actor_id
from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import NewEvent
from shared.kernel.clock import SystemClock
from shared.kernel.events import Event
from shared.reads.first import ReadsFirst
from shared.reads.reading import Reading
from shared.rulebook.content import Rulebook
from shared.rulebook.district import District
from tests.councils import saying as say
from tests.heard import hear, hear_database, hear_policies
from tests.reads.noted import noted

ISSUER = "http://login.invalid"
LATER = datetime(2999, 1, 1, tzinfo=UTC)
METADATA = {
    "authority": "oestjyllands-politi",
    "actor": "9f",
    "regime": "led",
    "rulebook": "",
    "command_id": str(UUID(int=7)),
    "request_mac": "",
}


class Believes:
    """Takes a token for the name of who shows it; one that begins with ``system:`` is a program."""

    async def identify(self, token: str) -> Identity:
        """Give who shows it."""
        client = token if token.startswith("system:") else "kredslob-test"
        return Identity(ISSUER, token, client, frozenset(), LATER)


@dataclass
class Chamber:
    """The running service, and what goes in and out of it."""

    wiring: Wiring
    http: httpx2.AsyncClient
    district: District
    _versions: dict[str, int] = field(default_factory=dict)
    _referrals: MemoryStore = field(default_factory=lambda: MemoryStore(SystemClock()))

    async def happened(self, stream: str, *events: Event) -> None:
        """Let *events* have happened in *stream*, and be shown."""
        version = self._versions.get(stream, -1)
        new = [
            NewEvent(uuid4(), e.type, METADATA, e.model_dump_json(exclude_none=True).encode())
            for e in events
        ]
        await self.wiring.ground.store.append(stream, version, new)
        self._versions[stream] = version + len(new)
        await self.wiring.up_to_date(within=30)

    async def hears(self, kind: str, referral: UUID, **fields: object) -> None:
        """Let something have become of a referral, and be heard here."""
        stream, by = f"referral-{referral}", fields.get("by")
        unit = self.district.unit_by_id.get(by) if isinstance(by, str) else None
        told = {**METADATA, "authority": unit.authority} if unit else METADATA
        version = len(await self._referrals.read_stream(stream)) - 1
        new = NewEvent(uuid4(), kind, told, to_json({"type": kind, **fields}))
        news = await self._referrals.append(stream, version, [new])
        await HearsReferrals(self.wiring, self.wiring.ground.heard).apply(REFERRALS, news)
        await self.wiring.up_to_date(within=30)

    async def appoint(self, who: str, place: str, office: str) -> None:
        """Let a person hold an office, wherever that is."""
        holder = actor_id(self.wiring.actor_key, ISSUER, who)
        granted = OfficeGranted(holder=holder, place=place, office=office)
        await self.happened(office_stream(holder, place, office), granted)

    async def item(self, *further: ItemEvent, **other: str) -> UUID:
        """Let an item stand on Odder's docket, or another, and give it; its referral is alike."""
        item = uuid4()
        place: dict[str, Any] = {"forum": say.PSP_ODDER, "intake": say.ODDER, **other}
        begun = ItemProposed(referral=item, heard=1, **place)
        await self.happened(item_stream(item), begun, *further)
        return item

    async def meeting(self, **other: str) -> UUID:
        """Let Odder's committee, or another, have been called together, and give the meeting."""
        meeting = uuid4()
        await self.happened(meeting_stream(meeting), say.CONVENED.model_copy(update=other))
        return meeting

    async def ask(
        self, who: str, method: str, path: str, body: object = None, **headers: str
    ) -> httpx2.Response:
        """Ask something, as the person or program of this name; headers with underscores."""
        told = {
            "Authorization": f"Bearer {who}",
            **({"Idempotency-Key": str(uuid4())} if method != "GET" else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return await self.http.request(method, path, json=body, headers=told)

    async def reads(self) -> list[Reading]:
        """Give everything in the read log, opened."""
        return await noted(self.wiring.reads)


def _listen(here: Wiring, patch: pytest.MonkeyPatch) -> None:
    facts = here.ground.store
    assert isinstance(facts, ReadsFirst)
    for name, store in (("facts", facts.store), ("reads", here.reads.store)):
        hear(patch, store, ("read_stream", "read_all", "append", "head"), name=name)
    hear_policies(patch)
    hear_database(here.views)


@asynccontextmanager
async def chamber(var: Path, rulebook: Rulebook) -> AsyncIterator[Chamber]:
    """Run it, with *rulebook* in force."""
    settings = Settings(
        var=var, bus_url="nats://127.0.0.1:1", bus_password=SecretStr(""), issuer=ISSUER
    )
    app, patch = create_app(settings), pytest.MonkeyPatch()
    async with app.router.lifespan_context(app):
        app.state.verifier = Believes()
        _listen(app.state.wiring, patch)
        through = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=through, base_url="http://chamber") as http:
            here = Chamber(app.state.wiring, http, rulebook.district)
            district = rulebook.district.id
            activated = RulebookActivated(
                district=district, manifest=rulebook.manifest.hash, content=rulebook.content
            )
            await here.happened(rulebook_stream(district), activated)
            try:
                yield here
            finally:
                patch.undo()
