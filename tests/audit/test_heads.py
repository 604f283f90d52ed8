"""Heads are signed when they are due and become facts exactly once."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from services.audit.app import HEARD
from services.audit.domain.head.events import HeadSigned
from services.audit.ledger.heads import PER_STREAM, HeadPublisher, head_due
from services.audit.ledger.writing import Ledger, Rewritten
from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import NewEvent, OutcomeUnknown, Stored
from shared.kernel.clock import StandingClock
from shared.platform.layout import READS, SERVICES
from shared.transparency.checkpoint import Checkpoint, log_name
from shared.transparency.note import Signer
from tests.audit.scene import FRIDAY, SAID_BY, facts

MINUTE = timedelta(minutes=1)


class Forgetful(MemoryStore):
    """A store that appends and then does not say so, once."""

    forgets = False

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Append, and lose the answer when told to."""
        answer = await super().append(stream, expected, events)
        if self.forgets:
            self.forgets = False
            raise OutcomeUnknown(stream)
        return answer


class Audit:
    """A ledger, a store for heads, a clock, and what publishes."""

    def __init__(self, folder: Path) -> None:
        self.clock = StandingClock(FRIDAY)
        self.store = Forgetful(self.clock)
        self.ledger = Ledger(folder / "ledger.db")
        self.signer = Signer.kept_in(folder / "head.key", log_name("oestjylland"))
        self.restart()

    def restart(self) -> None:
        """Forget whatever the publisher had in memory."""
        self.heads = HeadPublisher(
            self.ledger, self.store, signer=self.signer, clock=self.clock, said_by=SAID_BY
        )

    async def hear(self, count: int) -> None:
        """Let facts come in."""
        await self.ledger.apply("referrals", facts(count, first=self.ledger.size + 1))

    async def published(self) -> list[Checkpoint]:
        """Give the heads that are facts."""
        stored = await self.store.read_all(limit=10_000)
        notes = [HeadSigned.model_validate_json(fact.data).note for fact in stored]
        return [Checkpoint.verified(note, self.signer.public) for note in notes]


@pytest.fixture
async def audit(tmp_path: Path) -> AsyncIterator[Audit]:
    """An audit service that has heard nothing."""
    made = Audit(tmp_path)
    yield made
    await made.ledger.close()


def test_all_but_the_heads_are_entries() -> None:
    """Every source is heard but the audit's own: no head may make the next one due."""
    assert {*HEARD, "audit"} == {*SERVICES, *READS}
    assert "audit" not in HEARD


@pytest.mark.parametrize(
    ("size", "last_size", "after", "due"),
    [
        (0, 0, None, False),
        (1, 0, None, True),
        (7, 7, timedelta(days=1), False),
        (8, 7, timedelta(seconds=59), False),
        (8, 7, MINUTE, True),
        (1006, 7, timedelta(0), False),
        (1007, 7, timedelta(0), True),
    ],
)
def test_when_a_head_is_due(
    size: int, last_size: int, after: timedelta | None, *, due: bool
) -> None:
    """A growing ledger is signed every 1,000 entries and every minute; one at rest, never."""
    last_at = None if after is None else FRIDAY - after
    assert head_due(size, last_size, FRIDAY, last_at) is due


async def test_a_head_becomes_a_fact(audit: Audit) -> None:
    """A head is a fact of the audit service, said by the log, at the clock's time."""
    await audit.hear(3)
    assert await audit.heads.sign_if_due() == 1
    (fact,) = await audit.store.read_all()
    assert fact.type == "audit.head-signed.v1"
    assert fact.stream.startswith("head-")
    (head,) = await audit.published()
    assert (head.size, head.root) == (3, audit.ledger.pages.root(3))


async def test_a_head_is_no_entry(audit: Audit) -> None:
    """Signing does not make the ledger grow: else each head would make the next one due."""
    await audit.hear(3)
    for _ in range(3):
        await audit.heads.sign_if_due()
        audit.clock.forward(MINUTE)
    assert [head.size for head in await audit.published()] == [3]
    assert audit.ledger.size == 3


async def test_heads_follow_the_clock(audit: Audit) -> None:
    """Within a minute further entries wait for the next head."""
    for count, expected in ((1, 1), (1, 1), (0, 2), (5, 2), (1000, 3)):
        await audit.hear(count)
        if not count:
            audit.clock.forward(MINUTE)
        assert await audit.heads.sign_if_due() == expected


async def test_an_answer_that_was_lost(audit: Audit) -> None:
    """A head whose publishing has an unknown outcome is published once, also after a restart."""
    await audit.hear(1)
    audit.store.forgets = True
    with pytest.raises(OutcomeUnknown):
        await audit.heads.sign_if_due()
    assert await audit.heads.sign_if_due() == 1
    await audit.hear(1)
    audit.clock.forward(MINUTE)
    audit.store.forgets = True
    with pytest.raises(OutcomeUnknown):
        await audit.heads.sign_if_due()
    audit.restart()
    assert await audit.heads.sign_if_due() == 2
    assert [head.size for head in await audit.published()] == [1, 2]


async def test_heads_signed_and_not_published(audit: Audit) -> None:
    """What a crash left between signing and publishing is published next time, in order."""
    for _ in range(3):
        await audit.hear(1)
        await audit.ledger.sign(audit.signer)
    assert await audit.heads.sign_if_due() == 3
    assert [head.size for head in await audit.published()] == [1, 2, 3]


async def test_streams_of_heads_stay_short(audit: Audit) -> None:
    """After 500 heads the next stream begins, and a restart finds where it was."""
    for _ in range(PER_STREAM + 2):
        await audit.hear(1)
        await audit.ledger.sign(audit.signer)
    assert await audit.heads.sign_if_due() == PER_STREAM + 2
    stored = await audit.store.read_all(limit=1000)
    assert len({fact.stream for fact in stored}) == 2
    assert max(fact.version for fact in stored) == PER_STREAM - 1
    audit.restart()
    await audit.hear(1)
    assert await audit.heads.sign_if_due() == PER_STREAM + 3
    assert len(await audit.published()) == PER_STREAM + 3


async def test_a_ledger_older_than_its_heads(audit: Audit, tmp_path: Path) -> None:
    """A ledger restored from an old copy does not sign a second history."""
    await audit.hear(1)
    await audit.heads.sign_if_due()
    await audit.ledger.close()
    (tmp_path / "old").mkdir()
    audit.ledger = Ledger(tmp_path / "old" / "ledger.db")
    audit.restart()
    with pytest.raises(Rewritten):
        await audit.heads.sign_if_due()
