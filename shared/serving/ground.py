"""What one service stands on: its store, its read models, its place on the bus."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property, partial

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
from shared.eventstore.port import EventStore, StoreProblem
from shared.kernel.clock import Clock
from shared.messaging.backfill import answer_passed, answer_reads
from shared.messaging.bus import Bus
from shared.messaging.consumer import Consumer
from shared.messaging.relay import Relay
from shared.platform.layout import LOGIN
from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.projections.runner import Runner, ViewsBehind
from shared.projections.views import Views
from shared.serving.gauges import Gauges
from shared.serving.hearing import Heard, shows
from shared.serving.keys import Keys
from shared.serving.measuring import Measuring
from shared.serving.noting import Needs, Noting, noting
from shared.serving.opening import bus_of, clock_of, store_of, views_of
from shared.serving.renewing import Renewing, renewed
from shared.serving.running import Task
from shared.serving.settings import ServiceSettings
from shared.serving.showing import Following, Passing, Shown
from shared.serving.watching import Checkpoints, WatchedSource, WatchedViews

FILES = ("events.db", "views.db", "vault.db", "ledger.db", "reads.db", "reads.ballast")
"""Files that grow, as far as a service has them."""
STALE_AFTER = 60.0
"""Seconds without word from another service after which what is known of it may be old."""


@dataclass(frozen=True)
class Ground:
    """What the parts of one service share while it runs."""

    service: str
    settings: ServiceSettings
    clock: Clock
    keys: Keys
    store: EventStore
    views: Views
    runner: Shown
    heard: Heard
    """The read models as a sink for what other services tell."""
    passing: Passing
    bus: Bus
    relay: Relay | None
    """None where only doors are: another process relays."""
    verifier: Verifier
    cursors: Cursors
    positions: PositionTokens
    http: httpx2.AsyncClient
    noting: Noting
    """What notes each read before its answer leaves."""

    def follow(self, source: str) -> Following:
        """Give what brings another service's facts to the read models of this one.

        Where only doors are, it sees how far another process has brought them.
        """
        if not self.settings.role.works:
            return WatchedSource(self.bus, source, self.views)
        return Consumer(self.bus, source, "views", self.heard)

    def asking(self, councils: Following, silent_after: float) -> AskingCouncils:
        """Give what asks councils while *councils* has heard nothing for so many seconds.

        Where it is not said where they answer, it only knows how old the own view is.
        """
        client = f"kredslob-{self.service}"
        token = MachineToken(self.http, self.settings.issuer, client, partial(self._secret, client))
        url, old = self.settings.councils_url, partial(_old, councils)
        return AskingCouncils(self.http, url, token, old, silent_after)

    def _secret(self, client: str) -> str:
        """Give what *client* shows to sign in. Raises ``OSError``."""
        if self.settings.client_secret is not None:
            return self.settings.client_secret.get_secret_value()
        return (self.settings.var / LOGIN / f"{client}.secret").read_text()

    async def passed(self, reached: Reached, *, within: float = 2.0) -> None:
        """Return when the read models show what was written up to a position, here or elsewhere.

        Raises ``NotCaughtUp``.
        """
        try:
            if reached.service == self.service:
                await self.runner.wait_for(reached.position, within=within)
            else:
                await self.passing.wait_for(reached.service, reached.position, within=within)
        except ViewsBehind as behind:
            raise NotCaughtUp from behind

    @cached_property
    def measuring(self) -> Measuring:
        """What knows how far the own views and the relay are behind, and how full the disks are."""
        own = self.settings.folder(self.service)
        return Measuring(
            self.runner,
            self.relay,
            views=self.views,
            folders={"var": self.settings.var, "service": own},
            files={each.removesuffix(".db"): own / each for each in FILES},
        )

    def tasks(self, *consumers: Following) -> dict[str, Task]:
        """Give the work that goes on as long as the service runs."""
        follows = {f"follow {each.source} {each.durable}": each.run for each in consumers}
        own: dict[str, Task] = {"views": self.runner.run, "measuring": self.measuring.run}
        if self.relay is not None:
            own["relay"] = self.relay.run
        if self.views.rulings and self.settings.role.works:
            own["renewing"] = Renewing.of(self.views, self.service, self.settings).run
        return {**own, **self.noting.tasks(), **follows}

    def checks(self, *consumers: Following) -> Mapping[str, Check]:
        """Give what ``/readyz`` asks of this ground."""
        follows = {f"follows-{each.source}": partial(_follows, each) for each in consumers}
        own = {"store": self._store, "views": self._views, "bus": self._bus}
        ruled = {"renewing": partial(renewed, self.views)} if self.views.rulings else {}
        return {**own, **ruled, **self.noting.checks(), **follows}

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
        relays = [each for each in (self.relay, self.noting.relay) if each is not None]
        return _going(next((each.problem for each in relays if each.problem), None))


def _old(source: Following) -> float:
    """Give how old what is known of *source* may be: not heard of, or heard of and not applied."""
    return max(source.head_age_seconds, source.lag_seconds)


async def _follows(consumer: Following) -> Finding:
    if consumer.head_age_seconds > STALE_AFTER:
        return Finding(State.DEGRADED, "nothing heard for a minute")
    return _going(consumer.problem)


def _going(problem: str | None) -> Finding:
    """Say that something goes on, or the kind of problem that keeps it: never its words."""
    if problem is None:
        return Finding(State.OK)
    return Finding(State.DEGRADED, problem.partition(":")[0])


@asynccontextmanager
async def ground(
    service: str,
    settings: ServiceSettings,
    keys: Keys,
    projections: Sequence[Projection],
    decode: Decode,
) -> AsyncIterator[Ground]:
    """Open everything that *service* stands on, and let go of it in the opposite order.

    Raises the kinds of ``CannotStart``, and ``StoreInUse`` where the service already runs.
    """
    clock = clock_of(settings)
    async with AsyncExitStack() as stack:
        store = await store_of(service, settings, clock)
        stack.push_async_callback(store.close)
        views = await views_of(service, settings, projections, decode, clock)
        stack.push_async_callback(views.close)
        bus = await bus_of(service, settings)
        stack.push_async_callback(bus.close)
        http = await stack.enter_async_context(httpx2.AsyncClient())
        needs = Needs(settings, keys, clock, views, bus)
        notes = await stack.enter_async_context(noting(service, needs))
        store = notes.before(store)
        works = settings.role.works
        if works:
            await answer_reads(bus, store, clock)
            await answer_passed(bus, partial(shows, views))
        checkpoints, heard = Checkpoints(views), Heard(views)
        relay = Relay(bus, store, service, replicas=settings.bus_replicas)
        yield Ground(
            service=service,
            settings=settings,
            clock=clock,
            keys=keys,
            store=store,
            views=views,
            runner=Runner(store, views, service, clock)
            if works
            else WatchedViews(store, checkpoints, service, clock),
            heard=heard,
            passing=heard if works else checkpoints,
            bus=bus,
            relay=relay if works else None,
            verifier=Verifier(SigningKeys(settings.issuer, http, clock), settings.audience, clock),
            cursors=Cursors(keys.derive("cursor")),
            positions=PositionTokens(keys.position),
            http=http,
            noting=notes,
        )


def measure(here: Ground, consumers: Sequence[Following], registry: CollectorRegistry) -> None:
    """Let ``/metrics`` show how far the relay, the views and the followers are behind."""
    registry.register(
        Gauges(here.relay, here.runner, here.measuring, consumers, here.settings.role)
    )
