"""An owner asks others whether their views show a fact of its own yet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.kernel.clock import StandingClock
from shared.messaging.backfill import Passed, answer_passed, ask_passed
from shared.messaging.bus import Answer
from shared.projections.views import Views
from shared.serving.hearing import shows
from shared.testing.nats import NatsServer
from tests.messaging.stage import DEADLINE, on_the_bus, raw, until
from tests.projections.circles import NOON, POISON, SOURCE, Log, Noted, decode, drawn, read_models

OURS = "councils"


@asynccontextmanager
async def knowing(nats: NatsServer, passed: Passed) -> AsyncIterator[None]:
    """Let referrals answer by *passed*."""
    async with on_the_bus(nats, "referrals") as (bus,):
        await answer_passed(bus, passed)
        await bus.connection()
        yield


async def test_who_knows_says_so_and_who_does_not_is_waited_for(nats: NatsServer) -> None:
    """The question names the owner and the position; it is asked again until it is so."""
    asked = list[tuple[str, int]]()

    async def the_third_time(source: str, position: int) -> bool:
        asked.append((source, position))
        return len(asked) > 2

    async with knowing(nats, the_third_time), on_the_bus(nats, OURS) as (bus,):
        assert await ask_passed(bus, "referrals", 7, within=DEADLINE)
    assert asked == [(OURS, 7)] * 3


async def test_who_does_not_come_to_know_is_waited_for_no_longer_than_said(
    nats: NatsServer,
) -> None:
    """Whoever asks has a person waiting."""

    async def never(_source: str, _position: int) -> bool:
        return False

    async with knowing(nats, never), on_the_bus(nats, OURS) as (bus,):
        assert not await ask_passed(bus, "referrals", 7, within=0.2)


async def test_who_is_silent_does_not_know(nats: NatsServer) -> None:
    """Nobody there, a bus that is down, an answer in other words: none of them is a yes."""
    async with on_the_bus(nats, OURS, "referrals") as (bus, other):
        assert not await ask_passed(bus, "referrals", 1, within=DEADLINE)
        for reply in (b'{"refused": "StoreDown"}', b"[]", b'{"yes": true}', b"\xff"):
            await other.answer("facts.referrals.passed", _saying(reply))
            assert not await ask_passed(bus, "referrals", 1, within=DEADLINE)
        await nats.kill()
        async with asyncio.timeout(DEADLINE):
            assert not await ask_passed(bus, "referrals", 1, within=0.2)


def _saying(reply: bytes) -> Answer:
    async def say(_question: bytes) -> bytes:
        return reply

    return say


@pytest.mark.parametrize(
    ("user", "subject"),
    [("referrals", "facts.councils.passed"), ("audit", "facts.referrals.passed")],
)
async def test_only_councils_ask_who_knows(nats: NatsServer, user: str, subject: str) -> None:
    """Nobody else needs to know how far another service is with what councils said."""
    async with raw(nats, user) as (client, errors):
        await client.publish(subject, b"{}")
        await until(lambda: any("permissions violation for publish" in e.lower() for e in errors))


async def test_a_fact_that_was_set_aside_is_not_known(tmp_path: Path) -> None:
    """The views have moved on past it, and their rows still say what was before it."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'views.db'}"
    views = await Views.open(url, read_models(), decode, StandingClock(NOON))
    log = Log().record("circle-1", drawn("a")).record("circle-1", Noted(word=POISON))
    first, poison = (fact.position for fact in log.facts)
    assert not await shows(views, SOURCE, first)
    await views.apply(SOURCE, log.facts)
    assert await shows(views, SOURCE, first)
    assert not await shows(views, SOURCE, poison)
    await views.close()
