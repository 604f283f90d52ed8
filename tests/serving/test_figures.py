"""The figures that operators watch: what is missing is left out, what hangs is not waited for."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from services.councils.app import reads
from shared.api.health import REFUSED, Finding, State
from shared.eventstore.port import NO_STREAM, NewEvent
from shared.kernel.clock import SystemClock
from shared.messaging.bus import Bus
from shared.messaging.relay import Relay
from shared.messaging.server import BusAddress
from shared.projections.bookkeeping import PARKED
from shared.projections.runner import Runner
from shared.projections.views import FIRST, Views
from shared.serving import measuring as module
from shared.serving.gauges import Gauges
from shared.serving.keys import Keys
from shared.serving.measuring import Measuring
from shared.serving.settings import Role, ServiceSettings
from tests.api.sample import A_REFERRAL, asking, service
from tests.contracts.samples import METADATA
from tests.messaging.stage import DEADLINE, a_store, running

Figures = Mapping[tuple[str, str], float]


def figures(gauges: Gauges) -> Figures:
    """Give each figure by its name and the value of its label."""
    registry = CollectorRegistry()
    registry.register(gauges)
    return told(generate_latest(registry).decode())


def told(text: str) -> Figures:
    """Give each figure of a page of metrics by its name and the values of its labels."""
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return {(each.name, " ".join(each.labels.values())): each.value for each in samples}


async def comes(gauges: Gauges, name: str, label: str, value: float) -> Figures:
    """Wait until a figure has a value, and give all of them."""
    async with asyncio.timeout(DEADLINE):
        while figures(gauges).get((name, label)) != value:  # noqa: ASYNC110 - as at a scrape
            await asyncio.sleep(0.02)
    return figures(gauges)


@pytest.fixture
async def views(tmp_path: Path) -> AsyncIterator[Views]:
    """Give the read models of councils."""
    settings = ServiceSettings(var=tmp_path)
    made = reads(Keys.of("councils", settings))
    opened = await Views.open(settings.views_of("councils"), *made, SystemClock())
    yield opened
    await opened.close()


async def test_what_a_process_does_not_have_is_left_out(views: Views) -> None:
    """Doors alone have no relay; a figure that nobody keeps is absent, for 0 would be a lie."""
    measured = Measuring(None, None, views=views)
    async with running(measured):
        api = Gauges(None, None, measured, (), Role.API)
        shown = await comes(api, "kredslob_parked_facts", "", 0)
    names = {name for name, _ in shown}
    assert {"kredslob_relay_position", "kredslob_relay_trouble"}.isdisjoint(names)
    assert {"kredslob_relay_lag_events", "kredslob_views_lag_events"}.isdisjoint(names)
    assert {"kredslob_views_trouble", "kredslob_disk_free_bytes"}.isdisjoint(names)
    assert [shown["kredslob_role", each] for each in ("all", "api", "work")] == [0, 1, 0]
    assert figures(Gauges(None, None, None))["kredslob_role", "all"] == 1


async def test_what_was_set_aside_is_counted(views: Views) -> None:
    """Facts that no read model could take are counted; before anybody looked the figure is -1."""
    store = a_store()
    runner, nowhere = Runner(store, views, "councils", SystemClock()), await a_bus()
    relay = Relay(nowhere, store, "councils")
    measured = Measuring(runner, relay, views=views)
    gauges = Gauges(relay, runner, measured)
    assert figures(gauges)["kredslob_parked_facts", ""] == -1
    for kind in ("meeting.agenda-sent.v1", "meeting.of-tomorrow.v1", "meeting.of-yesterday.v1"):
        fact = NewEvent(uuid4(), kind, METADATA, f'{{"type":"{kind}"}}'.encode())
        await store.append(f"meeting-{uuid4()}", NO_STREAM, [fact])
    async with running(measured, runner):
        shown = await comes(gauges, "kredslob_parked_facts", "", 2)
        assert shown["kredslob_relay_trouble", ""] == 1
        await comes(gauges, "kredslob_relay_lag_events", "", 3)
    await nowhere.close()


async def a_bus() -> Bus:
    """Give a connection to a bus that is not there."""
    return await Bus.connect(BusAddress("nats://127.0.0.1:1", "councils", "", "_INBOX_councils"))


async def test_disks_and_files_are_measured(tmp_path: Path) -> None:
    """Free and size of each folder's file system; bytes of each file that is there."""
    for name, size in (("vault.db", 5_000), ("vault.db-wal", 700), ("events.db", 30)):
        (tmp_path / name).write_bytes(b"x" * size)
    files = {"vault": tmp_path / "vault.db", "store": tmp_path / "events.db"}
    files["views"] = tmp_path / "views.db"
    measured = Measuring(None, None, folders={"var": tmp_path}, files=files)
    async with running(measured):
        shown = await comes(Gauges(None, None, measured), "kredslob_file_bytes", "vault", 5_700)
    assert shown["kredslob_file_bytes", "store"] == 30
    assert ("kredslob_file_bytes", "views") not in shown
    size = shutil.disk_usage(tmp_path).total
    assert shown["kredslob_disk_size_bytes", "var"] == size
    assert 0 < shown["kredslob_disk_free_bytes", "var"] <= size
    assert 0 <= shown["kredslob_measured_age_seconds", ""] < DEADLINE


