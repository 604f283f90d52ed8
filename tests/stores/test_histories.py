"""The same made-up history told to two stores, and the proof that a difference would be seen."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, find, given, settings

from shared.eventstore.memory import MemoryStore
from tests.stores.histories import HISTORIES, Open, Player, Seen, Step
from tests.stores.kinds import KINDS
from tests.stores.planted_bugs import BUGS

OTHERS = sorted(KINDS.keys() - {"memory"})


def seen(open_store: Open, history: Sequence[Step]) -> list[Seen]:
    """Give everything that one store shows of a history."""

    async def play() -> list[Seen]:
        return await Player(open_store).play(history)

    return asyncio.run(play())


@pytest.mark.parametrize("kind", OTHERS)
@settings(max_examples=60, deadline=None, database=None)
@given(history=HISTORIES)
def test_every_store_shows_what_the_memory_store_shows(kind: str, history: list[Step]) -> None:
    """A test against memory holds for every store: answers, facts, order, times and refusals."""
    with TemporaryDirectory() as folder:
        other = seen(lambda clock: KINDS[kind](Path(folder), clock), history)

    assert other == seen(MemoryStore, history)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_the_comparison_finds_a_planted_bug(bug: type[MemoryStore]) -> None:
    """A comparison that cannot fail proves nothing: each of these faults is found by a history."""
    search = settings(
        max_examples=3000, database=None, derandomize=True, phases=[Phase.generate], deadline=None
    )

    find(
        HISTORIES, lambda history: seen(bug, history) != seen(MemoryStore, history), settings=search
    )
