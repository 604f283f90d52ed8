"""Opening what a service stands on, by what it was told."""

from collections.abc import Sequence

from shared.eventstore.port import EventStore
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import Clock, ShiftedClock, SystemClock
from shared.messaging.bus import Bus
from shared.messaging.names import inbox_of, owner_of
from shared.messaging.server import BusAddress
from shared.platform.layout import store_in
from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.projections.refused import HalfMade
from shared.projections.views import OtherShape, Views
from shared.serving.settings import ServiceSettings


def clock_of(settings: ServiceSettings) -> Clock:
    """Give the clock: the machine's in production, one that can be moved elsewhere."""
    if settings.mode == "production":
        return SystemClock()
    return ShiftedClock(settings.var / "clock")


async def store_of(source: str, settings: ServiceSettings, clock: Clock) -> EventStore:
    """Open the facts of a source: on EventStoreDB where an address says so, else in a file.

    A source is a service, or what it has shown. Raises the kinds of ``CannotStart``, and
    ``StoreInUse`` where the file has an owner.
    """
    if settings.store_url is not None:
        from shared.eventstore.esdb import EsdbStore  # noqa: PLC0415 - gRPC costs 30 MiB a process

        return await EsdbStore.connect(settings.store_url, source, clock)
    return file_of(source, settings, clock, settings.store_pages)


def file_of(source: str, settings: ServiceSettings, clock: Clock, pages: int | None) -> SqliteStore:
    """Open the facts of a source in a file that may hold so many *pages*, if that is said.

    Raises ``StoreInUse`` and ``StoreDown``.
    """
    settings.folder(owner_of(source))
    return SqliteStore.open(store_in(settings.var, source), clock, max_page_count=pages)


async def bus_of(service: str, settings: ServiceSettings) -> Bus:
    """Give the way to everyone else, as the user that *service* is on the bus."""
    password = settings.bus_password.get_secret_value()
    return await Bus.connect(BusAddress(settings.bus_url, service, password, inbox_of(service)))


async def views_of(
    service: str,
    settings: ServiceSettings,
    projections: Sequence[Projection],
    decode: Decode,
    clock: Clock,
) -> Views:
    """Open the read models of *service*. Raises the kinds of ``CannotStart``."""
    views = await Views.open(settings.views_of(service), projections, decode, clock)
    try:
        await views.checkpoints()
    except OtherShape as other:
        await views.close()
        raise HalfMade(str(other)) from None
    return views
