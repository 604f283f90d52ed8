"""One request can be followed through every service, and no log says whom it was about."""

import asyncio
import json
import secrets
from typing import Any

import nats
from nats.js.api import RawStreamMsg

from shared.eventstore.port import Stored
from shared.eventstore.sqlite_log import SqliteLog
from shared.messaging.names import inbox_of, stream_of, subject_of
from shared.platform.layout import BUS
from tests.doors.cases import DRAFT, SENDING, drafted, received
from tests.doors.knocking import knock, refused
from tests.doors.people import POLICE, SSP, person
from tests.journeys.world import World

CANARIES = ("Kanariefugl Dørsen", "Kanarievej 7, 9999 Dørby", "Kanariens bekymring ved døren")


async def _stored(world: World, case: str, kind: str) -> Stored | None:
    log = SqliteLog.open(world.platform.var / "referrals/events.db")
    try:
        found = await log.read_stream(f"referral-{case}")
    finally:
        await log.close()
    return next((fact for fact in found if fact.type == kind), None)


async def _last_on_the_bus(world: World, kind: str) -> RawStreamMsg:
    """Read the last message of a kind as the service itself may: by its own name and password."""
    config = json.loads((world.platform.var / BUS / "nats.conf").read_text())
    user = next(e for e in config["authorization"]["users"] if e["user"] == "referrals")
    client = await nats.connect(
        f"nats://127.0.0.1:{config['port']}",
        user=user["user"],
        password=user["password"],
        inbox_prefix=inbox_of("referrals"),
    )
    try:
        return await client.jetstream().get_msg(
            stream_of("referrals"), subject=subject_of("referrals", kind)
        )
    finally:
        await client.close()


async def test_a_trace_goes_from_the_request_to_the_bus(world: World) -> None:
    """The trace id that a caller sends is found in the fact, on the bus, and in what follows it."""
    case, ssp = await drafted(world), person(world, SSP)
    trace = secrets.token_hex(16)
    caller = f"00-{trace}-{secrets.token_hex(8)}-01"
    sent = await knock(ssp, "POST", f"/referrals/{case}/sending", SENDING, traceparent=caller)
    assert sent.is_success

    async def followed() -> Stored | None:
        return await _stored(world, case, "referral.delivered.v1")

    delivered = await world.eventually("it is delivered", followed)
    fact = await _stored(world, case, "referral.sent.v1")
    assert fact is not None
    for each in (fact, delivered):
        said = json.loads(each.metadata)
        assert said["traceparent"].split("-")[1] == trace
        assert said["traceparent"] != caller
        assert said["correlation_id"].replace("-", "") == trace
    assert json.loads(delivered.metadata)["causation_id"] == str(fact.id)

    async def on_the_bus() -> RawStreamMsg | None:
        message = await _last_on_the_bus(world, fact.type)
        return message if (message.headers or {})["id"] == str(fact.id) else None

    message = await world.eventually("it is on the bus", on_the_bus)
    headers = message.headers or {}
    assert headers["traceparent"] == json.loads(fact.metadata)["traceparent"]
    assert message.data == fact.data


async def test_who_sends_no_trace_gets_one(world: World) -> None:
    """A request without a trace, or with one that cannot be read, begins a way of its own."""
    ssp, seen = person(world, SSP), set[str]()
    for told in (None, "nonsense", "00-" + "0" * 32 + "-" + "1" * 16 + "-01"):
        begun = await knock(ssp, "POST", "/referrals", DRAFT, traceparent=told)
        fact = await _stored(world, begun.json()["referral"], "referral.drafted.v1")
        assert fact is not None
        seen.add(json.loads(fact.metadata)["traceparent"].split("-")[1])
    assert len(seen) == 3
    assert "0" * 32 not in seen


def _logs(world: World) -> str:
    files = sorted((world.platform.var / "log").iterdir())
    assert {"referrals.log", "councils.log", "audit.log", "nats.log"} <= {f.name for f in files}
    return "".join(file.read_text("utf-8", "replace") for file in files)


async def test_no_log_says_whom_it_is_about(world: World) -> None:
    """Names, addresses, free text, units and programmes are in no log, however requests end."""
    ssp, police = person(world, SSP), person(world, POLICE)
    name, address, text = CANARIES
    intake = {"name": name, "address": address, "concern": text}
    begun = await ssp.post("/referrals", {**DRAFT, "intake": intake})
    case = begun.body["referral"]
    await ssp.post(f"/referrals/{case}/sending", {**SENDING, "necessity": text})
    wrong: list[tuple[str, str, Any]] = [
        ("POST", "/referrals", text.encode()),
        ("POST", "/referrals", {**DRAFT, "programme": text, name: text}),
        ("POST", "/referrals", {**DRAFT, "intake": {name: text}}),
        ("POST", "/referrals", json.dumps({**DRAFT, "intake": {"name": text * 20_000}}).encode()),
        ("POST", f"/referrals/{case}/sending", {**SENDING, "addressee": name}),
        ("GET", f"/referrals/{address}?q={text}", None),
        ("GET", f"/inbox?after={text}", None),
        ("GET", f"/{name}/{text}", None),
    ]
    for method, path, body in wrong:
        answer = await knock(ssp, method, path, body)
        assert answer.is_client_error
        assert answer.headers["content-type"] == "application/problem+json"
    refused(await knock(police, "GET", f"/referrals/{NEVER_MIND}"), "does-not-exist", 404)
    logged = await asyncio.to_thread(_logs, world)
    found = [each for each in (*CANARIES, SSP, POLICE, "infohus") if each in logged]
    escaped = [each for each in CANARIES if json.dumps(each)[1:-1] in logged]
    assert not found + escaped
    assert case not in logged


NEVER_MIND = "11111111-1111-4111-8111-111111111111"


async def test_a_request_leaves_one_line_with_its_trace(world: World) -> None:
    """A log line says by which door, how it ended and on which trace, and nothing else."""
    case, trace = await received(world), secrets.token_hex(16)
    caller = f"00-{trace}-{secrets.token_hex(8)}-01"
    await knock(person(world, SSP), "GET", f"/referrals/{case}", traceparent=caller)

    async def logged() -> list[dict[str, Any]]:
        text = await asyncio.to_thread((world.platform.var / "log/referrals.log").read_text)
        return [json.loads(line) for line in text.splitlines() if trace in line]

    (line,) = await world.eventually("it is logged", logged)
    assert (line["event"], line["method"], line["status"]) == ("request", "GET", 200)
    assert line["route"] == "/referrals/{referral_id}"
    assert "dropped" not in line
