"""The audit service, put together."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from services.audit.api import proving, replaying
from services.audit.ledger.heads import HeadPublisher
from services.audit.ledger.writing import Ledger
from services.audit.settings import Settings
from services.audit.signing import Signing
from services.audit.wiring import SERVICE, Wiring
from shared.access.directory import Directory
from shared.access.rulebooks import Rulebooks
from shared.api.doors import frame
from shared.api.health import Check
from shared.api.sealing import mac
from shared.contracts.foreign import foreign
from shared.messaging.consumer import Consumer
from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.serving import operating
from shared.serving.ground import Ground, ground, measure
from shared.serving.keys import Keys
from shared.serving.running import running
from shared.transparency.checkpoint import log_name
from shared.transparency.note import Signer

VERSION = "0.1.0"
HEARD = ("referrals", "councils")
"""Whose facts are entries of the ledger. The audit's own are heads: see ADR 0009."""
DIRECTORY = Directory()


def create_app(settings: Settings) -> FastAPI:
    """Give the application; what it stands on is opened when it starts."""
    checks: dict[str, Check] = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Open ledger, store, views and bus; run what goes on beside the doors."""
        keys, folder = Keys.of(SERVICE, settings), settings.folder(SERVICE)
        signer = Signer.kept_in(folder / "signing.pem", log_name(settings.district))
        (folder / "ledger.pub").write_text(f"{signer.public}\n")
        async with AsyncExitStack() as stack:
            ledger = Ledger(folder / "ledger.db")
            stack.push_async_callback(ledger.close)
            here = await stack.enter_async_context(ground(SERVICE, settings, keys, *reads(keys)))
            entering = [Consumer(here.bus, each, "ledger", ledger) for each in HEARD]
            directory = here.follow("councils")
            asking = here.asking(directory, settings.silent_after)
            wiring = Wiring(here, DIRECTORY, Rulebooks(DIRECTORY), ledger, signer.public, asking)
            app.state.wiring, app.state.verifier, app.state.ground = wiring, here.verifier, here
            measure(here, [*entering, directory], app.state.metrics)
            checks.update(here.checks(*entering, directory), rules=wiring.has_rules)
            signing = Signing(_publisher(here, ledger, signer))
            tasks = {**here.tasks(*entering, directory), "heads": signing.run}
            await stack.enter_async_context(running(tasks))
            yield

    app = frame("Kredsløb: revision", version=VERSION, checks=checks, lifespan=lifespan)
    for doors in (replaying, proving, operating):
        app.include_router(doors.router)
    return app


def reads(_keys: Keys) -> tuple[Sequence[Projection], Decode]:
    """Give the read models of this service, and how the facts they are made of are read."""
    return (DIRECTORY,), foreign


def _publisher(here: Ground, ledger: Ledger, signer: Signer) -> HeadPublisher:
    said_by = {
        "actor": mac(here.keys.actor, "machine", SERVICE),
        "authority": "kredslob",
        "regime": "none",
        "request_mac": "",
        "causation_id": "",
        "traceparent": "",
        "rulebook": "",
        "subjects": "",
    }
    return HeadPublisher(ledger, here.store, signer=signer, clock=here.clock, said_by=said_by)
