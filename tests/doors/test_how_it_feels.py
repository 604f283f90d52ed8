"""Every service says whether it lives, whether it can work, and what it was asked for."""

import re
from collections.abc import AsyncIterator
from functools import partial

import pytest

from shared.eventstore.sqlite_log import SqliteLog
from shared.platform.layout import BUS, LOGIN, SERVICES
from tests.doors.cases import FOR_THE_COMMITTEE, TO_THE_COMMITTEE, draft
from tests.doors.knocking import knock
from tests.doors.people import COMMITTEE, OVERSIGHT, SSP, person
from tests.journeys.world import Person, World

DOCKET = "/forums/psp-norddjurs/docket?size=200"


async def test_every_service_says_that_it_lives(world: World) -> None:
    """Liveness asks nothing of anything else, and needs no token."""
    for service in (*SERVICES, LOGIN):
        answer = await world.http.get(f"{world.platform.url(service)}/healthz")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert answer.headers["cache-control"] == "no-store"


async def test_every_service_says_whether_it_can_work(world: World) -> None:
    """Readiness names each thing that the service stands on."""
    for service in (*SERVICES, LOGIN):
        await world.eventually(f"{service} is well", partial(_feels, world, service, "ok"))
    for service in SERVICES:
        answer = (await world.http.get(f"{world.platform.url(service)}/readyz")).json()
        assert {"store", "views", "bus"} <= set(answer["checks"])


async def _feels(world: World, service: str, how: str) -> bool:
    answer = await world.http.get(f"{world.platform.url(service)}/readyz")
    return (answer.status_code, answer.json()["status"]) == (200, how)


async def test_metrics_name_no_case(world: World) -> None:
    """Requests are counted by the template of their door; no id, unit or programme is a label."""
    ssp = person(world, SSP)
    case = await draft(ssp, "psp", FOR_THE_COMMITTEE)
    await ssp.get(f"/referrals/{case}")
    await knock(ssp, "GET", f"/nowhere/{case}")
    for service in (*SERVICES, LOGIN):
        answer = await world.http.get(f"{world.platform.url(service)}/metrics")
        assert answer.status_code == 200
        for secret in (case, SSP, "norddjurs", "psp", "opdigtet."):
            assert secret not in answer.text
        if service in SERVICES:
            assert "kredslob_lag_events" in answer.text
    told = (await world.http.get(f"{world.platform.url('referrals')}/metrics")).text
    door = r'kredslob_http_requests_total\{method="GET",route="/referrals/\{referral_id\}",'
    assert re.search(door + r'status="2xx"\} [1-9]', told)


@pytest.fixture
async def without_bus(world: World) -> AsyncIterator[World]:
    """Give a platform whose bus was stopped; it runs again, and all is well, afterwards."""
    world.platform.stop_program(BUS)
    try:
        yield world
    finally:
        if BUS not in world.platform.pids():
            world.platform.start_program(BUS)
        for service in SERVICES:
            await world.eventually(
                f"{service} is well again", partial(_feels, world, service, "ok")
            )


async def test_without_the_bus_work_goes_on(without_bus: World) -> None:
    """With NATS down commands go on and ``/readyz`` says degraded; back again, all arrives."""
    world, ssp = without_bus, person(without_bus, SSP)
    committee, auditor = person(world, COMMITTEE), person(world, OVERSIGHT)
    for service in SERVICES:
        feels = partial(_feels, world, service, "degraded")
        await world.eventually(f"{service} says that it is degraded", feels)
        alive = await world.http.get(f"{world.platform.url(service)}/healthz")
        assert alive.status_code == 200

    cases = [await draft(ssp, "psp", FOR_THE_COMMITTEE) for _ in range(3)]
    for case in cases:
        await ssp.post(f"/referrals/{case}/sending", TO_THE_COMMITTEE)
    assert (await ssp.get(f"/referrals/{cases[0]}")).body["stage"] in {"sent", "delivered"}
    docket = str((await committee.get(DOCKET, service="councils")).body)
    assert not [case for case in cases if case in docket]

    world.platform.start_program(BUS)

    async def arrived() -> bool:
        docket = str((await committee.get(DOCKET, service="councils")).body)
        return all(case in docket for case in cases)

    await world.eventually("the items are on the docket", arrived)
    for case in cases:
        await world.eventually("the ledger has it all", partial(_replayed, auditor, case))


async def _replayed(auditor: Person, case: str) -> bool:
    answer = await knock(auditor, "GET", f"/referrals/{case}/replay", service="audit")
    if not answer.is_success:
        return False
    log = SqliteLog.open(auditor.world.platform.var / "referrals/events.db")
    try:
        stored = await log.read_stream(f"referral-{case}")
    finally:
        await log.close()
    told = [step["type"] for step in answer.json()["steps"]]
    return told == [fact.type for fact in stored] and "referral.delivered.v1" in told
