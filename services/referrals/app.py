"""The referrals service, put together."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from services.referrals.api import (
    answering,
    closing,
    drafting,
    explaining,
    following,
    guarding,
    listing,
    safeguarding,
    sending,
    staffing,
    tasks,
    together,
)
from services.referrals.delivering import Delivery
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.holding import Held, held
from services.referrals.noticing import OWN_READS, PAUSE, Noticing
from services.referrals.projections.party_view import feed
from services.referrals.projections.tries import Tries
from services.referrals.revoking import Revoking
from services.referrals.settings import Settings
from services.referrals.sweeping import Sweeping
from services.referrals.tried import TryNames
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
from shared.projections.runner import Runner
from shared.reads.sealing import ReadsKey
from shared.serving import operating
from shared.serving.ground import ground, measure
from shared.serving.keys import Keys
from shared.serving.running import Task, running
from shared.serving.settings import Role
from shared.vault.problems import VaultProblem

VERSION = "0.1.0"
DOORS = (
    *(drafting, sending, answering, together, closing, staffing, safeguarding),
    *(following, listing, tasks, guarding, explaining),
)
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
    for doors in _doors(settings.role):
        app.include_router(doors)
    return app


def _doors(role: Role) -> Iterator[APIRouter]:
    if role.answers:
        yield from (each.router for each in DOORS)
    if role.works:
        yield operating.router


def _policies(wiring: Wiring, keyed: Held, sweep_every: float) -> dict[str, Task]:
    """Give what is done without anybody asking: by the one process that has the vault."""
    if keyed.own is None:
        return {}
    here = wiring.ground
    revoking = Revoking(keyed.own, here.store, wiring.referrals)
    sweeping = Sweeping(keyed.own, here.store, sweep_every, revoking)
    tried = Runner(wiring.reads.store, here.views, OWN_READS, here.clock, pause=PAUSE)
    return {
        "delivery": Delivery(wiring).run,
        "sweeping": sweeping.run,
        "revoking": revoking.run,
        "own reads": tried.run,
        "noticing": Noticing(wiring, tried).run,
    }


def reads(keys: Keys) -> tuple[Sequence[Projection], Decode]:
    """Give the read models of this service, and how the facts they are made of are read."""
    tries = Tries(keys.actor, TryNames.of(keys))
    return (feed, tries, DIRECTORY), partial(_read, codec_of(keys), ReadsKey(keys.reads))


def _read(codec: Codec[ReferralEvent], reads: ReadsKey, stored: Stored) -> Recorded[Any]:
    """Read this service's own facts and readings whole, and others' as far as everybody may."""
    match stored.type.partition(".")[0]:
        case "referral":
            return codec.decode(stored)
        case "read":
            return reads.codec.decode(stored)
        case _:
            return foreign(stored)


async def _keys_down(_request: Request, _problem: Exception) -> Response:
    return answer(KeysDown())
