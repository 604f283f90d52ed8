"""Where a collector is named, each step of a request is exported to it, and no more than that."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Wire
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from shared.api import otlp
from shared.api.exporting import OF_ALL, OF_TRACES, export_spans
from shared.api.tracing import asked_by, continued, taking_in
from shared.eventstore.port import Stored
from shared.kernel.refusals import NotPossible
from shared.testing.serving import serving
from tests.api.receiving import DEADLINE, Receiver, receiving
from tests.api.sample import A_REFERRAL, service

WAY, STEP = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CAME = f"00-{WAY}-{STEP}-01"
ROUTE = "/v1/referrals/{referral_id}/trace"


@pytest.fixture
async def receiver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    """Give a receiver that the standard variable names."""
    async with receiving() as receiver:
        monkeypatch.setenv(OF_ALL, receiver.url)
        yield receiver


@asynccontextmanager
async def exported(app: FastAPI, address: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Serve *app* with export to *address*, and give a client."""
    export_spans(app, "sample", {OF_ALL: address})
    async with serving(app) as url, httpx2.AsyncClient(base_url=url, timeout=DEADLINE) as client:
        yield client


def counted(told: str, outcome: str) -> float:
    """Give from */metrics* how many spans had this outcome."""
    name = f'kredslob_spans_total{{outcome="{outcome}"}} '
    return float(next(line for line in told.splitlines() if line.startswith(name)).split()[-1])


async def comes_to_count(client: httpx2.AsyncClient, outcome: str, least: int) -> None:
    """Wait until at least so many spans have had an outcome."""
    async with asyncio.timeout(DEADLINE):
        while counted((await client.get("/metrics")).text, outcome) < least:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.02)


async def test_a_request_is_one_span(receiver: Receiver) -> None:
    """Method, template, status and service, at its place on the way, and nothing else."""
    async with exported(service(), receiver.url) as client:
        path = f"/v1/referrals/{A_REFERRAL}/trace"
        told = (await client.get(path, headers={"traceparent": CAME})).json()
        (span,) = await receiver.until(1)
    assert (span.service, span.span.name, span.span.kind) == (
        "sample",
        f"GET {ROUTE}",
        Wire.SPAN_KIND_SERVER,
    )
    assert (span.trace_id, span.parent) == (WAY, STEP)
    assert told["now"] == f"00-{WAY}-{span.span_id}-01"
    assert span.attributes == {
        "http.request.method": "GET",
        "http.route": ROUTE,
        "http.response.status_code": 200,
    }
    assert span.span.start_time_unix_nano <= span.span.end_time_unix_nano
    assert [*span.span.events, *span.span.links] == []
    assert receiver.paths == ["/v1/traces"]


async def test_a_new_way_begins_here(receiver: Receiver) -> None:
    """A request without a trace begins one that is told of; it has no parent."""
    async with exported(service(), receiver.url) as client:
        told = (await client.get("/v1/referrals/1/trace")).json()["now"]
        (span,) = await receiver.until(1)
    assert told == f"00-{span.trace_id}-{span.span_id}-01"
    assert span.parent == ""


async def test_who_does_not_want_to_be_told_of_is_not(receiver: Receiver) -> None:
    """A way that somebody began unsampled stays so; the doors for machines are never told of."""
    async with exported(service(), receiver.url) as client:
        quiet = {"traceparent": f"00-{WAY}-{STEP}-00"}
        await client.get("/v1/referrals/1/trace", headers=quiet)
        for door in ("/healthz", "/readyz", "/metrics"):
            await client.get(door)
        await client.get("/v1/referrals/2/trace", headers={"traceparent": CAME})
    assert [(each.trace_id, each.span.name) for each in receiver.spans] == [(WAY, f"GET {ROUTE}")]


