"""The referrals service, put together."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from services.referrals.api import answering, drafting, following, sending, together
from services.referrals.delivering import Delivery
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.holding import Held, held
from services.referrals.projections.party_view import feed
from services.referrals.settings import Settings
from services.referrals.sweeping import Sweeping
from services.referrals.wiring import SERVICE, Wiring, codec_of
from shared.access.directory import Directory
from shared.access.rulebooks import Rulebooks
from shared.api.doors import frame
from shared.api.edge import Unavailable
from shared.api.health import Check
from shared.api.problems import answer
from shared.contracts.foreign import foreign
from shared.eventstore.codec import Codec
from shared.eventstore.port import Stored
from shared.kernel.recorded import Recorded
from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.serving import operating
from shared.serving.ground import ground, measure
from shared.serving.keys import Keys
from shared.serving.running import Task, running
from shared.vault.problems import VaultProblem

VERSION = "0.1.0"
DIRECTORY = Directory()


class KeysDown(Unavailable):
    """The keys cannot be reached just now. (da: Nøglerne kan ikke nås lige nu.)"""


def create_app(settings: Settings) -> FastAPI:
    """Give the application; what it stands on is opened when it starts."""
    checks: dict[str, Check] = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Open store, views, vault and bus; run what goes on beside the doors."""
        keys = Keys.of(SERVICE, settings)
        async with AsyncExitStack() as stack:
            keyed = await stack.enter_async_context(held(settings))
            here = await stack.enter_async_context(ground(SERVICE, settings, keys, *reads(keys)))
            await keyed.demand_fit(here.store)
            councils = here.follow("councils")
            asking = here.asking(councils, settings.silent_after)
            rules = Rulebooks(DIRECTORY)
            wiring = Wiring(here, DIRECTORY, rules, keyed.vault, codec_of(keys), asking)
            app.state.wiring, app.state.verifier, app.state.ground = wiring, here.verifier, here
            measure(here, [councils], app.state.metrics)
            checks.update(here.checks(councils), rules=wiring.has_rules, vault=keyed.check)
            own = {**keyed.tasks, **_policies(wiring, keyed, settings.sweep_every)}
            await stack.enter_async_context(running({**here.tasks(councils), **own}))
            yield

    app = frame("Kredsløb: henvisninger", version=VERSION, checks=checks, lifespan=lifespan)
    app.add_exception_handler(VaultProblem, _keys_down)
    if settings.role.answers:
        for doors in (drafting, sending, answering, together, following):
            app.include_router(doors.router)
    if settings.role.works:
        app.include_router(operating.router)
    return app


def _policies(wiring: Wiring, keyed: Held, sweep_every: float) -> dict[str, Task]:
    """Give what is done without anybody asking: by the one process that has the vault."""
    if keyed.own is None:
        return {}
    sweeping = Sweeping(keyed.own, wiring.ground.store, sweep_every)
    return {"delivery": Delivery(wiring).run, "sweeping": sweeping.run}


def reads(keys: Keys) -> tuple[Sequence[Projection], Decode]:
    """Give the read models of this service, and how the facts they are made of are read."""
    return (feed, DIRECTORY), partial(_read, codec_of(keys))


def _read(codec: Codec[ReferralEvent], stored: Stored) -> Recorded[Any]:
    """Read this service's own facts whole, and others' as far as everybody may."""
    return codec.decode(stored) if stored.type.startswith("referral.") else foreign(stored)


async def _keys_down(_request: Request, _problem: Exception) -> Response:
    return answer(KeysDown())
