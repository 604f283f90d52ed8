"""Stopping: at once where one waits, and never in the middle of a transaction."""

import asyncio

import pytest

from shared.messaging.patience import Interrupted, to_its_end, unless


async def test_what_was_begun_is_finished_however_often_it_is_cancelled() -> None:
    """A transaction cut in two may be neither committed nor rolled back when its owner goes on."""
    go_on, finished = asyncio.Event(), asyncio.Event()

    async def transaction() -> None:
        await go_on.wait()
        finished.set()

    task = asyncio.create_task(to_its_end(transaction()))
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert finished.is_set()


async def test_work_that_swallows_a_cancellation_is_cancelled_again() -> None:
    """A client library that loses one must not keep its service from stopping."""
    event, swallowed = asyncio.Event(), list[int]()

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed.append(1)
                if len(swallowed) == 3:
                    raise

    event.set()
    with pytest.raises(Interrupted):
        await unless(event, stubborn())
    assert len(swallowed) == 3


async def test_what_is_done_before_the_interruption_counts() -> None:
    """An answer that came is given, also where the interruption came with it."""
    event = asyncio.Event()
    event.set()
    assert await unless(event, asyncio.sleep(0, "answer")) == "answer"


async def test_a_failure_is_told_as_it_is() -> None:
    """Whoever waits must be able to tell a failure from an interruption."""

    async def failing() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await unless(asyncio.Event(), failing())
