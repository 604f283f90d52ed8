"""The councils service, put together."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import FastAPI

from services.councils.api import appointing, convening, docket, ruling
from services.councils.keeping import REFERRALS, HearsReferrals, Tidying
from services.councils.projections import docket as docket_lines
from services.councils.projections import kept_out, meetings
from services.councils.settings import Settings
from services.councils.wiring import OF_ITEMS, OF_MEETINGS, SERVICE, Wiring
from services.councils.witnessing import Witness
from shared.access.directory import Directory
from shared.access.rulebooks import Rulebooks
from shared.api.doors import frame
from shared.api.health import Check
from shared.contracts.foreign import foreign
from shared.eventstore.port import Stored
from shared.kernel.recorded import Recorded
from shared.messaging.consumer import Consumer
from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.serving import operating
from shared.serving.ground import Ground, ground, measure
from shared.serving.keys import Keys
from shared.serving.running import running

VERSION = "0.1.0"
AUDIT = "audit"
DOORS = (ruling, appointing, docket, convening)
DIRECTORY = Directory()


def create_app(settings: Settings) -> FastAPI:
    """Give the application; what it stands on is opened when it starts."""
    checks: dict[str, Check] = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Open store, views and bus; run what goes on beside the doors."""
        keys = Keys.of(SERVICE, settings)
        async with AsyncExitStack() as stack:
            here = await stack.enter_async_context(ground(SERVICE, settings, keys, *reads(keys)))
            wiring = Wiring(here, DIRECTORY, Rulebooks(DIRECTORY))
            app.state.wiring, app.state.verifier, app.state.ground = wiring, here.verifier, here
            witness = _witness(settings)
            follows = _follows(here, wiring, witness)
            measure(here, follows, app.state.metrics)
            checks.update(here.checks(*follows), witness=witness.check, rules=wiring.has_rules)
            tasks = {**here.tasks(*follows), "tidying": Tidying(wiring).run}
            await stack.enter_async_context(running(tasks))
            yield

    app = frame("Kredsløb: råd og udvalg", version=VERSION, checks=checks, lifespan=lifespan)
    for doors in (*DOORS, operating):
        app.include_router(doors.router)
    return app


def reads(_keys: Keys) -> tuple[Sequence[Projection], Decode]:
    """Give the read models of this service, and how the facts they are made of are read."""
    return (docket_lines.view, meetings.view, kept_out.view, DIRECTORY), read


def read(stored: Stored) -> Recorded[Any] | None:
    """Read what the read models ask about: dockets as their own, all else as everybody may."""
    match stored.type.partition(".")[0]:
        case "docket-item":
            return OF_ITEMS.decode(stored)
        case "meeting":
            return OF_MEETINGS.decode(stored)
        case "office" | "rulebook":
            return foreign(stored)
        case "referral" if stored.type in kept_out.TOLD_BY:
            return foreign(stored)
        case _:
            return None


def _witness(settings: Settings) -> Witness:
    key = settings.ledger_key or settings.var / AUDIT / "ledger.pub"
    return Witness(settings.folder(SERVICE) / "heads.db", key)


def _follows(here: Ground, wiring: Wiring, witness: Witness) -> tuple[Consumer, Consumer]:
    hearing = HearsReferrals(wiring, here.heard)
    return (
        Consumer(here.bus, REFERRALS, "docket", hearing),
        Consumer(here.bus, AUDIT, "heads", witness),
    )
