"""Dockets are kept whatever is heard twice and whatever breaks in between."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from services.councils.keeping import HearsReferrals
from services.councils.witnessing import Witness
from shared.api.health import State
from shared.eventstore.port import Stored
from shared.rulebook.content import Rulebook
from shared.transparency.keeping import HEAD_SIGNED
from shared.transparency.note import Signer
from tests.councils.saying import ODDER, REFERRAL
from tests.councils.stage import DEADLINE, Councils, councils


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Councils]:
    """Give the running service with Odder's tovholder."""
    async with councils(tmp_path, rulebook) as running:
        await running.appoint("hanne", ODDER, "tovholder")
        yield running


class Forgets:
    """Where what was heard is noted: it fails, or it forgets."""

    def __init__(self, *, fails: bool) -> None:
        self.fails, self.noted = fails, 0

    async def position(self, source: str) -> int:  # noqa: ARG002 - the promise of a sink
        """Know of nothing."""
        return 0

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:  # noqa: ARG002 - as above
        """Note it, or fail."""
        if self.fails:
            raise OSError("made up: the disk is full")
        self.noted += len(facts)


async def test_news_heard_again_do_nothing_again(here: Councils) -> None:
    """All news of a withdrawn referral, heard again from the beginning, add not one fact."""
    referral = uuid4()
    await here.happens("referral.sent.v1", referral, addressee=ODDER)
    item = await here.item_of(referral, who="hanne")
    await here.happens("referral.withdrawn.v1", referral)
    await here.stage_of(item, "struck", who="hanne")
    before = await here.wiring.ground.store.read_all()
    news, notes = await here.referrals.read_all(), Forgets(fails=False)
    await HearsReferrals(here.wiring, notes).apply("referrals", news)
    await HearsReferrals(here.wiring, notes).apply("referrals", news[:1])
    assert notes.noted == 3
    assert await here.wiring.ground.store.read_all() == before


async def heard_again(here: Councils) -> None:
    """Hear all news from the beginning, as after the loss of where one had got to."""
    news = await here.referrals.read_all()
    await HearsReferrals(here.wiring, Forgets(fails=False)).apply("referrals", news)


async def test_a_docket_that_went_on_is_not_moved_by_old_news(here: Councils) -> None:
    """News that changed nothing when they came change nothing when read models are made anew.

    A referral comes back to an item that is there; later that item is returned, its referral
    declined, reopened, and the item screened: heard again, none of it is done again.
    """
    referral = uuid4()
    await here.happens("referral.sent.v1", referral, addressee=ODDER)
    item = await here.item_of(referral, who="hanne")
    await here.happens("referral.resent.v1", referral)
    async with asyncio.timeout(DEADLINE):
        while True:
            if len(await here.wiring.items.facts(f"item-{item}")) > 1:
                break
            await asyncio.sleep(0.01)
    body = {"reason": "criteria_not_met"}
    await here.done("POST", f"/items/{item}/return", who="hanne", body=body)
    await heard_again(here)
    await here.stage_of(item, "returned", who="hanne")
    for news in ("referral.declined.v1", "referral.reopened.v1"):
        await here.happens(news, referral)
    await here.stage_of(item, "proposed", who="hanne")
    await here.done("POST", f"/items/{item}/screening", who="hanne")
    before = await here.wiring.ground.store.read_all()
    await heard_again(here)
    assert await here.wiring.ground.store.read_all() == before


async def test_news_count_as_heard_only_when_acted_on(here: Councils) -> None:
    """An item is proposed before its news is noted: a crash between the two loses nothing."""
    await here.happens("referral.sent.v1", uuid4(), addressee="favrskov-ssp")
    (news,) = await here.referrals.read_all()
    sent = replace(news, data=news.data.replace(b"favrskov-ssp", ODDER.encode()))
    hearing = HearsReferrals(here.wiring, Forgets(fails=True))
    with pytest.raises(OSError, match="disk is full"):
        await hearing.apply("referrals", [sent])
    await here.wiring.up_to_date()
    (item,) = await here.docket("hanne")
    assert item["referral"] == sent.stream.removeprefix("referral-")


async def test_a_referral_sent_and_withdrawn_in_one_breath_is_struck(here: Councils) -> None:
    """A withdrawal finds the item that the news just before it, in the same batch, has proposed."""
    for kind in ("referral.sent.v1", "referral.withdrawn.v1"):
        await here.happens(kind, REFERRAL, addressee="favrskov-ssp")
    sent, withdrawn = await here.referrals.read_all()
    to_us = replace(sent, data=sent.data.replace(b"favrskov-ssp", ODDER.encode()))
    await HearsReferrals(here.wiring, Forgets(fails=False)).apply("referrals", [to_us, withdrawn])
    await here.wiring.up_to_date()
    (item,) = await here.docket("hanne", left=True)
    assert (item["referral"], item["stage"]) == (str(REFERRAL), "struck")


async def test_one_actor_and_cause_stand_behind_what_the_machine_does(here: Councils) -> None:
    """What a policy did is in the file of who keeps the docket, and names its cause."""
    referral = uuid4()
    await here.happens("referral.sent.v1", referral, addressee=ODDER)
    item = await here.item_of(referral, who="hanne")
    (proposed,) = await here.wiring.items.facts(f"item-{item}")
    (news,) = await here.referrals.read_all()
    assert proposed.authority == "oestjyllands-politi"
    assert proposed.metadata["regime"] == "led"
    assert proposed.metadata["causation_id"] == str(news.id)
    assert proposed.metadata["correlation_id"] == "00000000-0000-0000-0000-000000000007"


async def test_councils_witness_what_the_audit_signs(tmp_path: Path) -> None:
    """Heads are kept once the audit has published its key, and a bad one raises an alarm."""
    witness = Witness(tmp_path / "heads.db", tmp_path / "ledger.pub")
    assert (await witness.check()).state is State.DEGRADED
    with pytest.raises(FileNotFoundError):
        await witness.position("audit")
    signer = Signer.kept_in(tmp_path / "key", "kredslob-test")
    (tmp_path / "ledger.pub").write_text(f"{signer.public}\n")
    assert await witness.position("audit") == 0
    assert (await witness.check()).state is State.OK
    forged = Stored(1, "head-1", 0, uuid4(), HEAD_SIGNED, b"{}", b'{"note": "made up"}')
    await witness.apply("audit", [forged])
    assert await witness.position("audit") == 1
    assert (await witness.check()).state is State.DEGRADED
