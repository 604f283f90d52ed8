"""A service says whether it lives, whether it can work, and what it has been asked for."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import pytest

from shared.api import health
from shared.api.health import Check, Finding, State
from tests.api.sample import A_REFERRAL, asking, service

OK, DEGRADED, DOWN = State.OK, State.DEGRADED, State.DOWN


def finding(state: State, note: str = "") -> Check:
    """Give a check that finds *state*."""

    async def look() -> Finding:
        return Finding(state, note)

    return look


async def failing() -> Finding:
    """Fail as a client library does."""
    raise ConnectionError("to nats://user:secret@nats")


async def hanging() -> Finding:
    """Never answer."""
    await asyncio.Event().wait()
    return Finding(OK)


@pytest.mark.parametrize(
    ("checks", "status", "state"),
    [
        ({}, 200, "ok"),
        ({"store": finding(OK)}, 200, "ok"),
        ({"store": finding(OK), "nats": finding(DEGRADED)}, 200, "degraded"),
        ({"store": finding(DOWN), "nats": finding(DEGRADED)}, 503, "down"),
        ({"nats": failing, "store": finding(OK)}, 503, "down"),
    ],
)
async def test_readiness_is_that_of_the_gravest_check(
    checks: Mapping[str, Check], status: int, state: str
) -> None:
    """Degraded is still ready; down is not; a check that fails is down; each is named."""
    async with asking(service(checks=checks)) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (status, state)
    assert set(answer.json()["checks"]) == set(checks)
    assert "secret" not in answer.text


async def test_a_note_tells_the_operator_more() -> None:
    """A check may say what it found."""
    checks = {"nats": finding(DEGRADED, "not heard for 61 s")}
    async with asking(service(checks=checks)) as client:
        told = (await client.get("/readyz")).json()
    assert told["checks"]["nats"] == {"status": "degraded", "note": "not heard for 61 s"}


async def test_a_check_that_hangs_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readiness is answered even where a check never is."""
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.01)
    async with asking(service(checks={"store": hanging})) as client:
        assert (await client.get("/readyz")).status_code == 503


async def test_being_alive_needs_nothing() -> None:
    """A service whose store is down is still alive."""
    async with asking(service(checks={"store": finding(DOWN)})) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_requests_are_counted_by_template_and_never_by_id() -> None:
    """Metrics name routes, methods and classes of status; no id, no made-up method."""
    async with asking(service()) as client:
        await client.get(f"/v1/referrals/{A_REFERRAL}/trace")
        await client.get(f"/v1/referrals/{UUID(int=A_REFERRAL.int + 1)}/trace")
        await client.put(f"/v1/referrals/{A_REFERRAL}/edit")
        await client.get("/anna/andersen")
        await client.request("ANNA", f"/v1/referrals/{A_REFERRAL}/trace")
        told = (await client.get("/metrics")).text
    counted = 'kredslob_http_requests_total{method="%s",route="%s",status="%s"} %s'
    assert counted % ("GET", "/v1/referrals/{referral_id}/trace", "2xx", "2.0") in told
    assert counted % ("PUT", "/v1/referrals/{referral_id}/edit", "4xx", "1.0") in told
    assert counted % ("GET", "none", "4xx", "1.0") in told
    assert str(A_REFERRAL).partition("-")[0] not in told
    assert "anna" not in told.lower()


async def test_two_services_in_one_process_count_for_themselves() -> None:
    """Each application has its own registry."""
    async with asking(service()) as one, asking(service()) as other:
        await one.get("/v1/referrals/1/trace")
        assert "trace" not in (await other.get("/metrics")).text
