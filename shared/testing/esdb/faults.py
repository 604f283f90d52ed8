"""What may be ordered of a test server to go wrong, and how a test orders it."""

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

import grpc
from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, model_validator

SERVICE = "kredslob.testing.Faults"
METHOD = "Order"

Call = Literal["append", "read", "subscribe"]


class Fault(StrEnum):
    """What goes wrong."""

    SLOW_DONE = "slow, done"
    """It is done, but no answer comes as long as the client waits."""
    SLOW_UNDONE = "slow, not done"
    """It is not done, and nothing comes as long as the client waits."""
    LOST_DONE = "lost, done"
    """It is done, but the connection ends instead of the answer."""
    LOST_UNDONE = "lost, not done"
    """The connection ends before anything is done, or in the middle of what is read."""
    TIMED_OUT = "timed out"
    """It is done, but the server says that it ran out of time before it knew."""
    REFUSED = "refused"
    """The server will not do it and cannot say why, as with a disk that takes no more."""
    NOT_LEADER = "not leader"
    """Another node leads; nothing is done."""
    TOO_SLOW = "too slow"
    """A subscription ends because its reader is."""
    TWICE = "twice"
    """A subscription says an event twice."""


MAY_HAPPEN: dict[Call, frozenset[Fault]] = {
    "append": frozenset(Fault) - {Fault.TOO_SLOW, Fault.TWICE},
    "read": frozenset({Fault.SLOW_UNDONE, Fault.LOST_UNDONE, Fault.NOT_LEADER}),
    "subscribe": frozenset(
        {Fault.SLOW_UNDONE, Fault.LOST_UNDONE, Fault.NOT_LEADER, Fault.TOO_SLOW, Fault.TWICE}
    ),
}


class Order(BaseModel):
    """*fault* for the next *times* calls, when *after* of them went well.

    For reads and subscriptions, those that run already among them, *after* counts events.
    *leader* is the "host:port" of whoever leads instead; none is the server itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault: Fault
    call: Call = "append"
    times: PositiveInt = 1
    after: NonNegativeInt = 0
    leader: str | None = None

    @model_validator(mode="after")
    def _happens(self) -> Self:
        if self.fault not in MAY_HAPPEN[self.call]:
            raise ValueError(f"{self.fault.value!r} is nothing that happens to {self.call!r}")
        return self


class FaultBook:
    """The orders that a server still has to carry out, oldest first."""

    def __init__(self) -> None:
        self._open: list[Order] = []

    def order(self, order: Order) -> None:
        """Put *order* behind those that are still open."""
        self._open.append(order)

    def strike(self, call: Call, *, counts: bool = True) -> Order | None:
        """Give what goes wrong now, if anything. What *counts* uses up one of those before it."""
        for place, order in enumerate(self._open):
            if order.call != call:
                continue
            if order.after:
                rest = order.model_copy(update={"after": order.after - counts})
                self._open[place] = rest
                return None
            self._open[place : place + 1] = [
                order.model_copy(update={"times": times}) for times in [order.times - 1] if times
            ]
            return order
        return None


class Faults:
    """A test's way to order faults of a server that runs elsewhere.

    *root* is the file with the certificate that the server's was signed with, where it speaks TLS.
    """

    def __init__(self, target: str, root: Path | None = None) -> None:
        self._target = target
        self._root = root

    async def order(self, order: Order) -> None:
        """Give the server *order*; it stands when this returns."""
        async with self._channel() as channel:
            await channel.unary_unary(f"/{SERVICE}/{METHOD}")(order.model_dump_json().encode())

    def _channel(self) -> grpc.aio.Channel:
        if self._root is None:
            return grpc.aio.insecure_channel(self._target)
        credentials = grpc.ssl_channel_credentials(self._root.read_bytes())
        return grpc.aio.secure_channel(self._target, credentials)
