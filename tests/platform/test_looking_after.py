"""What an operator does while the platform runs: make read models anew, take up what was parked."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from shared.eventstore.port import NO_STREAM, NewEvent
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import ShiftedClock
from shared.platform.supervising import ROOT
from tests.contracts.samples import METADATA
from tests.platform.town import Town, kredslob, wait_until


def generation(var: Path, service: str) -> int:
    """Give which generation of a service's read models is read."""
    with closing(sqlite3.connect(var / service / "views.db")) as views:
        (number,) = views.execute("SELECT generation FROM pointer").fetchone()
    return int(number)


def test_read_models_made_anew_show_the_same(town: Town) -> None:
    """A new generation takes the place of the old while people work; nobody sees a change."""
    seen, before = town.seen(), generation(town.platform.var, "referrals")
    told = kredslob("rebuild", "referrals", var=town.platform.var)
    assert told.returncode == 0, told.stdout + told.stderr
    assert generation(town.platform.var, "referrals") == before + 1
    assert f"generation {before + 1}" in told.stdout
    town.shows(seen)
    asyncio.run(_case_number(town, str(before)))
    assert str(before) in json.dumps(town.seen()["favrskov-ssp"])


async def _case_number(town: Town, number: str) -> None:
    async with town.world() as world:
        body = {"number": f"26/{number}"}
        ssp = world.person("favrskov-ssp")
        await ssp.put(f"/referrals/{town.cases['a']}/case-number", body)


@dataclass(frozen=True)
class Poison:
    """A stream with a fact that nobody can read, and what was said while councils slept."""

    stream: str
    said_meanwhile: tuple[subprocess.CompletedProcess[str], ...]


@pytest.fixture(scope="module")
def poison(town: Town) -> Poison:
    """Stop councils, lay such a fact into its store, and start it again."""
    var, stream = town.platform.var, f"meeting-{uuid4()}"
    town.platform.stop_program("councils")
    asked = (("check", "councils"), ("parked", "list", "councils"), ("rulebook", "activate"))
    said = tuple(kredslob(*each, var=var) for each in asked)
    asyncio.run(_append(var, stream))
    town.platform.start_program("councils")
    town.wait_until_ready()
    wait_until("it is parked", lambda: stream in kredslob(*asked[1], var=var).stdout)
    return Poison(stream, said)


async def _append(var: Path, stream: str) -> None:
    store = SqliteStore.open(var / "councils/events.db", ShiftedClock(var / "clock"))
    fact = NewEvent(uuid4(), "meeting.of-tomorrow.v1", METADATA, b'{"type":"meeting.of-tomorrow"}')
    await store.append(stream, NO_STREAM, [fact])
    await store.close()


def test_a_service_that_is_away_is_named(poison: Poison) -> None:
    """Where nobody answers the command line says so in a sentence, and ends with 1."""
    for told in poison.said_meanwhile:
        assert told.returncode == 1
        assert "svarer ikke" in told.stdout
        assert "Traceback" not in told.stdout + told.stderr


def test_a_fact_that_cannot_be_read_waits(town: Town, poison: Poison) -> None:
    """It is shown with its reason and never its content, and retried it waits on."""
    var = town.platform.var
    told = kredslob("parked", "retry", "councils", poison.stream, var=var)
    assert told.returncode == 0
    assert (poison.stream in told.stdout, "ValidationError" in told.stdout) == (True, True)
    assert "of-tomorrow" not in told.stdout
    assert "1 parked" in kredslob("check", "councils", var=var).stdout


@pytest.mark.usefixtures("poison")
def test_a_rebuild_that_cannot_read_switches_nothing(town: Town) -> None:
    """Whoever starts a rebuild is watching: it stops at what it cannot read, and the old stays."""
    seen, before = town.seen(), generation(town.platform.var, "councils")
    told = kredslob("rebuild", "councils", var=town.platform.var)
    assert (told.returncode, "Intet skiftet" in told.stdout) == (1, True), told.stdout
    assert generation(town.platform.var, "councils") == before
    town.shows(seen)


def test_a_rulebook_is_put_in_force_once(town: Town, tmp_path: Path) -> None:
    """The same again changes nothing; another takes its place; and the first can come back."""
    other = Path(shutil.copytree(ROOT / "rulebook", tmp_path / "rulebook"))
    changed = other / "programmes/infohus.yaml"
    text = changed.read_text("utf-8")
    changed.write_text(text.replace("da: Infohus\n", "da: Infohuset\n", 1), "utf-8")
    steps = [
        (ROOT / "rulebook", "Var i kraft"),
        (other, "Sat i kraft"),
        (other, "Var i kraft"),
        (ROOT / "rulebook", "Sat i kraft"),
    ]
    for directory, expected in steps:
        told = kredslob("rulebook", "activate", directory, var=town.platform.var)
        assert (told.returncode, expected in told.stdout) == (0, True), told.stdout
