"""What lies in EventStoreDB can be taken along and proved without it."""

from pathlib import Path
from uuid import uuid4

import pytest

from services.audit.collecting import NothingToCollect, collect
from services.audit.ledger.writing import Ledger
from services.audit.settings import Settings
from shared.eventstore.esdb import EsdbStore
from shared.eventstore.port import NO_STREAM, NewEvent, Stored
from shared.eventstore.sqlite_log import SqliteLog
from shared.kernel.clock import SystemClock
from shared.testing.esdb import esdb_server

METADATA = {"actor": "Ærø", "note": 'til "prøve"'}


async def filled(url: str, service: str) -> tuple[Stored, ...]:
    """Put facts of two streams into the store of a service, and give them."""
    store = await EsdbStore.connect(url, service, SystemClock())
    for number, stream in enumerate(["a", "b", "a"]):
        data = b"\x00\xff" + bytes([number])
        expected = number - 1 if stream == "a" and number else NO_STREAM
        new = NewEvent(uuid4(), "made-up.v1", METADATA, data)
        await store.append(stream, 0 if number > 1 else expected, [new])
    facts = await store.read_all()
    await store.close()
    return facts


async def test_every_fact_is_taken_along_as_it_stands(tmp_path: Path) -> None:
    """Position, place, id and bytes are those of the store: a leaf made of them is the same."""
    async with esdb_server(tmp_path / "esdb") as engine:
        settings = Settings(var=tmp_path / "var", store_url=engine.url)
        facts = await filled(engine.url, "referrals")
        (settings.folder("audit") / "ledger.pub").write_text("made up")
        ledger = Ledger(settings.folder("audit") / "ledger.db")
        await ledger.close()
        await collect(tmp_path / "copy", ["referrals"], settings)
    log = SqliteLog.open(tmp_path / "copy" / "referrals" / "events.db")
    assert await log.read_all() == facts
    await log.close()
    assert {path.name for path in (tmp_path / "copy" / "audit").iterdir()} == {
        "ledger.db",
        "ledger.pub",
    }


async def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A folder that is there may be the only copy of something."""
    async with esdb_server(tmp_path / "esdb") as engine:
        settings = Settings(var=tmp_path / "var", store_url=engine.url)
        (settings.folder("audit") / "ledger.pub").write_text("made up")
        ledger = Ledger(settings.folder("audit") / "ledger.db")
        await ledger.close()
        (tmp_path / "copy").mkdir()
        with pytest.raises(FileExistsError):
            await collect(tmp_path / "copy", ["referrals"], settings)


@pytest.mark.parametrize("url", [None, "esdb://127.0.0.1:1?tls=false"])
async def test_without_a_store_or_a_log_there_is_nothing(tmp_path: Path, url: str | None) -> None:
    """Embedded, the files are there already; without a ledger there is nothing to prove."""
    with pytest.raises(NothingToCollect):
        await collect(tmp_path / "copy", ["referrals"], Settings(var=tmp_path, store_url=url))
    assert not (tmp_path / "copy").exists()
