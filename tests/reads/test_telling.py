"""What was noted reaches the ledger byte for byte, over a real bus, and can be held against it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from services.audit.app import HEARD
from services.audit.ledger.leaf import leaf
from services.audit.ledger.writing import Ledger
from services.audit.verifying.verify import verify
from services.councils.app import reads
from shared.messaging.backfill import fetch_page
from shared.messaging.bus import Bus, Unanswered
from shared.messaging.consumer import Consumer
from shared.platform.copying import DATABASES
from shared.platform.layout import FOLLOWS, READS, store_in
from shared.serving.ground import Ground, ground
from shared.serving.keys import Keys
from shared.serving.settings import ServiceSettings
from shared.testing.nats import NatsServer, nats_server
from shared.transparency.note import Signer
from tests.audit.scene import by_force
from tests.messaging.stage import running, until
from tests.reads.people import looked

SOURCE = "councils-reads"


@dataclass(frozen=True)
class Told:
    """Councils, which show things, and the audit's ledger that hears of it."""

    nats: NatsServer
    here: Ground
    ledger: Ledger
    hears: Consumer


@asynccontextmanager
async def told(folder: Path) -> AsyncIterator[Told]:
    """Run both over a bus on which each has its own rights and no more."""
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(nats_server(folder, FOLLOWS))
        address = nats.address("councils")
        settings = ServiceSettings(
            var=folder, bus_url=address.url, bus_password=SecretStr(address.password)
        )
        keys = Keys.of("councils", settings)
        here = await stack.enter_async_context(ground("councils", settings, keys, *reads(keys)))
        bus = await Bus.connect(nats.address("audit"))
        stack.push_async_callback(bus.close)
        ledger = Ledger(folder / "ledger.db")
        stack.push_async_callback(ledger.close)
        hears = Consumer(bus, SOURCE, "ledger", ledger)
        assert here.noting.relay is not None
        await stack.enter_async_context(running(here.noting.relay, hears))
        yield Told(nats, here, ledger, hears)


async def test_every_reading_becomes_an_entry(tmp_path: Path) -> None:
    """The ledger holds the bytes of the log's own file, in its order; a wiped bus loses none."""
    async with told(tmp_path) as scene:
        log = scene.here.noting.log
        for _ in range(3):
            await log.note(looked())
        await until(lambda: scene.ledger.size == 3)
        await scene.nats.wipe()
        await log.note(looked())
        await scene.nats.start()
        await until(lambda: scene.ledger.size == 4)
        stored = await log.store.read_all()
        entries = scene.ledger.pages.entries()
    assert [entry.fact for entry in entries] == list(stored)
    assert [entry.leaf for entry in entries] == [leaf(fact) for fact in stored]
    assert {entry.source for entry in entries} == {SOURCE}


async def test_only_the_audit_may_ask_for_it(tmp_path: Path) -> None:
    """On the bus a service's reads are for the audit; another service gets no answer."""
    async with told(tmp_path) as scene:
        await scene.here.noting.log.note(looked())
        other = await Bus.connect(scene.nats.address("referrals"))
        try:
            assert await _answered(other) is False
        finally:
            await other.close()


async def test_a_changed_reading_is_found(tmp_path: Path) -> None:
    """Who changes the log in its file is found by holding it against the ledger."""
    async with told(tmp_path) as scene:
        for _ in range(3):
            await scene.here.noting.log.note(looked())
        await until(lambda: scene.ledger.size == 3)
    assert _places(tmp_path) == []
    with by_force(store_in(tmp_path, SOURCE)) as file:
        file.execute("UPDATE facts SET data = CAST(data || ' ' AS BLOB) WHERE position = 2")
    assert _places(tmp_path) == [(SOURCE, 2)]


def test_every_log_is_copied_and_heard() -> None:
    """A backup holds what every service has shown, and what the ledger says of it fits."""
    files = {str(store_in(Path(), each)) for each in READS}
    order = [name for name in DATABASES if name in {*files, "audit/ledger.db"}]
    assert {*order[1:]} == files
    assert order[0] == "audit/ledger.db"
    assert set(READS) <= set(HEARD)


def _places(folder: Path) -> list[tuple[str | None, int | None]]:
    key = Signer.kept_in(folder / "made-up.key", "made-up/log").public
    found = verify(folder / "ledger.db", {SOURCE: store_in(folder, SOURCE)}, [], key)
    return [(each.source, each.position) for each in found if each.fault]


async def _answered(bus: Bus) -> bool:
    try:
        await fetch_page(bus, SOURCE, 0, 1)
    except Unanswered:
        return False
    return True
