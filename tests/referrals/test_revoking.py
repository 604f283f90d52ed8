"""When a shared view has closed, the vault itself no longer opens what is gone from it."""

import asyncio
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.referrals.revoking import Revoking
from services.referrals.sweeping import Sweeping
from shared.eventstore.codec import tokens
from shared.eventstore.port import EventStore, NewEvent
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import SystemClock
from shared.kernel.ids import UnitId
from shared.kernel.personal import ERASED
from shared.rulebook.content import Rulebook
from shared.vault.wraps import Share
from tests.referrals import asking, keeping
from tests.referrals import people as who
from tests.referrals.desk import Desk, desk
from tests.referrals.overtaken import Overtaken
from tests.referrals.ways import INFOHUS

TOGETHER = (
    *(asking.send(INFOHUS), asking.deliver(INFOHUS), asking.receive(INFOHUS)),
    *(asking.check(INFOHUS), asking.let_in(INFOHUS)),
)
LEAVES = keeping.leave(INFOHUS.further)
SAID = asking.write(INFOHUS, INFOHUS.sender, text="Sagt, mens de gik.")


def revoking(at: Desk) -> Revoking:
    """Give the policy as it is after a start: it knows what the vault knows, and no more."""
    return Revoking(at.vault, at.store, at.handler)


async def opened(at: Desk, case: UUID, unit: UnitId) -> list[str]:
    """Give where a unit's authority can open anything, by version and field."""
    return [place for place, value in (await at.read(case, unit)).items() if value is not ERASED]


async def test_who_leaves_leaves_the_keys(at_the_desk: Desk) -> None:
    """The vault opens for who has left what they wrote themselves, and for who stays as before."""
    case = await at_the_desk.begin(INFOHUS, *TOGETHER, LEAVES)
    had = await opened(at_the_desk, case, INFOHUS.taker)
    assert len(await opened(at_the_desk, case, INFOHUS.further)) > 1
    assert await revoking(at_the_desk).catch_up()
    assert await opened(at_the_desk, case, INFOHUS.further) == ["6 reason"]
    assert await opened(at_the_desk, case, INFOHUS.taker) == had


async def test_what_was_told_while_somebody_left_is_taken_back(
    tmp_path: Path, rulebook: Rulebook
) -> None:
    """A key made by the try that lost to the leaving does not stay with the one that won."""
    store = SqliteStore.open(tmp_path / "events.db", SystemClock())
    overtaken = Overtaken(store)
    async with desk(tmp_path, overtaken, rulebook) as at:
        case, policy = await at.begin(INFOHUS, *TOGETHER), revoking(at)
        overtaken.first = partial(at.ask, case, LEAVES)
        leaving = asyncio.create_task(at.ask(case, SAID))
        await leaving
        while await policy.catch_up():
            pass
        assert await opened(at, case, INFOHUS.further) == ["6 reason"]
        assert "7 text" in await opened(at, case, INFOHUS.taker)
    await store.close()


async def test_a_key_that_a_slow_request_brings_back_is_found_by_the_sweeping(
    at_the_desk: Desk,
) -> None:
    """Its cause has come long ago, so nobody doubts it; the view that it would open has closed."""
    case, policy = await at_the_desk.begin(INFOHUS, *TOGETHER, LEAVES), revoking(at_the_desk)
    await policy.catch_up()
    facts = await at_the_desk.facts(case)
    sent, let_in = facts[1], facts[5]
    token = next(iter(tokens(sent.event).values()))
    by, reader = who.AUTHORITY_OF[INFOHUS.sender], who.AUTHORITY_OF[INFOHUS.further]
    late = Share(token=token, cause=let_in.id, case=case, by=by, reader=reader)
    await at_the_desk.vault.grant([late])
    assert len(await opened(at_the_desk, case, INFOHUS.further)) > 1
    assert await Sweeping(at_the_desk.vault, at_the_desk.store, 3600.0, policy).sweep() == 1
    assert await opened(at_the_desk, case, INFOHUS.further) == ["6 reason"]


async def test_it_goes_on_where_the_vault_remembers(at_the_desk: Desk) -> None:
    """After a restart what happened meanwhile is taken in, and what is done is not read again."""
    case = await at_the_desk.begin(INFOHUS, *TOGETHER, LEAVES)
    assert await revoking(at_the_desk).catch_up()
    assert not await revoking(at_the_desk).catch_up()
    await at_the_desk.ask(case, asking.withdraw(INFOHUS))
    assert await revoking(at_the_desk).catch_up()
    assert await opened(at_the_desk, case, INFOHUS.taker) == ["5 reason"]


async def test_a_store_that_was_restored_is_heard_from_its_head(at_the_desk: Desk) -> None:
    """What the vault remembers of facts that are no more does not hide those that come instead."""
    await at_the_desk.vault.revoke([], until=1_000)
    policy = revoking(at_the_desk)
    assert not await policy.catch_up()
    assert await at_the_desk.vault.revoked_until() == 0
    case = await at_the_desk.begin(INFOHUS, *TOGETHER, LEAVES)
    assert await policy.catch_up()
    assert await opened(at_the_desk, case, INFOHUS.further) == ["6 reason"]


async def test_a_referral_that_nobody_can_read_keeps_no_other_waiting(at_the_desk: Desk) -> None:
    """A fact of a later program stops its own case alone, and is met again after a start."""
    newer = await at_the_desk.begin(INFOHUS, *TOGETHER)
    fact = (await at_the_desk.store.read_stream(f"referral-{newer}"))[-1]
    unknown = NewEvent(uuid4(), "referral.of-a-later-program.v1", {}, b"{}")
    await at_the_desk.store.append(fact.stream, fact.version, [unknown])
    case, policy = await at_the_desk.begin(INFOHUS, *TOGETHER, LEAVES), revoking(at_the_desk)
    while await policy.catch_up():
        pass
    assert await opened(at_the_desk, case, INFOHUS.further) == ["6 reason"]
    assert await at_the_desk.vault.revoked_until() < fact.position


@pytest.mark.parametrize("store", ["memory"], indirect=True)
async def test_it_runs_until_it_is_stopped(at_the_desk: Desk, store: EventStore) -> None:
    """It waits for what comes, takes it in, and ends when it is asked to."""
    stopping = asyncio.Event()
    running = asyncio.create_task(revoking(at_the_desk).run(stopping))
    case = await at_the_desk.begin(INFOHUS, *TOGETHER, LEAVES)
    head = await store.head()
    async with asyncio.timeout(30):
        while True:
            if await at_the_desk.vault.revoked_until() == head:
                break
            await asyncio.sleep(0)
    assert await opened(at_the_desk, case, INFOHUS.further) == ["6 reason"]
    stopping.set()
    await running
