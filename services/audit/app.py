"""The audit service, put together."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from services.audit.api import controlling, extracting, proving, replaying
from services.audit.ledger.heads import HeadPublisher
from services.audit.ledger.writing import Ledger
from services.audit.projections.reads_made import READ_MADE, ReadsMade
from services.audit.retelling import Retelling
from services.audit.settings import Settings
from services.audit.signing import Signing
from services.audit.wiring import SERVICE, Wiring
from shared.access.asking_councils import AskingCouncils
from shared.access.directory import Directory
from shared.access.rulebooks import Rulebooks
from shared.api.doors import frame
from shared.api.health import Check
from shared.api.identity import machine_id
from shared.contracts.foreign import foreign
from shared.eventstore.codec import Codec
from shared.eventstore.port import Stored
from shared.kernel.recorded import Recorded
from shared.messaging.consumer import Consumer
from shared.platform.layout import READS
from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.reads.events import ReadMade
from shared.reads.sealing import ReadsKey
from shared.serving import operating
from shared.serving.ground import Ground, ground, measure
from shared.serving.keys import Keys
from shared.serving.running import running
from shared.transparency.checkpoint import log_name
from shared.transparency.note import Signer

VERSION = "0.1.0"
DOORS = (replaying, proving, controlling, extracting)
HEARD = ("referrals", "councils", *READS)
"""Whose facts are entries of the ledger, and what each service has shown, the audit among them.

The audit's other facts are heads: see ADR 0009."""
DIRECTORY = Directory()


def create_app(settings: Settings) -> FastAPI:
    """Give the application; what it stands on is opened when it starts."""
    checks: dict[str, Check] = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Open ledger, store, views and bus; run what goes on beside the doors."""
        keys, folder = Keys.of(SERVICE, settings), settings.folder(SERVICE)
        signer = _published(settings, folder)
        async with AsyncExitStack() as stack:
            ledger = Ledger(folder / "ledger.db")
            stack.push_async_callback(ledger.close)
            here = await stack.enter_async_context(ground(SERVICE, settings, keys, *reads(keys)))
            entering = [Consumer(here.bus, each, "ledger", ledger) for each in HEARD]
            directory = here.follow("councils")
            asking = here.asking(directory, settings.silent_after)
            wiring = _wired(here, ledger, signer, asking)
            app.state.wiring, app.state.verifier, app.state.ground = wiring, here.verifier, here
            measure(here, [*entering, directory], app.state.metrics)
            retelling = Retelling.of(here, ledger)
            checks.update(here.checks(*entering, directory), rules=wiring.has_rules)
            checks["retelling"] = retelling.check
            signing = Signing(_publisher(here, ledger, signer))
            follows = {**here.tasks(*entering, directory), **retelling.tasks()}
            await stack.enter_async_context(running({**follows, "heads": signing.run}))
            yield

    app = frame("Kredsløb: revision", version=VERSION, checks=checks, lifespan=lifespan)
    for doors in (*DOORS, operating):
        app.include_router(doors.router)
    return app


def _published(settings: Settings, folder: Path) -> Signer:
    """Give who signs for the log, having left word of whose signatures count."""
    signer = Signer.kept_in(folder / "signing.pem", log_name(settings.district))
    (folder / "ledger.pub").write_text(f"{signer.public}\n")
    return signer


def _wired(here: Ground, ledger: Ledger, signer: Signer, asking: AskingCouncils | None) -> Wiring:
    made = ReadsMade(ReadsKey(here.keys.reads))
    return Wiring(here, DIRECTORY, Rulebooks(DIRECTORY), ledger, made, signer.public, asking)


def reads(keys: Keys) -> tuple[Sequence[Projection], Decode]:
    """Give the read models of this service, and how the facts they are made of are read."""
    key = ReadsKey(keys.reads)
    return (DIRECTORY, ReadsMade(key)), partial(_read, key.codec)


def _read(codec: Codec[ReadMade], stored: Stored) -> Recorded[Any]:
    """Read what services have shown whole, and other facts as far as everybody may."""
    return codec.decode(stored) if stored.type == READ_MADE else foreign(stored)


def _publisher(here: Ground, ledger: Ledger, signer: Signer) -> HeadPublisher:
    said_by = {
        "actor": machine_id(here.keys.actor, SERVICE),
        "authority": "kredslob",
        "regime": "none",
        "request_mac": "",
        "causation_id": "",
        "traceparent": "",
        "rulebook": "",
        "subjects": "",
    }
    return HeadPublisher(ledger, here.store, signer=signer, clock=here.clock, said_by=said_by)
