"""The ledger holds every fact once, in the order heard, and only grows."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.ledger.leaf import leaf
from services.audit.ledger.proofs import consistent, includes
from services.audit.ledger.reading import LedgerFile
from services.audit.ledger.tree import EMPTY_ROOT, Frontier
from services.audit.ledger.writing import Ledger, OutOfOrder, Rewritten
from shared.eventstore.port import Stored, StoreInUse
from shared.transparency.checkpoint import Checkpoint, log_name
from shared.transparency.note import Signer
from tests.audit.scene import by_force, facts

BATCH = 7


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """An empty ledger."""
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    await opened.close()


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    """Somebody who signs for the log."""
    return Signer.kept_in(tmp_path / "head.key", log_name("oestjylland"))


def root_of(heard: list[Stored]) -> bytes:
    """Give the root over facts, without any store."""
    frontier = Frontier()
    for fact in heard:
        frontier.add(leaf(fact))
    return frontier.root()


async def test_an_empty_ledger(ledger: Ledger) -> None:
    """A ledger that has heard nothing has the root of the empty tree and knows no source."""
    assert ledger.size == ledger.pages.size() == 0
    assert ledger.pages.root(0) == EMPTY_ROOT
    assert await ledger.position("referrals") == 0


async def test_facts_are_kept_byte_for_byte(ledger: Ledger) -> None:
    """What was heard is given back as it came, with its number, its source and its leaf."""
    heard = facts(5)
    await ledger.apply("referrals", heard)
    entries = ledger.pages.entries()
    assert [entry.fact for entry in entries] == heard
    assert [entry.number for entry in entries] == [0, 1, 2, 3, 4]
    assert all(e.source == "referrals" and e.leaf == leaf(e.fact) for e in entries)
    assert await ledger.position("referrals") == 5
    assert ledger.pages.root(5) == root_of(heard)


async def test_a_stream_is_read_in_its_order(ledger: Ledger) -> None:
    """An auditor reads one stream of one service, and nothing of the others."""
    await ledger.apply("referrals", facts(9))
    await ledger.apply("councils", facts(9))
    stream = ledger.pages.stream("referrals", "referrals-1")
    assert [entry.fact.version for entry in stream] == [0, 1, 2]
    assert {entry.fact.stream for entry in stream} == {"referrals-1"}
    assert ledger.pages.entries(4, 2)[0].number == 4
    assert len(ledger.pages.entries(4, 2)) == 2


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12), st.integers(1, 8)), max_size=9)
)
def test_hearing_twice_is_hearing_once(
    tmp_path_factory: pytest.TempPathFactory, brought: list[tuple[str, int, int]]
) -> None:
    """However facts are brought again, each stands once, after those before it in its store."""

    async def hear(path: Path) -> None:
        ledger = Ledger(path)
        kept: list[Stored] = []
        for source, first, count in brought:
            before = await ledger.position(source)
            batch = facts(count, source, min(first, before) + 1)
            await ledger.apply(source, batch)
            kept += [fact for fact in batch if fact.position > before]
        assert [entry.fact for entry in ledger.pages.entries()] == kept
        assert ledger.pages.root(len(kept)) == root_of(kept)
        await ledger.close()

    asyncio.run(hear(tmp_path_factory.mktemp("ledger") / "ledger.db"))


async def test_facts_out_of_order_are_refused(ledger: Ledger) -> None:
    """A source is entered in its own order or not at all."""
    one, two = facts(2)
    with pytest.raises(OutOfOrder):
        await ledger.apply("referrals", [two, one])
    assert ledger.size == 0


async def test_a_batch_is_whole_or_not_there(ledger: Ledger) -> None:
    """Where one fact cannot be written, none of its batch is, and the ledger goes on."""
    good = facts(3)
    unwritable = Stored(4, "\udcff", 0, good[0].id, "a.b.v1", b"{}", b"")
    with pytest.raises(UnicodeEncodeError):
        await ledger.apply("referrals", [*good, unwritable])
    assert ledger.size == ledger.pages.size() == 0
    await ledger.apply("referrals", good)
    assert ledger.pages.root(3) == root_of(good)


@pytest.mark.parametrize("table", ["entry", "node", "head"])
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM {table}",
        "UPDATE {table} SET {own} = {own}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    ],
)
async def test_nothing_is_changed(ledger: Ledger, signer: Signer, table: str, change: str) -> None:
    """The file itself refuses to change, remove or replace what stands in it."""
    await ledger.apply("referrals", facts(4))
    await ledger.sign(signer)
    own = {"entry": "data", "node": "hash", "head": "note"}[table]
    with (
        closing(sqlite3.connect(ledger.pages.path)) as file,
        pytest.raises(sqlite3.IntegrityError, match="only grows"),
    ):
        file.execute(change.format(table=table, own=own))


async def test_one_process_writes(ledger: Ledger) -> None:
    """A second writer is turned away while the first is there, and let in when it has gone."""
    with pytest.raises(StoreInUse):
        Ledger(ledger.pages.path)


async def test_a_ledger_goes_on_where_it_was(tmp_path: Path) -> None:
    """Closed and opened again, the tree grows as if it had never been closed."""
    heard = facts(21)
    for start in range(0, 21, 3):
        ledger = Ledger(tmp_path / "ledger.db")
        await ledger.apply("referrals", heard[start : start + 3])
        await ledger.close()
    assert LedgerFile(tmp_path / "ledger.db").root(21) == root_of(heard)


async def test_proofs_from_the_file(ledger: Ledger) -> None:
    """Every entry is proven to be in every later tree, and every tree to have become the next."""
    heard = facts(21)
    await ledger.apply("referrals", heard)
    pages, roots = ledger.pages, [root_of(heard[:size]) for size in range(22)]
    for size in range(1, 22):
        for number in range(size):
            proof = pages.inclusion(number, size)
            assert includes(leaf(heard[number]), number, size, proof, roots[size])
        proof = pages.consistency(size, 21)
        assert consistent((size, 21), (roots[size], roots[21]), proof)


@pytest.mark.parametrize(
    "ask",
    [
        lambda pages: pages.inclusion(3, 3),
        lambda pages: pages.inclusion(0, 4),
        lambda pages: pages.consistency(0, 3),
        lambda pages: pages.consistency(3, 4),
        lambda pages: pages.root(4),
    ],
)
async def test_what_is_not_there_is_not_proven(
    ledger: Ledger, ask: Callable[[LedgerFile], object]
) -> None:
    """A proof over more entries than there are, or about one outside, is refused."""
    await ledger.apply("referrals", facts(3))
    with pytest.raises(ValueError, match=r"log|ledger|leaf"):
        ask(ledger.pages)


async def test_a_head_says_size_and_root(ledger: Ledger, signer: Signer) -> None:
    """A head is signed once for a size and says the root that the entries give."""
    heard = facts(5)
    await ledger.apply("referrals", heard[:3])
    first = await ledger.sign(signer)
    assert await ledger.sign(signer) == first == Checkpoint(signer.name, 3, root_of(heard[:3]))
    await ledger.apply("referrals", heard[3:])
    await ledger.sign(signer)
    heads = [Checkpoint.verified(note, signer.public) for note in ledger.pages.heads()]
    assert [head.size for head in heads] == [3, 5]
    assert ledger.pages.signed() == 2


@pytest.mark.parametrize("sizes", [(), (1,), (3, 5, 6, 21), tuple(range(2, 21, 2))])
async def test_a_size_that_was_signed_is_told_from_others(
    ledger: Ledger, signer: Signer, sizes: tuple[int, ...]
) -> None:
    """A head is found by its size, the first and the last too, and no other size has one."""
    for size in sizes:
        await ledger.apply("referrals", facts(size - ledger.size, first=ledger.size + 1))
        await ledger.sign(signer)
    await ledger.apply("referrals", facts(3, first=ledger.size + 1))
    assert [size for size in range(30) if ledger.pages.has_head(size)] == [*sizes]


async def test_a_rewritten_ledger_signs_nothing(tmp_path: Path, signer: Signer) -> None:
    """A log never signs a head that does not follow from the one before."""
    path = tmp_path / "ledger.db"
    ledger = Ledger(path)
    await ledger.apply("referrals", facts(4))
    await ledger.sign(signer)
    await ledger.close()
    with by_force(path) as file:
        file.execute("UPDATE node SET hash = zeroblob(32) WHERE level = 2")
    ledger = Ledger(path)
    await ledger.apply("referrals", facts(1, first=5))
    with pytest.raises(Rewritten):
        await ledger.sign(signer)
    await ledger.close()


GROWING = f"""
import asyncio, itertools, sys
from pathlib import Path
from services.audit.ledger.writing import Ledger
from tests.audit.scene import facts

async def grow() -> None:
    ledger = Ledger(Path(sys.argv[1]))
    for batch in itertools.count():
        await ledger.apply("referrals", facts({BATCH}, first=batch * {BATCH} + 1))
        print(batch, flush=True)

asyncio.run(grow())
"""


@pytest.mark.parametrize("batches", [1, 4, 11])
async def test_killed_at_any_moment(tmp_path: Path, batches: int) -> None:
    """After kill -9 whole batches are there; none acknowledged is lost, none is doubled."""
    path = tmp_path / "ledger.db"
    child = subprocess.Popen(  # noqa: ASYNC220 - the test waits for its lines
        [sys.executable, "-c", GROWING, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    with child:
        assert child.stdout is not None
        for _ in range(batches):
            assert child.stdout.readline()
        child.kill()
    ledger = Ledger(path)
    assert ledger.size % BATCH == 0
    assert ledger.size >= batches * BATCH
    everything = facts(ledger.size + BATCH)
    await ledger.apply("referrals", everything)
    assert ledger.pages.root(len(everything)) == root_of(everything)
    await ledger.close()
