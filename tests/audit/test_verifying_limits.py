"""Verifying says what it could not check, and blames nobody where nobody can be blamed."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from services.audit.ledger.writing import Ledger
from services.audit.verifying.finding import Finding, Kind, Side
from services.audit.verifying.verify import verify
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import StandingClock
from tests.audit.scene import FRIDAY, SOURCES, Scene, by_force, facts, hashed_anew, heard, said


def later(scene: Scene, *, heard_by_ledger: bool) -> None:
    """Let one more fact come, after every head."""

    async def tell() -> None:
        store = SqliteStore.open(
            scene.origin("councils"), StandingClock(FRIDAY + timedelta(hours=1))
        )
        await store.append("councils-9", -1, [said(99, "councils")])
        if heard_by_ledger:
            ledger = Ledger(scene.ledger)
            await heard(ledger, "councils", store)
            await ledger.close()
        await store.close()

    asyncio.run(tell())


def test_a_store_that_is_not_there(scene: Scene) -> None:
    """A service whose store is missing is named as not compared; the rest is checked."""
    scene.origin("councils").unlink()
    (finding,) = scene.findings()
    assert (finding.kind, finding.source) == (Kind.NOT_CHECKED, "councils")


def test_without_stores_the_ledger_is_still_checked(scene: Scene) -> None:
    """The ledger's own bytes and the kept heads need no store to show an edit."""
    with by_force(scene.ledger) as ledger:
        ledger.execute("UPDATE entry SET type = 'x.y.v1' WHERE number = 7")
    (fault,) = [each for each in scene.findings(without=SOURCES) if each.fault]
    assert (fault.kind, fault.source, fault.position, fault.number) == (
        Kind.EDITED,
        "referrals",
        6,
        7,
    )


def test_without_kept_heads_it_says_so(scene: Scene) -> None:
    """With nobody's heads to go by, what cannot be excluded is said."""
    (finding,) = scene.findings(keepers=False)
    assert (finding.kind, finding.side) == (Kind.NOT_CHECKED, Side.HEADS)


def test_a_bare_log_cut_short_verifies_without_kept_heads(scene: Scene) -> None:
    """Why heads are kept elsewhere: who holds the key can cut the log, and only they tell."""
    with by_force(scene.ledger) as ledger:
        ledger.execute("DELETE FROM entry WHERE number >= 12")
        ledger.execute("DELETE FROM head WHERE number = 4")
        hashed_anew(ledger, scene.signer())
    alone = scene.findings(keepers=False, without=SOURCES)
    assert not any(finding.fault for finding in alone)
    assert [finding.kind for finding in scene.faults()] == [Kind.TRUNCATED]


def test_a_fact_on_its_way_is_no_fault(scene: Scene) -> None:
    """What a store has and the ledger has not heard yet is named and blamed on nobody."""
    later(scene, heard_by_ledger=False)
    (finding,) = scene.findings()
    assert (finding.kind, finding.source, finding.position) == (Kind.NOT_YET_HEARD, "councils", 6)
    assert not finding.fault


def test_what_no_head_covers_is_said(scene: Scene) -> None:
    """Entries younger than every kept head are held against the stores only."""
    later(scene, heard_by_ledger=True)
    (finding,) = scene.findings()
    assert (finding.kind, finding.number, finding.last) == (Kind.NOT_YET_KEPT, 15, 15)


def test_where_no_head_reaches_neither_side_is_blamed(scene: Scene) -> None:
    """Before a head covers an entry, ledger and store are one word against the other."""
    later(scene, heard_by_ledger=True)
    with by_force(scene.origin("councils")) as store:
        store.execute("UPDATE facts SET data = x'00' WHERE position = 6")
    (fault,) = scene.faults()
    assert (fault.kind, fault.side, fault.number) == (Kind.EDITED, Side.EITHER, 15)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("source = 'councils', position = 99", "position 6 of referrals"),
        ("source = 'elsewhere'", "position 6 of referrals"),
        ("position = 60", "position 6"),
    ],
)
def test_an_edited_label(scene: Scene, change: str, said: str) -> None:
    """Source and position of an entry are in no leaf; the store tells when they are wrong."""
    with by_force(scene.ledger) as ledger:
        ledger.execute(f"UPDATE entry SET {change} WHERE number = 7")  # noqa: S608 - three changes
    first = scene.faults()[0]
    assert (first.kind, first.side, first.number) == (Kind.EDITED, Side.LEDGER, 7)
    assert said in first.detail


