"""One request, followed by its trace through every service of a real platform, and nobody named."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from shared.api.exporting import OF_ALL
from shared.platform.activating import activate
from shared.platform.supervising import ROOT, Platform
from tests.api.receiving import Received, Receiver, receiving
from tests.doors.cases import FOR_THE_COMMITTEE, NAME, NECESSITY, TO_THE_COMMITTEE, draft
from tests.doors.knocking import knock
from tests.doors.people import COMMITTEE, SSP, appoint, person, subject_of, written
from tests.journeys.world import World

SENDING = "POST /referrals/{referral_id}/sending"
ON_THE_WAY = {
    ("referrals", SENDING),
    ("referrals", "delivery"),
    ("councils", "councils-docket referral.sent.v1"),
    ("councils", "referrals-propose"),
    ("audit", "audit-ledger referral.sent.v1"),
}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Give a receiver."""
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def platform(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Platform]:
    """Give a platform of its own that exports to the receiver."""
    monkeypatch.setenv(OF_ALL, receiver.url)
    people = str(written(tmp_path / "people.yaml"))
    running = Platform.start(tmp_path / "var", people=people)
    try:
        await asyncio.to_thread(running.wait_until_ready, within=90)
        await asyncio.to_thread(activate, running, ROOT / "rulebook")
        await asyncio.to_thread(appoint, running, [SSP, COMMITTEE])
        yield running
    finally:
        await asyncio.to_thread(running.stop)


async def test_a_referral_can_be_followed_through_every_service(
    platform: Platform, receiver: Receiver
) -> None:
    """What a request brought about elsewhere hangs together, and says nothing of any person."""
    trace, step = secrets.token_hex(16), secrets.token_hex(8)
    async with World(platform) as world:
        ssp = person(world, SSP)
        await world.eventually("the office is known", partial(_is_known, world))
        case = await draft(ssp, "psp", FOR_THE_COMMITTEE)
        sending = f"/referrals/{case}/sending"
        came = f"00-{trace}-{step}-01"
        assert (await knock(ssp, "POST", sending, TO_THE_COMMITTEE, traceparent=came)).is_success
        await world.eventually("it is told of", partial(_has_come, receiver, trace))
    spans = [each for each in receiver.spans if each.trace_id == trace]
    ids = {each.span_id for each in spans}
    assert all(each.parent in ids | {step} for each in spans)
    assert len(ids) == len(spans)
    sent = b"".join(receiver.bodies)
    secret = [case, SSP, COMMITTEE, "norddjurs", "psp", NAME, NECESSITY, subject_of(SSP)]
    assert not [each for each in secret if each.encode() in sent]


async def _is_known(world: World) -> bool:
    asked = [await knock(person(world, who), "GET", "/inbox") for who in (SSP, COMMITTEE)]
    return all(answer.is_success for answer in asked)


async def _has_come(receiver: Receiver, trace: str) -> bool:
    return {_called(each) for each in receiver.spans if each.trace_id == trace} >= ON_THE_WAY


def _called(span: Received) -> tuple[str, str]:
    return span.service, span.span.name
