"""The councils service, put together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import FastAPI

from services.councils.api import appointing, convening, docket, ruling
from services.councils.keeping import REFERRALS, HearsReferrals, Tidying
from services.councils.projections import docket as docket_lines
from services.councils.projections import meetings
from services.councils.settings import Settings
from services.councils.wiring import OF_ITEMS, OF_MEETINGS, SERVICE, Wiring
from shared.access.directory import Directory
from shared.access.rulebooks import Rulebooks
from shared.api.doors import frame
from shared.api.health import Check
from shared.contracts.foreign import foreign
from shared.eventstore.port import Stored
from shared.kernel.recorded import Recorded
from shared.messaging.consumer import Consumer
from shared.serving.ground import Keys, ground, measure
from shared.serving.running import running

VERSION = "0.1.0"


def create_app(settings: Settings) -> FastAPI:
    """Give the application; what it stands on is opened when it starts."""
    checks: dict[str, Check] = {}
    directory = Directory()
    models = (docket_lines.view, meetings.view, directory)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Open store, views and bus; run what goes on beside the doors."""
        keys = Keys.of(SERVICE, settings)
        async with AsyncExitStack() as stack:
            here = await stack.enter_async_context(ground(SERVICE, settings, keys, models, read))
            wiring = Wiring(here, directory, Rulebooks(directory))
            app.state.wiring, app.state.verifier = wiring, here.verifier
            hearing = HearsReferrals(wiring, here.heard)
            referrals = Consumer(here.bus, REFERRALS, "docket", hearing)
            measure(here, [referrals], app.state.metrics)
            checks.update(here.checks(referrals))
            tasks = {**here.tasks(referrals), "tidying": Tidying(wiring).run}
            await stack.enter_async_context(running(tasks))
            yield

    app = frame("Kredsløb: råd og udvalg", version=VERSION, checks=checks, lifespan=lifespan)
    for doors in (ruling, appointing, docket, convening):
        app.include_router(doors.router)
    return app


def read(stored: Stored) -> Recorded[Any] | None:
    """Read what the read models ask about: the directory as everybody may, dockets as their own."""
    match stored.type.partition(".")[0]:
        case "docket-item":
            return OF_ITEMS.decode(stored)
        case "meeting":
            return OF_MEETINGS.decode(stored)
        case "office" | "rulebook":
            return foreign(stored)
        case _:
            return None
