"""The streams service of the test server, on the servicer class that the client brings."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from uuid import uuid4

from esdbclient.protos.Grpc import streams_pb2 as wire
from esdbclient.protos.Grpc import streams_pb2_grpc

from shared.testing.esdb import answering, appending, reading
from shared.testing.esdb.answering import ServicerContext
from shared.testing.esdb.appending import Proposal
from shared.testing.esdb.faults import Call
from shared.testing.esdb.filtering import NoSuchFilter
from shared.testing.esdb.following import FollowingAll, following_stream
from shared.testing.esdb.log import Log
from shared.testing.esdb.record import Record
from shared.testing.esdb.stream import Refused
from shared.testing.esdb.striking import Striker


class Streams(streams_pb2_grpc.StreamsServicer):
    """Appends, reads, subscriptions and deletions, with the faults that were ordered."""

    def __init__(self, log: Log, striker: Striker) -> None:
        self._log = log
        self._striker = striker
        self.deadlines: deque[float] = deque(maxlen=1000)

    async def BatchAppend(  # noqa: N802 - the protocol's name
        self, requests: AsyncIterator[wire.BatchAppendReq], context: ServicerContext
    ) -> AsyncIterator[wire.BatchAppendResp]:
        """Append what comes in, each append when its last part is there."""
        begun: dict[str, Proposal] = {}
        async for request in requests:
            if request.HasField("options"):
                begun[request.correlation_id.string] = _begun(request)
            asked = begun[request.correlation_id.string]
            for one in request.proposed_messages:
                asked.propose(one.id.string, one)
            if request.is_final:
                del begun[request.correlation_id.string]
                answer = await self._answered(asked, context)
                answer.correlation_id.CopyFrom(request.correlation_id)
                answer.stream_identifier.stream_name = asked.stream.encode()
                yield answer

    async def Append(  # noqa: N802 - the protocol's name
        self, requests: AsyncIterator[wire.AppendReq], context: ServicerContext
    ) -> wire.AppendResp:
        """Append what one call brings: first what is expected, then the events."""
        options = (await anext(requests)).options
        asked = Proposal(*answering.named(options), context.time_remaining() or appending.FOR_EVER)
        async for request in requests:
            asked.propose(request.proposed_message.id.string, request.proposed_message)
        answer = await self._answered(asked, context)
        return await answering.as_one_call(answer, asked.stream, context)

    async def Read(  # noqa: N802 - the protocol's name
        self, request: wire.ReadReq, context: ServicerContext
    ) -> AsyncIterator[wire.ReadResp]:
        """Give what is asked for once, or follow."""
        follows = request.options.WhichOneof("count_option") == "subscription"
        answers = (self._followed if follows else self._read)(request.options, context)
        call: Call = "subscribe" if follows else "read"
        try:
            async for answer in self._striker.among(call, answers, context):
                yield answer
        except (NoSuchFilter, reading.NoSuchPosition) as wrong:
            await answering.abort_unreadable(context, str(wrong))

    async def Delete(  # noqa: N802 - the protocol's name
        self, request: wire.DeleteReq, context: ServicerContext
    ) -> wire.DeleteResp:
        """Hide a stream until somebody appends to it again."""
        stream, expected = answering.named(request.options)
        done = await appending.delete(self._log, stream, expected)
        at = await self._done(done, stream, context)
        position = wire.DeleteResp.Position(commit_position=at, prepare_position=at)
        return wire.DeleteResp(position=position)

    async def Tombstone(  # noqa: N802 - the protocol's name
        self, request: wire.TombstoneReq, context: ServicerContext
    ) -> wire.TombstoneResp:
        """End a stream for ever."""
        stream, expected = answering.named(request.options)
        done = await appending.tombstone(self._log, stream, expected)
        at = await self._done(done, stream, context)
        position = wire.TombstoneResp.Position(commit_position=at, prepare_position=at)
        return wire.TombstoneResp(position=position)

    async def _answered(self, asked: Proposal, context: ServicerContext) -> wire.BatchAppendResp:
        self.deadlines.append(asked.deadline)
        order = self._striker.append()
        instead = await self._striker.before(order, context)
        if instead is not None:
            return instead
        answer = await self._appended(asked)
        return await self._striker.after(order, context) or answer

    async def _appended(self, asked: Proposal) -> wire.BatchAppendResp:
        if asked.too_large:
            return answering.too_large()
        if asked.deadline <= 0:
            return answering.timed_out()
        try:
            async with asyncio.timeout(asked.deadline):
                result = await appending.append(self._log, asked)
        except TimeoutError:
            return answering.timed_out()
        if isinstance(result, Record):
            return answering.appended(result)
        return answering.not_appended(asked, self._log.stream(asked.stream), result)

    async def _done(self, done: Record | Refused, stream: str, context: ServicerContext) -> int:
        if done is Refused.DELETED:
            await answering.abort_deleted(context, stream)
        if done is Refused.WRONG_VERSION:
            await answering.abort_wrong_version(context, stream, self._log.stream(stream).last)
        return done.position

    async def _read(
        self, options: reading.Options, context: ServicerContext
    ) -> AsyncIterator[wire.ReadResp]:
        if options.WhichOneof("stream_option") == "stream":
            name = options.stream.stream_identifier.stream_name.decode()
            stream = self._log.stream(name)
            if stream.tombstone:
                await answering.abort_deleted(context, name)
            if not stream.readable:
                yield answering.no_such_stream(name)
        for record in reading.once(self._log, options):
            yield answering.shown(self._log.event(record))

    async def _followed(
        self, options: reading.Options, context: ServicerContext
    ) -> AsyncIterator[wire.ReadResp | None]:
        yield answering.following(str(uuid4()))
        if options.WhichOneof("stream_option") == "stream":
            name = options.stream.stream_identifier.stream_name.decode()
            if self._log.stream(name).tombstone:
                await answering.abort_deleted(context, name)
            answers = following_stream(self._log, options)
        else:
            answers = FollowingAll(self._log, options).answers()
        async for answer in answers:
            yield answer


def _begun(request: wire.BatchAppendReq) -> Proposal:
    options = request.options
    stream = options.stream_identifier.stream_name.decode()
    expected = answering.expected_of(options, "stream_position")
    deadline = options.deadline.seconds + options.deadline.nanos / 1e9
    return Proposal(stream, expected, deadline)
