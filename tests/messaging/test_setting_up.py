"""How a follower's consumer is set up, and what happens where somebody else set it up otherwise."""

from nats.js import api

from shared.messaging.durable import differences, wanted
from shared.testing.nats import NatsServer
from tests.messaging.stage import (
    STREAM,
    Remembering,
    a_store,
    append,
    following,
    make_stream,
    operating,
    owning,
    until,
)

DOCKET = "councils-docket"


async def test_a_consumer_is_durable_pulled_and_acknowledged(nats: NatsServer) -> None:
    """It is made explicitly, as it is wanted, and the server holds it so."""
    async with owning(nats, a_store()), following(nats, Remembering()) as consumer:
        await until(lambda: consumer.problem is None)
        async with operating(nats) as js:
            config = (await js.consumer_info(STREAM, DOCKET)).config
    assert differences(wanted(DOCKET), config) == ()
    assert (config.durable_name, config.deliver_subject) == (DOCKET, None)
    assert (config.ack_policy, config.max_deliver) == ("explicit", -1)


async def test_drift_that_may_be_changed_is_changed(nats: NatsServer) -> None:
    """A client that only binds would silently keep what was there."""
    store, sink = a_store(), Remembering()
    async with owning(nats, store) as relay, operating(nats) as js:
        await until(lambda: relay.problem is None)
        drifted = wanted(DOCKET).evolve(ack_wait=99, filter_subject="facts.referrals.other.>")
        await js.add_consumer(STREAM, drifted)
        async with following(nats, sink) as consumer:
            await append(store)
            await until(lambda: consumer.position == 1 and consumer.problem is None)
            config = (await js.consumer_info(STREAM, DOCKET)).config
    assert differences(wanted(DOCKET), config) == ()


async def test_drift_that_cannot_be_changed_is_refused_by_name(nats: NatsServer) -> None:
    """A consumer that began in the middle is not ours to follow; the operator learns why."""
    async with owning(nats, a_store()) as relay, operating(nats) as js:
        await until(lambda: relay.problem is None)
        drifted = wanted(DOCKET).evolve(deliver_policy=api.DeliverPolicy.NEW)
        await js.add_consumer(STREAM, drifted)
        async with following(nats, Remembering()) as consumer:
            await until(lambda: "ConsumerDiffers" in (consumer.problem or ""))
            assert "deliver_policy is 'new'" in (consumer.problem or "")


async def test_a_stream_set_up_otherwise_is_brought_in_line(nats: NatsServer) -> None:
    """What the relay finds is compared with what it wants, and updated."""
    async with operating(nats) as js:
        await make_stream(js)
        assert not (await js.stream_info(STREAM)).config.deny_purge
        async with owning(nats, a_store()) as relay:
            await until(lambda: relay.problem is None)
            assert (await js.stream_info(STREAM)).config.deny_purge
