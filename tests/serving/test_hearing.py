"""Who has written elsewhere can wait until it was heard here."""

import asyncio

import pytest

from shared.projections.runner import ViewsBehind
from shared.serving.hearing import Heard
from tests.messaging.stage import Remembering, a_store, append


async def waits(heard: Heard, position: int, source: str = "referrals") -> "asyncio.Task[None]":
    """Begin to wait, and give the one who waits."""
    waiting = asyncio.create_task(heard.wait_for(source, position, within=30))
    await asyncio.sleep(0)
    return waiting


async def test_waiting_ends_when_it_was_applied() -> None:
    """Not when the facts come, but when the sink has them; all who wait for less are woken too."""
    heard, facts = Heard(Remembering()), await append(a_store(), 3)
    two, three = await waits(heard, 2), await waits(heard, 3)
    await heard.apply("referrals", facts[:2])
    await two
    assert not three.done()
    await heard.apply("referrals", facts[2:])
    await three


async def test_what_was_heard_before_is_not_waited_for() -> None:
    """Where the sink stands is known as soon as the follower has asked it."""
    sink, facts = Remembering(), await append(a_store(), 2)
    await sink.apply("referrals", facts)
    heard = Heard(sink)
    assert await heard.position("referrals") == 2
    await heard.wait_for("referrals", 2, within=0)


async def test_each_source_counts_for_itself() -> None:
    """Having heard one service says nothing of another."""
    heard, facts = Heard(Remembering()), await append(a_store(), 2)
    await heard.apply("referrals", facts)
    with pytest.raises(ViewsBehind, match="councils"):
        await heard.wait_for("councils", 1, within=0.01)


async def test_what_the_sink_refuses_was_not_heard() -> None:
    """A sink whose ground gave way keeps everybody waiting, and its fault is passed on."""
    sink, facts = Remembering(), await append(a_store(), 1)
    heard = Heard(sink)
    sink.refuse()
    with pytest.raises(OSError, match="full"):
        await heard.apply("referrals", facts)
    with pytest.raises(ViewsBehind):
        await heard.wait_for("referrals", 1, within=0.01)
    sink.recover()
    await heard.apply("referrals", facts)
    await heard.wait_for("referrals", 1, within=0)


async def test_nothing_applied_wakes_nobody() -> None:
    """A batch without facts is no news."""
    heard = Heard(Remembering())
    waiting = await waits(heard, 1)
    await heard.apply("referrals", [])
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
