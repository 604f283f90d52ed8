"""Another service keeps every head, so that a rewritten ledger is found out."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.domain.head.events import HeadSigned
from shared.eventstore.port import Stored
from shared.transparency.checkpoint import Checkpoint, log_name
from shared.transparency.keeping import HEAD_SIGNED, Alarm, HeadKeeper, kept_heads
from shared.transparency.note import Signer

SIGNER = Signer(log_name("oestjylland"), Ed25519PrivateKey.generate())
FORGER = Signer(SIGNER.name, Ed25519PrivateKey.generate())


@pytest.fixture
def keeper(tmp_path: Path) -> HeadKeeper:
    """A keeper that has heard nothing."""
    return HeadKeeper(tmp_path / "heads.db", SIGNER.public)


def note(size: int, root: str = "", signer: Signer = SIGNER) -> str:
    """Give a signed head."""
    digest = sha256(f"{size}{root}".encode()).digest()
    return Checkpoint(signer.name, size, digest).signed(signer)


def news(notes: Sequence[str], first: int = 1) -> list[Stored]:
    """Give heads as the audit's store would hold them."""
    bodies = [HeadSigned(note=each).model_dump_json().encode() for each in notes]
    return [
        Stored(first + n, "head-1", n, uuid4(), HEAD_SIGNED, b"{}", body)
        for n, body in enumerate(bodies)
    ]


def test_the_names_agree() -> None:
    """The keeper listens for the very fact that the audit states."""
    assert HeadSigned(note="").type == HEAD_SIGNED


async def test_heads_are_kept(keeper: HeadKeeper, tmp_path: Path) -> None:
    """Each head is kept as it was heard, once, and the longest is known."""
    notes = [note(3), note(5), note(9)]
    await keeper.apply("audit", news(notes[:2]))
    await keeper.apply("audit", news(notes))
    assert [head.note for head in kept_heads(tmp_path / "heads.db")] == notes
    assert keeper.alarms() == ()
    newest = keeper.newest()
    assert newest is not None
    assert newest.size == 9
    assert await keeper.position("audit") == 3


async def test_nothing_heard(keeper: HeadKeeper) -> None:
    """A keeper that has heard nothing knows no head and begins at the start."""
    assert keeper.newest() is None
    assert await keeper.position("audit") == 0


async def test_other_facts_are_passed_over(keeper: HeadKeeper, tmp_path: Path) -> None:
    """What else the audit says moves the keeper on and is not kept."""
    other = Stored(1, "order-1", 0, uuid4(), "audit.order-given.v1", b"{}", b"{}")
    await keeper.apply("audit", [other, *news([note(3)], first=2)])
    assert await keeper.position("audit") == 2
    assert [head.position for head in kept_heads(tmp_path / "heads.db")] == [2]


@pytest.mark.parametrize(
    ("then", "alarm"),
    [
        (note(5, signer=FORGER), Alarm.NOT_SIGNED),
        ("no note at all", Alarm.NOT_SIGNED),
        (note(5) + "— witness.example ø\n", Alarm.NOT_SIGNED),
        (note(2**63), Alarm.NOT_SIGNED),
        (note(4), Alarm.SHRUNK),
        (note(5, "another"), Alarm.TWO_ROOTS),
        (note(3, "another"), Alarm.TWO_ROOTS),
    ],
)
async def test_a_bad_head_is_an_alarm(keeper: HeadKeeper, then: str, alarm: Alarm) -> None:
    """A head not signed by the log, a log that shrank and two roots for one size raise an alarm."""
    await keeper.apply("audit", news([note(3), note(5), then, note(9)]))
    assert [(head.position, head.note, head.alarm) for head in keeper.alarms()] == [
        (3, then, alarm)
    ]
    assert await keeper.position("audit") == 4


@pytest.mark.parametrize(
    "body",
    [b"\xff{", b'{"note":"\\ud800"}', b"[" * 100_000],
    ids=["bytes", "half a letter", "deep"],
)
async def test_a_fact_that_is_no_head(keeper: HeadKeeper, body: bytes) -> None:
    """A body that cannot be read is an alarm and does not stop what comes after."""
    broken = Stored(1, "head-1", 0, uuid4(), HEAD_SIGNED, b"{}", body)
    await keeper.apply("audit", [broken, *news([note(3)], first=2)])
    assert [head.alarm for head in keeper.alarms()] == [Alarm.NOT_SIGNED]
    assert await keeper.position("audit") == 2


async def test_a_kept_head_stays(keeper: HeadKeeper, tmp_path: Path) -> None:
    """The keeper's own file refuses to change, remove or replace a head."""
    await keeper.apply("audit", news([note(3)]))
    with closing(sqlite3.connect(tmp_path / "heads.db")) as file:
        for change in (
            "DELETE FROM kept",
            "UPDATE kept SET note = ''",
            "INSERT OR REPLACE INTO kept SELECT * FROM kept",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="heads are kept"):
                file.execute(change)
