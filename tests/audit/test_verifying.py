"""Whoever changes the ledger or a store is found out, and the first place is named."""

import pytest

from services.audit.ledger.reading import LedgerFile
from services.audit.verifying.finding import Finding, Kind, Side
from shared.transparency.checkpoint import Checkpoint
from tests.audit.scene import (
    Scene,
    by_force,
    exchanged,
    hashed_anew,
    made_room,
    taken_out,
)

# The ledger: 0 r1, 1 r2, 2 c1 | 3 r3, 4 r4, 5 c2 | 6 r5, 7 r6, 8 c3 | 9 r7, 10 r8, 11 c4 | ...
ONE_BYTE_OFF = b'{"text":"referrals 9"}'
"""What r6 says, but that it says 5."""


def place(finding: Finding) -> tuple[Kind, Side, str | None, int | None, int | None]:
    """Give what a finding names."""
    return finding.kind, finding.side, finding.source, finding.position, finding.number


def test_an_untouched_platform_is_whole(scene: Scene) -> None:
    """Nothing is found where nothing was done."""
    assert scene.findings() == []


def test_an_edited_entry(scene: Scene) -> None:
    """One byte changed in an entry of the ledger names that entry and its fact."""
    with by_force(scene.ledger) as ledger:
        ledger.execute("UPDATE entry SET data = ? WHERE number = 7", (ONE_BYTE_OFF,))
    (fault,) = scene.faults()
    assert place(fault) == (Kind.EDITED, Side.LEDGER, "referrals", 6, 7)


def test_an_edited_fact(scene: Scene) -> None:
    """A byte changed in a store is told from one changed in the ledger, by the heads."""
    with by_force(scene.origin("referrals")) as store:
        store.execute("UPDATE facts SET data = ? WHERE position = 6", (ONE_BYTE_OFF,))
    (fault,) = scene.faults()
    assert place(fault) == (Kind.EDITED, Side.ORIGIN, "referrals", 6, 7)


@pytest.mark.parametrize("number", [0, 6, 8, 13])
def test_a_deleted_entry(scene: Scene, number: int) -> None:
    """An entry that is gone leaves its number, and the fact it was is named from the store."""
    with by_force(scene.ledger) as ledger:
        row = ledger.execute(
            "SELECT source, position FROM entry WHERE number = ?", (number,)
        ).fetchone()
        ledger.execute("DELETE FROM entry WHERE number = ?", (number,))
    first = scene.faults()[0]
    assert place(first) == (Kind.DELETED, Side.LEDGER, *row, number)


def test_a_deleted_entry_closed_over(scene: Scene) -> None:
    """An entry that is gone, with all later ones moved up, is named too."""
    with by_force(scene.ledger) as ledger:
        taken_out(ledger, 4)
    (fault,) = scene.faults()
    assert place(fault) == (Kind.DELETED, Side.LEDGER, "referrals", 4, 4)
    assert fault.last == 5


def test_a_deleted_fact(scene: Scene) -> None:
    """A fact that is gone from a store is named from the ledger."""
    with by_force(scene.origin("councils")) as store:
        store.execute("DELETE FROM facts WHERE position = 2")
    (fault,) = scene.faults()
    assert place(fault) == (Kind.DELETED, Side.ORIGIN, "councils", 2, 5)


def test_an_inserted_entry(scene: Scene) -> None:
    """An entry that no store has is named."""
    with by_force(scene.ledger) as ledger:
        made_room(ledger, 6)
        ledger.execute(
            "INSERT INTO entry SELECT 6, source, 99, stream, 99, randomblob(16), type,"
            " metadata, data, leaf FROM entry WHERE number = 0"
        )
    (fault,) = scene.faults()
    assert place(fault) == (Kind.INSERTED, Side.LEDGER, "referrals", 99, 6)


def test_a_doubled_entry(scene: Scene) -> None:
    """A true fact entered a second time is an insertion."""
    with by_force(scene.ledger) as ledger:
        made_room(ledger, 7)
        ledger.execute(
            "INSERT INTO entry SELECT 7, source, 99, stream, version, id, type, metadata, data,"
            " leaf FROM entry WHERE number = 0"
        )
    (fault,) = scene.faults()
    assert place(fault) == (Kind.INSERTED, Side.LEDGER, "referrals", 99, 7)


def test_an_inserted_fact(scene: Scene) -> None:
    """A fact slipped in between two others of a store, which were moved for it, is named."""
    with by_force(scene.origin("councils")) as store:
        store.execute("UPDATE facts SET position = -position WHERE position >= 3")
        store.execute(
            "INSERT INTO facts (position, stream, version, id, type, metadata, data)"
            " VALUES (3, 'councils-7', 0, randomblob(16), 'a.b.v1', ?, x'00')",
            ('{"recorded_at":"2026"}',),
        )
        store.execute("UPDATE facts SET position = 1 - position WHERE position < 0")
    first = scene.faults()[0]
    assert place(first) == (Kind.INSERTED, Side.ORIGIN, "councils", 3, 8)


