"""What one service stands on: its store, its read models, its place on the bus."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Self

import httpx2
from prometheus_client import CollectorRegistry

from shared.access.asking_councils import AskingCouncils
from shared.access.machine_token import MachineToken
from shared.api.edge import NotCaughtUp
from shared.api.health import Check, Finding, State
from shared.api.identity import Verifier
from shared.api.paging import Cursors
from shared.api.signing_keys import SigningKeys
from shared.api.tokens import PositionTokens, Reached
from shared.eventstore.port import StoreProblem
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import Clock, ShiftedClock, SystemClock
from shared.messaging.backfill import answer_reads
from shared.messaging.bus import Bus
from shared.messaging.consumer import Consumer
from shared.messaging.names import inbox_of
from shared.messaging.relay import Relay
from shared.messaging.server import BusAddress
from shared.platform.layout import LOGIN
from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.projections.runner import Runner, ViewsBehind
from shared.projections.views import Views
from shared.serving.gauges import Gauges
from shared.serving.hearing import Heard
from shared.serving.measuring import Measuring
from shared.serving.running import Task
from shared.serving.settings import ServiceSettings
from shared.vault.provider import FileKeys

STALE_AFTER = 60.0
"""Seconds without word from another service after which what is known of it may be old."""


@dataclass(frozen=True)
class Keys:
    """What a service signs and seals with, each key for one use only.

    ``own`` is kept for good, because actors, requests and routes are told by what is derived from
    it; ``wrapping`` may be rotated. ``actor`` and ``position`` are the whole platform's.
    """

    own: FileKeys = field(repr=False)
    wrapping: FileKeys = field(repr=False)
    actor: bytes = field(repr=False)
    position: bytes = field(repr=False)

    @classmethod
    def of(cls, service: str, settings: ServiceSettings) -> Self:
        """Give the keys of *service*, made when they are first asked for."""
        platform = FileKeys(settings.folder("keys") / "platform.key")
        folder = settings.folder(service)
        own, wrapping = FileKeys(folder / "own.key"), FileKeys(folder / "wrapping.key")
        return cls(own, wrapping, platform.derive("actor"), platform.derive("position-token"))

    def derive(self, purpose: str) -> bytes:
        """Give the service's own 32 bytes for one purpose."""
        return self.own.derive(purpose)


@dataclass(frozen=True)
class Ground:
    """What the parts of one service share while it runs."""

    service: str
    settings: ServiceSettings
    clock: Clock
    keys: Keys
    store: SqliteStore
    views: Views
    runner: Runner
    heard: Heard
    bus: Bus
    relay: Relay
    verifier: Verifier
    cursors: Cursors
    positions: PositionTokens
    http: httpx2.AsyncClient

    def follow(self, source: str) -> Consumer:
        """Give what brings another service's facts to the read models of this one."""
        return Consumer(self.bus, source, "views", self.heard)

    def asking(
        self, councils: Consumer, url: str | None, silent_after: float
    ) -> AskingCouncils | None:
        """Give what asks councils at *url* while *councils* has heard nothing for so many seconds.

        None where it is not said where they answer.
        """
        if url is None:
            return None
        client = f"kredslob-{self.service}"
        secret = self.settings.var / LOGIN / f"{client}.secret"
        token = MachineToken(self.http, self.settings.issuer, client, secret)
        return AskingCouncils(
            self.http, url, token, lambda: councils.head_age_seconds, silent_after
        )

    async def passed(self, reached: Reached, *, within: float = 2.0) -> None:
        """Return when the read models show what was written up to a position, here or elsewhere.

        Raises ``NotCaughtUp``.
        """
        try:
            if reached.service == self.service:
                await self.runner.wait_for(reached.position, within=within)
            else:
                await self.heard.wait_for(reached.service, reached.position, within=within)
        except ViewsBehind as behind:
            raise NotCaughtUp from behind

    @cached_property
    def measuring(self) -> Measuring:
        """What knows how far the own views and the relay are behind."""
        return Measuring(self.runner, self.relay)

    def tasks(self, *consumers: Consumer) -> dict[str, Task]:
        """Give the work that goes on as long as the service runs."""
        follows = {f"follow {each.source} {each.durable}": each.run for each in consumers}
        own = {"views": self.runner.run, "relay": self.relay.run, "measuring": self.measuring.run}
        return {**own, **follows}

    def checks(self, *consumers: Consumer) -> Mapping[str, Check]:
        """Give what ``/readyz`` asks of this ground."""
        follows = {f"follows-{each.source}": partial(_follows, each) for each in consumers}
        return {"store": self._store, "views": self._views, "bus": self._bus, **follows}

    async def _store(self) -> Finding:
        try:
            await self.store.head()
        except StoreProblem as problem:
            return Finding(State.DOWN, type(problem).__name__)
        return Finding(State.OK)

    async def _views(self) -> Finding:
        trouble = self.runner.trouble
        parked = len(await self.views.parked_list())
        if trouble or parked:
            return Finding(State.DEGRADED, trouble or f"{parked} parked")
        return Finding(State.OK)

    async def _bus(self) -> Finding:
        if not self.bus.healthy:
            return Finding(State.DEGRADED, "no connection")
        return _going(self.relay.problem)


async def _follows(consumer: Consumer) -> Finding:
    if consumer.head_age_seconds > STALE_AFTER:
        return Finding(State.DEGRADED, "nothing heard for a minute")
    return _going(consumer.problem)


def _going(problem: str | None) -> Finding:
    """Say that something goes on, or the kind of problem that keeps it: never its words."""
    if problem is None:
        return Finding(State.OK)
    return Finding(State.DEGRADED, problem.partition(":")[0])


def clock_of(settings: ServiceSettings) -> Clock:
    """Give the clock: the machine's in production, one that can be moved elsewhere."""
    if settings.mode == "production":
        return SystemClock()
    return ShiftedClock(settings.var / "clock")


@asynccontextmanager
async def ground(
    service: str,
    settings: ServiceSettings,
    keys: Keys,
    projections: Sequence[Projection],
    decode: Decode,
) -> AsyncIterator[Ground]:
    """Open everything that *service* stands on, and let go of it in the opposite order.

    Raises ``StoreInUse`` where the service already runs.
    """
    clock, folder = clock_of(settings), settings.folder(service)
    async with AsyncExitStack() as stack:
        pages = settings.store_pages
        store = SqliteStore.open(folder / "events.db", clock, max_page_count=pages)
        stack.push_async_callback(store.close)
        views = await Views.open(settings.views_of(service), projections, decode, clock)
        stack.push_async_callback(views.close)
        password = settings.bus_password.get_secret_value()
        bus = await Bus.connect(BusAddress(settings.bus_url, service, password, inbox_of(service)))
        stack.push_async_callback(bus.close)
        await answer_reads(bus, store, clock)
        http = await stack.enter_async_context(httpx2.AsyncClient())
        yield Ground(
            service=service,
            settings=settings,
            clock=clock,
            keys=keys,
            store=store,
            views=views,
            runner=Runner(store, views, service, clock),
            heard=Heard(views),
            bus=bus,
            relay=Relay(bus, store, service),
            verifier=Verifier(SigningKeys(settings.issuer, http, clock), settings.audience, clock),
            cursors=Cursors(keys.derive("cursor")),
            positions=PositionTokens(keys.position),
            http=http,
        )


def measure(here: Ground, consumers: Sequence[Consumer], registry: CollectorRegistry) -> None:
    """Let ``/metrics`` show how far the relay, the views and the followers are behind."""
    registry.register(Gauges(here.relay, here.runner, here.measuring, consumers))
