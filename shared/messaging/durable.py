"""A follower's place in a stream, kept by the server: made explicitly, checked at each start."""

from collections.abc import Sequence
from dataclasses import fields

from nats.js import JetStreamContext, api
from nats.js.errors import BadRequestError, NotFoundError, ServerError

_NOT_COMPARED = {"metadata", "max_waiting", "num_replicas", "mem_storage"}
"""What the server fills in by itself, and its operator may choose."""


class ConsumerDiffers(Exception):
    """A durable consumer of this name is set up otherwise, and cannot be changed to ours."""


def wanted(durable: str) -> api.ConsumerConfig:
    """Give the configuration of every durable consumer here.

    Pulled, acknowledged one by one, never given up (``max_deliver`` -1: a fact dropped by the
    server would be a silent hole). Room for four batches lets work go on after a crash, while
    what the crashed one had fetched waits to be delivered again.
    """
    return api.ConsumerConfig(
        name=durable,
        durable_name=durable,
        deliver_policy=api.DeliverPolicy.ALL,
        ack_policy=api.AckPolicy.EXPLICIT,
        replay_policy=api.ReplayPolicy.INSTANT,
        ack_wait=30,
        max_deliver=-1,
        max_ack_pending=1024,
    )


def differences(ours: api.ConsumerConfig, theirs: api.ConsumerConfig) -> tuple[str, ...]:
    """Give in words where two configurations differ; unset, zero and empty are the same."""
    return tuple(
        f"{field.name} is {getattr(theirs, field.name)!r}, not {getattr(ours, field.name)!r}"
        for field in fields(api.ConsumerConfig)
        if field.name not in _NOT_COMPARED
        and (getattr(theirs, field.name) or None) != (getattr(ours, field.name) or None)
    )


async def ensure(js: JetStreamContext, stream: str, durable: str) -> None:
    """Make the consumer, or bring the one there is to the configuration wanted.

    Raises ``ConsumerDiffers`` where the server does not allow that, and ``NotFoundError`` where
    there is no such stream.
    """
    ours = wanted(durable)
    try:
        drift = differences(ours, (await js.consumer_info(stream, durable)).config)
    except NotFoundError:
        await js.add_consumer(stream, ours)
        return
    if drift:
        await _change(js, stream, ours, drift)


async def _change(
    js: JetStreamContext, stream: str, ours: api.ConsumerConfig, drift: Sequence[str]
) -> None:
    refusal = "the server kept it"
    try:
        drift = differences(ours, (await js.add_consumer(stream, ours)).config)
    except (BadRequestError, ServerError) as error:
        refusal = str(error.description)
    if drift:
        raise ConsumerDiffers(f"{ours.durable_name}: {'; '.join(drift)} ({refusal})")