def test_a_doubled_fact(scene: Scene) -> None:
    """A true fact that stands in a store a second time is an insertion there."""
    with by_force(scene.origin("councils")) as store:
        store.execute("CREATE TABLE loose AS SELECT * FROM facts")
        store.execute("DROP TABLE facts")
        store.execute("UPDATE loose SET position = position + 1 WHERE position >= 4")
        store.execute(
            "INSERT INTO loose SELECT 4, stream, version, id, type, metadata, data, recorded_at"
            " FROM loose WHERE position = 1"
        )
        store.execute("ALTER TABLE loose RENAME TO facts")
    (fault,) = scene.faults()
    assert place(fault) == (Kind.INSERTED, Side.ORIGIN, "councils", 4, 11)


def test_reordered_entries(scene: Scene) -> None:
    """Two entries of one service that changed places: the first of them is named."""
    with by_force(scene.ledger) as ledger:
        exchanged(ledger, 4, 9)
    (fault,) = scene.faults()
    assert place(fault) == (Kind.REORDERED, Side.LEDGER, "referrals", 4, 4)


@pytest.mark.parametrize(("one", "other"), [(4, 5), (4, 8), (5, 12)])
def test_reordered_entries_of_two_services(scene: Scene, one: int, other: int) -> None:
    """Where each service's own order is kept, the tree still shows which entry moved."""
    with by_force(scene.ledger) as ledger:
        sources = ledger.execute(
            "SELECT source, position FROM entry WHERE number IN (?, ?)", (one, other)
        )
        assert len({source for source, _ in sources}) == 2
        exchanged(ledger, one, other)
    first = scene.faults()[0]
    assert (first.kind, first.side, first.number) == (Kind.REORDERED, Side.LEDGER, one)


def test_reordered_facts(scene: Scene) -> None:
    """Two facts of a store that changed places: the first of them is named."""
    with by_force(scene.origin("referrals")) as store:
        for now, then in ((3, -1), (6, 3), (-1, 6)):
            store.execute("UPDATE facts SET position = ? WHERE position = ?", (then, now))
    (fault,) = scene.faults()
    assert place(fault) == (Kind.REORDERED, Side.ORIGIN, "referrals", 3, 3)


@pytest.mark.parametrize("anew", [False, True])
def test_a_truncated_ledger(scene: Scene, *, anew: bool) -> None:
    """A ledger cut short, hashed and signed anew to match, is shorter than what others keep."""
    with by_force(scene.ledger) as ledger:
        ledger.execute("DELETE FROM entry WHERE number >= 13")
        if anew:
            hashed_anew(ledger)
            ledger.execute("DELETE FROM head WHERE number = 4")
    (fault,) = scene.faults()
    assert (fault.kind, fault.side, fault.number) == (Kind.TRUNCATED, Side.LEDGER, 13)
    assert "referrals 10 or councils 5" in fault.detail


def test_a_ledger_that_lost_its_last_entry(scene: Scene) -> None:
    """Where one fact only can be the one that is gone, it is named."""
    with by_force(scene.ledger) as ledger:
        ledger.execute("DELETE FROM entry WHERE number = 14")
    (fault,) = scene.faults()
    assert place(fault) == (Kind.TRUNCATED, Side.LEDGER, "councils", 5, 14)


def test_a_truncated_store(scene: Scene) -> None:
    """A store cut short lacks what the ledger has heard."""
    with by_force(scene.origin("referrals")) as store:
        store.execute("DELETE FROM facts WHERE position > 7")
    (fault,) = scene.faults()
    assert place(fault) == (Kind.TRUNCATED, Side.ORIGIN, "referrals", 8, 10)


def test_a_ledger_hashed_anew(scene: Scene) -> None:
    """An edit made to fit, heads signed anew and all, is betrayed by the heads that others kept."""
    with by_force(scene.ledger) as ledger:
        ledger.execute("UPDATE entry SET metadata = CAST('{}' AS BLOB) WHERE number = 7")
        hashed_anew(ledger, scene.signer())
    faults = scene.faults()
    assert place(faults[0]) == (Kind.REHASHED, Side.LEDGER, "referrals", 6, 7)
    assert faults[0].how is Kind.EDITED
    assert {each.kind for each in faults[1:]} == {Kind.CONTRADICTED}


def test_heads_of_the_ledgers_own_prove_nothing(scene: Scene) -> None:
    """Who rewrites the ledger can sign it too, so only heads that others kept clear it of blame."""
    signer = scene.signer()
    with by_force(scene.ledger) as ledger:
        ledger.execute("UPDATE entry SET metadata = CAST('{}' AS BLOB) WHERE number = 7")
        hashed_anew(ledger)
        forged = Checkpoint(signer.name, 8, LedgerFile(scene.ledger).root(8)).signed(signer)
        ledger.execute("UPDATE head SET note = ? WHERE number = 2", (forged,))
    first = scene.faults()[0]
    assert place(first) == (Kind.REHASHED, Side.LEDGER, "referrals", 6, 7)


def test_everything_hashed_anew(scene: Scene) -> None:
    """When the store was changed alike, the kept heads still tell between which sizes it was."""
    with by_force(scene.origin("referrals")) as store:
        store.execute("UPDATE facts SET data = x'00' WHERE position = 6")
    with by_force(scene.ledger) as ledger:
        ledger.execute("UPDATE entry SET data = x'00' WHERE number = 7")
        hashed_anew(ledger, scene.signer())
    first = scene.faults()[0]
    assert place(first) == (Kind.REHASHED, Side.LEDGER, None, None, 6)
    assert first.last == 8
