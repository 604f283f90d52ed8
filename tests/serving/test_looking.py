"""A policy that looks goes on looking, whatever keeps it from doing its work just now."""

import asyncio

import pytest

from shared.eventstore.port import StoreDown
from shared.kernel.refusals import NotPossible
from shared.projections.runner import ViewsBehind
from shared.serving.looking import looking

DEADLINE = 30.0


@pytest.mark.parametrize("problem", [StoreDown, NotPossible, ViewsBehind])
async def test_what_fails_is_looked_at_again(problem: type[Exception]) -> None:
    """A store that is away, a no and a view that is behind pass; the policy outlasts them."""
    stopping, looks = asyncio.Event(), 0

    async def look(_stopping: asyncio.Event) -> None:
        nonlocal looks
        looks += 1
        if looks < 3:
            raise problem
        stopping.set()

    async with asyncio.timeout(DEADLINE):
        await looking("made-up", look, stopping)
    assert looks == 3


async def test_a_fault_of_ours_is_not_hidden() -> None:
    """What nobody foresaw ends the task, and with it the service, which is then started anew."""

    async def look(_stopping: asyncio.Event) -> None:
        raise LookupError

    async with asyncio.timeout(DEADLINE):
        with pytest.raises(LookupError):
            await looking("made-up", look, asyncio.Event())


async def test_who_is_told_to_stop_looks_no_more() -> None:
    """A policy that waits to try again stops at once."""
    stopping, looked = asyncio.Event(), asyncio.Event()

    async def look(_stopping: asyncio.Event) -> None:
        looked.set()
        raise StoreDown

    task = asyncio.create_task(looking("made-up", look, stopping))
    async with asyncio.timeout(DEADLINE):
        await looked.wait()
        stopping.set()
        await task