def test_a_source_renamed(scene: Scene) -> None:
    """All entries of a service under another name are not taken for facts that are on their way."""
    with by_force(scene.ledger) as ledger:
        ledger.execute("UPDATE entry SET source = 'elsewhere' WHERE source = 'councils'")
    (fault,) = scene.faults()
    assert (fault.kind, fault.side, fault.number) == (Kind.EDITED, Side.LEDGER, 2)
    assert "position 1 of councils" in fault.detail


def test_a_stored_leaf_edited(scene: Scene) -> None:
    """A leaf that no longer fits its entry is found, though nothing else is wrong."""
    with by_force(scene.ledger) as ledger:
        ledger.execute("UPDATE entry SET leaf = zeroblob(32) WHERE number = 7")
    (fault,) = scene.faults()
    assert (fault.kind, fault.side, fault.number) == (Kind.EDITED, Side.LEDGER, 7)


def test_a_stored_node_edited(scene: Scene) -> None:
    """A node that does not fit the entries below it is found: it would spoil proofs."""
    with by_force(scene.ledger) as ledger:
        ledger.execute("UPDATE node SET hash = zeroblob(32) WHERE level = 2 AND number = 1")
    (fault,) = scene.faults()
    assert (fault.kind, fault.side, fault.number, fault.last) == (Kind.EDITED, Side.LEDGER, 4, 7)


def test_a_ledger_without_its_guards(scene: Scene) -> None:
    """Triggers that are gone are reported: somebody made ready to change the ledger."""
    with closing(sqlite3.connect(scene.ledger)) as ledger:
        ledger.execute("DROP TRIGGER entry_stays")
    (fault,) = scene.faults()
    assert fault.kind is Kind.UNGUARDED
    assert "entry_stays" in fault.detail


def test_a_kept_head_that_was_forged(scene: Scene) -> None:
    """A kept head whose signature does not fit is reported and not gone by."""
    with by_force(scene.keeper) as keeper:
        keeper.execute("UPDATE kept SET note = replace(note, '15', '16') WHERE position = 5")
    (fault,) = scene.faults()
    assert (fault.kind, fault.side) == (Kind.NOT_SIGNED, Side.HEADS)
    assert "head 5" in fault.detail


def test_a_head_removed_from_the_ledger(scene: Scene) -> None:
    """The ledger's own heads are numbered, so that one taken out is missed."""
    with by_force(scene.ledger) as ledger:
        ledger.execute("DELETE FROM head WHERE number = 2")
    (fault,) = scene.faults()
    assert (fault.kind, fault.detail) == (Kind.DELETED, "head 2 of the ledger's own")


def test_a_file_that_is_no_ledger(scene: Scene) -> None:
    """What is no database at all is damaged, and verifying does not break on it."""
    scene.ledger.write_bytes(b"no ledger" * 1000)
    assert [finding.kind for finding in scene.findings()] == [Kind.DAMAGED]


def test_a_ledger_that_grows_meanwhile(scene: Scene) -> None:
    """A running platform is verified as it stood when verifying began."""
    origins = {each: scene.origin(each) for each in SOURCES}

    def grow(*_done: int) -> None:
        async def tell() -> None:
            ledger = Ledger(scene.ledger)
            await ledger.apply("referrals", facts(20, first=11))
            await ledger.sign(scene.signer())
            await ledger.close()

        asyncio.run(tell())

    assert list(verify(scene.ledger, origins, [scene.keeper], scene.key, grow)) == []


def test_verifying_tells_how_far_it_is(scene: Scene) -> None:
    """Whoever waits for a long ledger sees it move."""
    told: list[tuple[int, int]] = []
    origins = {each: scene.origin(each) for each in SOURCES}
    list(verify(scene.ledger, origins, [scene.keeper], scene.key, lambda *done: told.append(done)))
    assert told == [(15, 15)]


def test_a_finding_is_said_in_both_languages() -> None:
    """A finding is a sentence for the auditor in Danish and in English, with the place in it."""
    edited = Finding(Kind.EDITED, Side.LEDGER, "referrals", 6, 7, 8)
    assert edited.words().en == "Edited in the ledger: entries 7–8, referrals, position 6"
    assert edited.words().da == "Ændret i loggen: post 7–8, referrals, position 6"
    hidden = Finding(Kind.REHASHED, Side.LEDGER, number=7, how=Kind.EDITED, detail="x")
    assert hidden.words().en == "Rewritten and hashed anew (edited) in the ledger: entry 7 [x]"