async def test_what_waits_is_sent_before_the_end(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that stops sends what it has first."""
    monkeypatch.setattr(otlp, "EVERY_MILLISECONDS", 3_600_000)
    async with exported(service(), receiver.url) as client:
        for number in range(20):
            await client.get(f"/v1/referrals/{number}/trace")
        assert receiver.spans == []
    assert len(receiver.spans) == 20


async def test_only_a_fault_of_ours_is_marked(receiver: Receiver) -> None:
    """A no is an answer; a 500 is an error, without a word of what went wrong."""

    async def breaks() -> None:
        raise RuntimeError("Kanariefugl")

    async with exported(service({"/broken": breaks}), receiver.url) as client:
        assert (await client.get("/broken")).status_code == 500
        assert (await client.get("/nowhere")).status_code == 404
    told = {each.span.name: each for each in receiver.spans}
    assert told["GET /broken"].span.status.code == Status.STATUS_CODE_ERROR
    assert told["GET /broken"].span.status.message == ""
    assert told["GET"].span.status.code == Status.STATUS_CODE_UNSET
    assert "http.route" not in told["GET"].attributes


async def test_no_span_says_whom_it_is_about(receiver: Receiver) -> None:
    """Ids, paths, queries, headers, tokens, bodies and made-up methods are in no byte sent."""
    canary = f"kanariefugl-{uuid4()}"

    async def breaks() -> None:
        raise RuntimeError(canary)

    headers = {
        "authorization": f"Bearer {canary}",
        "idempotency-key": canary,
        "baggage": f"userId={canary}",
        "tracestate": f"who={canary}",
        "user-agent": canary,
        "cookie": canary,
        "x-forwarded-for": canary,
    }
    async with exported(service({"/broken": breaks}), receiver.url) as client:
        for method, path in (
            ("GET", f"/v1/referrals/{canary}/trace?navn={canary}"),
            ("GET", f"/v1/referrals/{A_REFERRAL}/trace?q={canary}"),
            ("GET", f"/{canary}/{canary}"),
            ("POST", f"/v1/referrals/{canary}/answer"),
            ("PUT", f"/v1/referrals/{A_REFERRAL}/edit"),
            ("POST", "/broken"),
            (canary.partition("-")[0].upper(), "/v1/referrals/1/trace"),
        ):
            await client.request(method, path, headers=headers, json={"navn": canary})
    sent = b"".join(receiver.bodies)
    assert len(receiver.spans) == 7
    for secret in (canary, "kanariefugl", "KANARIEFUGL", str(A_REFERRAL), "127.0.0.1"):
        assert secret.encode() not in sent
    names = {name for each in receiver.spans for name in each.attributes}
    assert names == {"http.request.method", "http.route", "http.response.status_code"}


async def test_a_journey_is_one_trace(receiver: Receiver) -> None:
    """What the bus brings and what a policy asks for are steps on the way of the request."""
    async with exported(service(), receiver.url) as client:
        told = (await client.get("/v1/referrals/1/trace", headers={"traceparent": CAME})).json()
        fact = a_fact("referral.sent.v1", told["now"])
        with taking_in([fact, a_fact("head.signed.v1", "")], source="referrals", consumer="docket"):
            step = continued(told["now"])
            with asked_by("referrals", step):
                pass
        spans = {each.span.name: each for each in await receiver.until(3)}
    request, heard = spans[f"GET {ROUTE}"], spans["docket referral.sent.v1"]
    asked = spans["referrals"]
    assert {each.trace_id for each in spans.values()} == {WAY}
    assert request.span_id == heard.parent == asked.parent
    assert asked.span_id == step.span_id
    assert heard.span.kind == Wire.SPAN_KIND_CONSUMER
    assert heard.attributes == {
        "kredslob.source": "referrals",
        "kredslob.consumer": "docket",
        "kredslob.fact": "referral.sent.v1",
    }
    assert asked.attributes == {"kredslob.policy": "referrals"}


async def test_what_failed_was_not_taken_in(receiver: Receiver) -> None:
    """A batch that comes again is not told of yet; a command that failed says its kind."""
    fact = a_fact("referral.sent.v1", CAME)
    async with exported(service(), receiver.url):
        with (
            pytest.raises(OSError, match="kanariefugl"),
            taking_in([fact], source="referrals", consumer="docket"),
        ):
            raise OSError("kanariefugl")
        with pytest.raises(OSError, match="kanariefugl"), asked_by("delivery", continued(CAME)):
            raise OSError("kanariefugl")
        with pytest.raises(NotPossible), asked_by("referrals-strike", continued(CAME)):
            raise NotPossible
    failed, refused = receiver.spans
    assert failed.attributes == {"kredslob.policy": "delivery", "error.type": "OSError"}
    assert failed.span.status.code == Status.STATUS_CODE_ERROR
    assert refused.attributes["error.type"] == "NotPossible"
    assert refused.span.status.code == Status.STATUS_CODE_UNSET
    assert b"kanariefugl" not in receiver.bodies[0]


async def test_a_receiver_that_is_away_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are answered, what could not be sent is counted, and the end comes soon."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    monkeypatch.setattr(otlp, "EVERY_MILLISECONDS", 50)
    with socket.create_server(("127.0.0.1", 0)) as held:
        nobody = f"http://127.0.0.1:{held.getsockname()[1]}"
    monkeypatch.setenv(OF_ALL, nobody)
    async with exported(service(), nobody) as client:
        for number in range(10):
            assert (await client.get(f"/v1/referrals/{number}/trace")).status_code == 200
        await comes_to_count(client, "lost", 10)
        assert counted((await client.get("/metrics")).text, "sent") == 0


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of a receiver that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        monkeypatch.setenv(OF_ALL, address)
        yield address


async def test_a_receiver_that_hangs_costs_nothing(
    hanging: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits is bounded and the rest is dropped and counted; the end does not wait for it."""
    monkeypatch.setattr(otlp, "MOST_WAITING", 4)
    monkeypatch.setattr(otlp, "AT_ONCE", 2)
    monkeypatch.setattr(otlp, "LAST_WORDS", 0.05)
    async with exported(service(), hanging) as client:
        for number in range(10):
            assert (await client.get(f"/v1/referrals/{number}/trace")).status_code == 200
        told = (await client.get("/metrics")).text
        assert (counted(told, "dropped"), counted(told, "sent")) == (6, 0)


async def test_a_receiver_that_comes_back_is_told_again(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it refused is lost and counted; what comes later arrives."""
    monkeypatch.setattr(otlp, "EVERY_MILLISECONDS", 20)
    receiver.status = 400
    async with exported(service(), receiver.url) as client:
        await client.get("/v1/referrals/1/trace")
        await comes_to_count(client, "lost", 1)
        receiver.status = 200
        await client.get("/v1/referrals/2/trace", headers={"traceparent": CAME})
        await comes_to_count(client, "sent", 1)
    assert [each.trace_id for each in receiver.spans] == [WAY]


async def test_the_address_of_traces_is_taken_as_it_is(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable for traces alone names the whole path, and counts before the one for all."""
    monkeypatch.setenv(OF_TRACES, f"{receiver.url}/kredslob/spans")
    async with exported(service(), receiver.url) as client:
        await client.get("/v1/referrals/1/trace")
    assert receiver.paths == ["/kredslob/spans"]


def a_fact(kind: str, traceparent: str) -> Stored:
    """Give a fact as the bus brings it."""
    metadata = json.dumps({"traceparent": traceparent}).encode()
    return Stored(1, f"referral-{A_REFERRAL}", 0, uuid4(), kind, metadata, b"{}")
