"""What another service stored comes in: all of it, in order, once, whatever the bus loses."""

from shared.messaging.consumer import Consumer
from shared.testing.nats import NatsServer
from tests.messaging.stage import (
    STREAM,
    Remembering,
    a_store,
    all_of,
    answering,
    append,
    following,
    make_stream,
    on_the_bus,
    operating,
    owning,
    publish,
    running,
    until,
)


async def test_every_fact_arrives_once_in_order_and_byte_for_byte(nats: NatsServer) -> None:
    """A follower holds what the owner stored, no more, no less, nothing changed."""
    store, sink = a_store(), Remembering()
    async with owning(nats, store, answers=False), following(nats, sink) as consumer:
        await append(store, 700)
        await until(lambda: consumer.position == 700 and consumer.problem is None)
    assert sink.of("referrals") == await all_of(store)


async def test_one_service_follows_two_others(nats: NatsServer) -> None:
    """Positions are kept per source, so the audit can follow everybody."""
    store, sink = a_store(), Remembering()
    await append(store, 3)
    async with owning(nats, store), on_the_bus(nats, "audit") as (bus,):
        referrals = Consumer(bus, "referrals", "ledger", sink)
        councils = Consumer(bus, "councils", "ledger", sink)
        async with running(referrals, councils):
            await until(lambda: referrals.position == 3)
            assert "NotFound" in (councils.problem or "")
            assert councils.head_age_seconds == float("inf")


async def test_a_hole_is_filled_by_the_owner_before_what_comes_after_it(nats: NatsServer) -> None:
    """A lost message is seen by its successor, which names it, and fetched in order."""
    store, sink = a_store(), Remembering()
    facts = await append(store, 6)
    async with operating(nats) as js, answering(nats, store):
        await make_stream(js)
        for fact in (facts[0], facts[1], facts[5]):  # as if the bus had lost the others
            await publish(js, fact, fact.position - 1)
        async with following(nats, sink) as consumer:
            await until(lambda: consumer.position == 6)
        assert sink.of("referrals") == await all_of(store)


async def test_a_lost_tail_is_found_by_asking_the_owner(nats: NatsServer) -> None:
    """A tail leaves no successor to show it, so the owner is asked how far it is."""
    store, sink = a_store(), Remembering()
    facts = await append(store, 5)
    async with operating(nats) as js, answering(nats, store):
        await make_stream(js)
        await publish(js, facts[0], 0)
        async with following(nats, sink, head_every=0.1) as consumer:
            await until(lambda: consumer.position == 5)
    assert sink.of("referrals") == await all_of(store)


async def test_an_owner_whose_stream_was_never_made_is_followed(nats: NatsServer) -> None:
    """Where there is no stream at all, the owner's own answers are enough."""
    store, sink = a_store(), Remembering()
    await append(store, 450)
    async with answering(nats, store), following(nats, sink) as consumer:
        await until(lambda: consumer.position == 450)
    assert sink.of("referrals") == await all_of(store)


async def test_a_fact_that_the_bus_cannot_carry_arrives_too(nats: NatsServer) -> None:
    """Neither a type that is no subject nor huge metadata stops relay or follower."""
    store, sink = a_store(), Remembering()
    await append(store)
    await append(store, kind="nosubject")
    await append(store)
    await append(store, kind="nosubject")
    async with owning(nats, store) as relay, following(nats, sink, head_every=0.1) as consumer:
        await until(lambda: relay.position == consumer.position == 4)
        async with operating(nats) as js:
            assert (await js.stream_info(STREAM)).state.messages == 2
    assert sink.of("referrals") == await all_of(store)


async def test_a_repetition_is_dropped(nats: NatsServer) -> None:
    """A relay that was away longer than the server remembers ids sends again: no second effect."""
    store, sink = a_store(), Remembering()
    facts = await append(store, 3)
    async with operating(nats) as js, following(nats, sink) as consumer:
        await make_stream(js)
        for again in ("first", "second"):
            for fact in facts[:2]:
                await publish(js, fact, fact.position - 1, Nats_Msg_Id=f"{again} {fact.id}")
        await publish(js, facts[2], 2)
        await until(lambda: consumer.position == 3)
    assert sink.of("referrals") == facts


async def test_a_message_that_no_relay_wrote_is_passed_over(nats: NatsServer) -> None:
    """What can be neither read nor removed must not stop what comes after it."""
    store, sink = a_store(), Remembering()
    (fact,) = await append(store)
    async with operating(nats) as js, following(nats, sink) as consumer:
        await make_stream(js)
        await js.publish("facts.referrals.referral.sent.v1", b"noise")
        await publish(js, fact, 0, Nats_Msg_Id="x", metadata="not base64")
        await publish(js, fact, 0)
        await until(lambda: consumer.position == 1)
        assert consumer.strangers == 2


async def test_an_owner_that_went_back_is_refused(nats: NatsServer) -> None:
    """Facts of a restored owner would carry positions already used: they must not be mixed."""
    sink = Remembering()
    async with following(nats, sink, head_every=0.1) as consumer:
        async with answering(nats, store := a_store()):
            await append(store, 3)
            await until(lambda: consumer.position == 3)
        async with answering(nats, restored := a_store()):
            await append(restored, 1)
            await until(lambda: "Contradiction" in (consumer.problem or ""))


async def test_a_chain_that_contradicts_what_was_applied_is_refused(nats: NatsServer) -> None:
    """A fact that claims a predecessor older than the last one applied is of another history."""
    store, sink = a_store(), Remembering()
    facts = await append(store, 3)
    async with operating(nats) as js, following(nats, sink) as consumer:
        await make_stream(js)
        await publish(js, facts[0], 0)
        await publish(js, facts[1], 1)
        await publish(js, facts[2], 1)
        await until(lambda: "Contradiction" in (consumer.problem or ""))
        assert sink.of("referrals") in ([], facts[:2])


async def test_lag_and_the_age_of_what_is_known_are_told_apart(nats: NatsServer) -> None:
    """A follower cut off from the owner must not look as if it were up to date."""
    store, sink = a_store(), Remembering()
    async with following(nats, sink, head_every=0.1) as consumer:
        assert consumer.head_age_seconds == float("inf")
        async with answering(nats, store):
            await append(store, 7)
            sink.refuse()
            await until(lambda: consumer.lag_events == 7)
            assert consumer.lag_seconds > 0
            sink.recover()
            await until(lambda: consumer.lag_events == 0)
            assert consumer.lag_seconds == 0
            await until(lambda: consumer.head_age_seconds < 0.1)
        await until(lambda: consumer.head_age_seconds > 0.5)
