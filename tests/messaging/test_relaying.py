"""What is stored goes out: once, in order, byte for byte, whatever happens to the bus."""

import json
from pathlib import Path
from urllib.parse import unquote

import pytest
from nats.js.errors import BadRequestError

from shared.messaging.relay import Relay
from shared.testing.nats import NatsServer, nats_server
from tests.messaging.stage import (
    DEADLINE,
    FOLLOWS,
    METADATA,
    STREAM,
    a_store,
    all_of,
    append,
    beyond,
    on_stream,
    on_the_bus,
    operating,
    owning,
    publish,
    running,
    until,
)


async def test_a_message_is_the_stored_fact_byte_for_byte(nats: NatsServer) -> None:
    """What followers hash is what the owner stored, to the last byte of metadata and data."""
    store = a_store()
    stored = await append(store, 3)
    async with owning(nats, store) as relay, operating(nats) as js:
        await until(lambda: relay.position == 3)
        assert [each.fact for each in await on_stream(js)] == stored
        assert [each.previous for each in await on_stream(js)] == [0, 1, 2]


async def test_the_metadata_can_be_read_in_plain_headers(nats: NatsServer) -> None:
    """Tracing and foreign systems read each entry from a header of its own, in ASCII."""
    store = a_store()
    (fact,) = await append(store)
    async with owning(nats, store) as relay, operating(nats) as js:
        await until(lambda: relay.position == 1)
        message = await js.get_msg(STREAM, seq=1)
        headers = message.headers or {}
        assert message.subject == "facts.referrals.referral.sent.v1"
        assert all(value.isascii() for value in headers.values())
        assert unquote(headers["rulebook"]) == METADATA["rulebook"]
        assert headers["traceparent"] == METADATA["traceparent"]
        assert headers["recorded_at"] == json.loads(fact.metadata)["recorded_at"]
        assert headers["Nats-Msg-Id"] == headers["id"] == str(fact.id)
        assert "not-a-header" not in headers


async def test_a_new_relay_goes_on_after_the_last_message(nats: NatsServer) -> None:
    """No checkpoint is kept: the stream itself says how far the relay came."""
    store = a_store()
    await append(store, 300)
    async with owning(nats, store) as relay:
        await until(lambda: relay.position == 300)
    await append(store, 5)
    async with owning(nats, store) as relay, operating(nats) as js:
        await until(lambda: relay.position == 305)
        assert [each.fact for each in await on_stream(js)] == await all_of(store)


async def test_what_nobody_waits_for_is_gathered(nats: NatsServer) -> None:
    """The first goes out at once and what follows in the pause later; nothing waits for ever."""
    store = a_store()
    async with owning(nats, store, pause=DEADLINE) as relay:
        await append(store)
        await until(lambda: relay.position == 1)
        await append(store, 5)
        assert relay.position == 1
    async with owning(nats, store, pause=0.01) as relay, operating(nats) as js:
        await append(store, 300)
        await until(lambda: relay.position == 306)
        assert [each.fact for each in await on_stream(js)] == await all_of(store)


async def test_a_service_starts_without_the_bus_and_finds_it_later(tmp_path: Path) -> None:
    """NATS down is no refusal: facts are stored, wait, and go out when it comes."""
    store = a_store()
    async with (
        nats_server(tmp_path, FOLLOWS, started=False) as server,
        on_the_bus(server, "referrals") as (bus,),
    ):
        relay = Relay(bus, store, "referrals")
        async with running(relay):
            await append(store, 3)
            await until(lambda: bus.errors > 0)
            assert not bus.healthy
            assert await relay.lag() == 3
            await server.start()
            await until(lambda: relay.position == 3)
            assert bus.healthy
            assert await relay.lag() == 0


async def test_a_bus_killed_in_the_middle_loses_and_doubles_nothing(nats: NatsServer) -> None:
    """After each ``kill -9`` the relay goes on after what the server really holds."""
    store = a_store()
    async with owning(nats, store) as relay:
        for _ in range(3):
            before = relay.position
            await append(store, 400)
            await beyond(before, relay)
            await nats.restart()
        await until(lambda: relay.position == 1200)
        async with operating(nats) as js:
            assert [each.fact for each in await on_stream(js)] == await all_of(store)


