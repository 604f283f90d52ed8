"""Who may do what on the bus: no more than its work needs, and nothing with another's."""

import asyncio
import json
import re
import stat
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from shared.messaging.bus import Bus
from shared.messaging.server import nats_config, nats_server_binary, service_user
from shared.testing.nats import NatsServer
from tests.messaging.stage import (
    STREAM,
    Remembering,
    a_store,
    answering,
    append,
    following,
    make_stream,
    on_the_bus,
    operating,
    owning,
    raw,
    until,
)

FORBIDDEN_TO_PUBLISH = [
    ("councils", "facts.referrals.referral.sent.v1"),
    ("councils", "facts.referrals.head.forged"),
    ("referrals", "facts.audit.read"),
    ("councils", f"$JS.API.STREAM.DELETE.{STREAM}"),
    ("councils", f"$JS.API.STREAM.MSG.GET.{STREAM}"),
    ("referrals", f"$JS.API.STREAM.DELETE.{STREAM}"),
    ("referrals", f"$JS.API.STREAM.PURGE.{STREAM}"),
    ("referrals", f"$JS.API.STREAM.MSG.DELETE.{STREAM}"),
    ("councils", f"$JS.API.CONSUMER.CREATE.{STREAM}.councils-other"),
    ("councils", f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.audit-ledger"),
    ("councils", f"$JS.ACK.{STREAM}.audit-ledger.1.1.1.1.1"),
    ("councils", f"$JS.API.CONSUMER.DELETE.{STREAM}.audit-ledger"),
    ("councils", "_INBOX_referrals.forged"),
]
FORBIDDEN_TO_HEAR = [
    ("councils", "_INBOX_referrals.>"),
    ("councils", "_INBOX.>"),
    ("councils", ">"),
    ("councils", "facts.referrals.>"),
    ("councils", "facts.referrals.read"),
    ("referrals", "$JS.API.>"),
]


@pytest.mark.parametrize(("user", "subject"), FORBIDDEN_TO_PUBLISH)
async def test_a_service_cannot_speak_where_it_has_no_business(
    nats: NatsServer, user: str, subject: str
) -> None:
    """No service writes another's facts, moves another's consumer, or deletes anything."""
    async with raw(nats, user) as (client, errors):
        await client.publish(subject, b"{}")
        await until(lambda: any("permissions violation for publish" in e.lower() for e in errors))


@pytest.mark.parametrize(("user", "subject"), FORBIDDEN_TO_HEAR)
async def test_a_service_cannot_listen_where_it_has_no_business(
    nats: NatsServer, user: str, subject: str
) -> None:
    """What others are told reaches nobody else: not their inboxes, not the facts under way."""
    async with raw(nats, user) as (client, errors):
        await client.subscribe(subject)
        await until(
            lambda: any("permissions violation for subscription" in e.lower() for e in errors)
        )


async def test_a_denial_makes_the_connection_unhealthy(nats: NatsServer) -> None:
    """A denial looks like a mere timeout to the one who asked, so readiness must show it."""
    async with on_the_bus(nats, "referrals") as (bus,):
        connection = await bus.connection()
        assert bus.healthy
        await connection.client.publish("facts.councils.docket.forged.v1", b"")
        await until(lambda: not bus.healthy)
        assert bus.errors == 1


async def test_daily_work_is_denied_nothing(nats: NatsServer) -> None:
    """The rights given are enough for everything that relay, owner and follower do."""
    store, sink = a_store(), Remembering()
    async with owning(nats, store) as relay, following(nats, sink, head_every=0.1) as consumer:
        await append(store, 10)
        await until(lambda: relay.position == consumer.position == 10)
        await until(lambda: relay.problem is consumer.problem is None)
        await until(lambda: consumer.head_age_seconds < 0.1)
        assert relay._bus.healthy  # noqa: SLF001 - the very connection that did the work
        assert consumer._bus.healthy  # noqa: SLF001 - as above
    assert not [line for line in nats.log if "violation" in line.lower()]


async def test_a_wrong_password_is_no_way_in(nats: NatsServer) -> None:
    """Another service's name opens nothing without its password."""
    address = service_user("referrals").address(nats.port)
    bus = await Bus.connect(address)
    await until(lambda: bus.errors > 1)
    assert not bus.healthy
    await bus.close()


async def test_a_question_is_never_stored_as_a_fact(nats: NatsServer) -> None:
    """The stream takes facts only: what others ask the owner leaves no trace in it."""
    async with answering(nats, a_store()), operating(nats) as js:
        await make_stream(js)
        async with on_the_bus(nats, "councils") as (bus,):
            assert b"head" in await bus.request("facts.referrals.head", b'{"after":0}')
            assert b"refused" in await bus.request("facts.referrals.read", b'{"after":"all"}')
            assert b"refused" in await bus.request("facts.referrals.read", b"\xff")
        assert (await js.stream_info(STREAM)).state.messages == 0


async def test_passwords_are_random_and_shown_nowhere(nats: NatsServer) -> None:
    """Neither printing an address nor the server's log gives a password away."""
    one, other = service_user("referrals"), service_user("referrals")
    assert one.password != other.password
    assert re.fullmatch(r"[\w-]{43}", one.password)
    assert one.password not in f"{one!r} {one.address(1)!r}"
    assert stat.S_IMODE(nats.config.stat().st_mode) == 0o600
    assert nats.address("referrals").password not in "".join(nats.log)


async def test_what_is_acknowledged_is_on_the_disk(tmp_path: Path) -> None:
    """The server syncs at every message, takes 2 MB, and listens to this machine alone."""
    config = tmp_path / "nats.conf"
    config.write_text(nats_config([service_user("referrals")], -1, tmp_path / "store"))
    process = await asyncio.create_subprocess_exec(
        *(nats_server_binary(), "-c", config, "-m", "-1"), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    said = ""
    async with asyncio.timeout(20):
        while "Server is ready" not in said:
            said += (await process.stderr.readline()).decode()
    found = re.search(r"monitor on (127\.0\.0\.1:\d+)", said)
    assert found
    settings = await asyncio.to_thread(_monitored, found[1])
    process.kill()
    await process.communicate()
    assert settings["config"]["sync_always"] is True
    assert "Listening for client connections on 127.0.0.1:" in said


def _monitored(address: str) -> Any:  # noqa: ANN401 - whatever JSON the server gives
    with urllib.request.urlopen(f"http://{address}/jsz") as reply:
        return json.load(reply)
