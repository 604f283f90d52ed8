"""How a fault that was ordered looks to the client, before, after or instead of the real answer."""

import asyncio
from collections.abc import AsyncIterator, Callable

import grpc
from esdbclient.protos.Grpc import streams_pb2 as wire
from pydantic import ValidationError

from shared.testing.esdb import answering
from shared.testing.esdb.answering import ServicerContext
from shared.testing.esdb.faults import METHOD, SERVICE, Call, Fault, FaultBook, Order

LOST = "Socket closed"
FOR_EVER = 24 * 3600


class Striker:
    """Carries out the orders in a book; *here* is the "host:port" of the server itself."""

    def __init__(self, book: FaultBook, here: Callable[[], str]) -> None:
        self._book = book
        self._here = here

    def append(self) -> Order | None:
        """Give what goes wrong with the append that begins now."""
        return self._book.strike("append")

    async def before(
        self, order: Order | None, context: ServicerContext
    ) -> wire.BatchAppendResp | None:
        """Let go wrong what does so before anything is done; gives an answer if there is one."""
        match order.fault if order else None:
            case Fault.SLOW_UNDONE:
                await asyncio.sleep(FOR_EVER)
            case Fault.LOST_UNDONE:
                await answering.abort_unavailable(context, LOST)
            case Fault.NOT_LEADER:
                await self._another_leads(order, context)
            case Fault.REFUSED:
                return answering.unknown()
        return None

    async def after(
        self, order: Order | None, context: ServicerContext
    ) -> wire.BatchAppendResp | None:
        """Let go wrong what does so when all is done; gives an answer if there is one."""
        match order.fault if order else None:
            case Fault.SLOW_DONE:
                await asyncio.sleep(FOR_EVER)
            case Fault.LOST_DONE:
                await answering.abort_unavailable(context, LOST)
            case Fault.TIMED_OUT:
                return answering.timed_out()
        return None

    async def among(
        self,
        call: Call,
        answers: AsyncIterator[wire.ReadResp | None],
        context: ServicerContext,
    ) -> AsyncIterator[wire.ReadResp]:
        """Pass *answers* on, and let go wrong what was ordered for this kind of call.

        None among them is a moment in which there was nothing to say.
        """
        async for answer in answers:
            is_event = answer is not None and answer.WhichOneof("content") == "event"
            order = self._book.strike(call, counts=is_event)
            await self.before(order, context)
            if order is not None and order.fault is Fault.TOO_SLOW:
                await answering.abort_too_slow(context)
            if answer is not None:
                yield answer
                if order is not None and order.fault is Fault.TWICE:
                    yield answer

    async def _another_leads(self, order: Order | None, context: ServicerContext) -> None:
        named = (order and order.leader) or self._here()
        host, _, port = named.rpartition(":")
        await answering.abort_not_leader(context, host, int(port))


def orders(take: Callable[[Order], None]) -> grpc.GenericRpcHandler:
    """Give the service by which a test orders faults; *take* gets each."""

    async def order(said: bytes, context: ServicerContext) -> bytes:
        try:
            take(Order.model_validate_json(said))
        except ValidationError as wrong:
            await answering.abort_unreadable(context, str(wrong))
        return b""

    handler = grpc.unary_unary_rpc_method_handler(order)
    return grpc.method_handlers_generic_handler(SERVICE, {METHOD: handler})