async def test_two_relays_at_once_never_mix_up_the_order(nats: NatsServer) -> None:
    """Each message is taken only right after its predecessor, whoever sends it."""
    store = a_store()
    async with owning(nats, store) as one, owning(nats, store) as other:
        for _ in range(30):
            await append(store, 20)
        await until(lambda: one.position == other.position == 600)
        async with operating(nats) as js:
            assert [each.fact for each in await on_stream(js)] == await all_of(store)


async def test_a_message_sent_late_is_not_stored(nats: NatsServer) -> None:
    """Even when the server has forgotten its id, a message has one place or none."""
    store = a_store()
    async with owning(nats, store) as relay, operating(nats) as js:
        await append(store, 3)
        await until(lambda: relay.position == 3)
        late = await js.get_msg(STREAM, seq=2)
        headers = {k: v for k, v in (late.headers or {}).items() if k != "Nats-Msg-Id"}
        with pytest.raises(BadRequestError, match="10071"):
            await js.publish(late.subject or "", late.data or b"", headers=headers)
        assert [each.fact for each in await on_stream(js)] == await all_of(store)


async def test_a_wiped_bus_is_filled_again_from_the_beginning(nats: NatsServer) -> None:
    """The bus is never the truth: what it lost, the store still has."""
    store = a_store()
    await append(store, 10)
    async with owning(nats, store) as relay:
        await until(lambda: relay.position == 10)
        await nats.wipe()
        await append(store, 2)
        await nats.start()
        async with operating(nats) as js:
            await until(lambda: relay.position == 12 and relay.problem is None)
            assert [each.fact for each in await on_stream(js)] == await all_of(store)


async def test_a_deleted_stream_is_made_again(nats: NatsServer) -> None:
    """An operator's mistake with one stream is noticed at the next fact."""
    store = a_store()
    await append(store, 3)
    async with owning(nats, store) as relay, operating(nats) as js:
        await until(lambda: relay.position == 3)
        await js.delete_stream(STREAM)
        await append(store)
        await until(lambda: relay.position == 4)
        assert [each.fact for each in await on_stream(js)] == await all_of(store)


async def test_nothing_is_added_to_another_history(nats: NatsServer) -> None:
    """A store restored to an earlier day must not go on where its lost future ended."""
    async with owning(nats, store := a_store()) as relay:
        await append(store, 2)
        await until(lambda: relay.position == 2)
    restored = a_store()
    await append(restored, 3)
    async with owning(nats, restored) as relay, operating(nats) as js:
        await until(lambda: "AnotherHistory" in (relay.problem or ""))
        assert [each.fact for each in await on_stream(js)] == await all_of(store)


async def test_a_message_that_no_relay_wrote_stops_the_relay(nats: NatsServer) -> None:
    """Where the end of the stream cannot be read, going on would be a guess."""
    store = a_store()
    async with owning(nats, store) as relay, operating(nats) as js:
        (fact,) = await append(store)
        await until(lambda: relay.position == 1)
        await publish(js, fact, 0, Nats_Msg_Id="another", position="not a number")
        await append(store)
        await until(lambda: "AnotherHistory" in (relay.problem or ""))


async def test_the_largest_fact_travels(nats: NatsServer) -> None:
    """What one append may hold, the bus carries: the server would cut the connection otherwise."""
    store = a_store()
    await append(store, 5, size=500 * 1024)
    async with owning(nats, store) as relay, operating(nats) as js:
        await until(lambda: relay.position == 5)
        assert [each.fact for each in await on_stream(js)] == await all_of(store)


async def test_messages_can_be_neither_deleted_nor_purged(nats: NatsServer) -> None:
    """The stream is set up explicitly: on disk, without limits, and closed to deleting."""
    async with owning(nats, a_store()) as relay, operating(nats) as js:
        await until(lambda: relay.problem is None)
        config = (await js.stream_info(STREAM)).config
        assert (config.deny_delete, config.deny_purge, config.storage) == (True, True, "file")
        assert (config.max_age, config.max_msgs, config.discard) == (0, -1, "new")
        assert config.subjects == ["facts.referrals.*.>"]