@pytest.fixture
def hangs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Let a disk hang as a network volume can, until the test is over; give who asked it."""
    asked, over = list[Any](), threading.Event()

    def hanging(folder: Path) -> tuple[int, int, int]:
        asked.append(folder)
        over.wait(DEADLINE)
        return 3, 2, 1

    monkeypatch.setattr(shutil, "disk_usage", hanging)
    monkeypatch.setattr(module, "PATIENCE", 0.02)
    monkeypatch.setattr(module, "EVERY", 0.0)
    yield asked
    over.set()


async def set_aside(views: Views) -> None:
    """Write a fact among those that wait, whatever else is said of it."""
    row = {each.name: 1 if each.type.python_type is int else "x" for each in PARKED.columns}
    async with views.engines.writing.begin() as connection:
        await connection.execute(insert(PARKED), [{**row, "generation": FIRST}])


async def test_a_disk_that_hangs_holds_nothing_up(
    views: Views, tmp_path: Path, hangs: list[Any]
) -> None:
    """It is asked once and not again; all else is measured, and the age says that it is not all."""
    measured = Measuring(None, None, views=views, folders={"var": tmp_path})
    gauges, begun = Gauges(None, None, measured), measured.age
    async with running(measured):
        async with asyncio.timeout(DEADLINE):
            while not hangs:  # noqa: ASYNC110 - said by the thread that hangs
                await asyncio.sleep(0.01)
        await set_aside(views)
        shown = await comes(gauges, "kredslob_parked_facts", "", 1)
        assert ("kredslob_disk_free_bytes", "var") not in shown
        async with asyncio.timeout(DEADLINE):
            while measured.age < begun + 0.2:  # noqa: ASYNC110 - it grows by itself
                await asyncio.sleep(0.01)
    assert hangs == [tmp_path]


async def test_a_database_that_is_away_holds_nothing_up(views: Views, tmp_path: Path) -> None:
    """What cannot be measured stands as it was; the disks are measured all the same."""
    async with views.engines.writing.begin() as connection:
        await connection.run_sync(PARKED.drop)
    measured = Measuring(None, None, views=views, folders={"var": tmp_path})
    gauges = Gauges(None, None, measured)
    size = float(shutil.disk_usage(tmp_path).total)
    async with running(measured):
        shown = await comes(gauges, "kredslob_disk_size_bytes", "var", size)
    assert shown["kredslob_parked_facts", ""] == -1


async def test_what_was_refused_is_counted_by_kind() -> None:
    """Reads and changes apart, each by its status; ids, paths and problems are in no label."""
    async with asking(service()) as client:
        await client.get(f"/v1/referrals/{A_REFERRAL}/trace")
        await client.get(f"/nowhere/{A_REFERRAL}")
        await client.put(f"/v1/referrals/{A_REFERRAL}/edit")
        await client.get("/v1/referrals/1/who")
        page = (await client.get("/metrics")).text
    shown, name = told(page), "kredslob_refused_requests_total"
    refused = {key[1]: count for key, count in shown.items() if key[0] == name}
    assert {key: count for key, count in refused.items() if count} == {
        "read 404": 1,
        "change 428": 1,
        "read 401": 1,
    }
    assert set(refused) == {f"{kind} {each}" for kind in ("read", "change") for each in REFUSED}
    assert str(A_REFERRAL) not in page


async def test_what_every_check_finds_is_a_figure() -> None:
    """0 is well, 1 degraded, 2 down; what cannot be asked is down."""

    async def finds(state: State) -> Finding:
        return Finding(state)

    async def fails() -> Finding:
        raise ConnectionError("Opdigtet Hemmelighed")

    checks = {
        "store": lambda: finds(State.OK),
        "bus": lambda: finds(State.DEGRADED),
        "views": lambda: finds(State.DOWN),
        "vault": fails,
    }
    async with asking(service(checks=checks)) as client:
        page = (await client.get("/metrics")).text
    shown = told(page)
    assert [shown["kredslob_check", each] for each in checks] == [0, 1, 2, 2]
    assert "Hemmelighed" not in page
