"""What the test server says on the wire, in the words that a real server uses."""

from typing import Any, NoReturn

import grpc
from esdbclient.protos.Grpc import shared_pb2, status_pb2
from esdbclient.protos.Grpc import streams_pb2 as wire
from google.protobuf.message import Message

from shared.testing.esdb.appending import LARGEST_APPEND, Proposal
from shared.testing.esdb.record import Record, Recorded
from shared.testing.esdb.stream import Expected, Refused, Stream

ServicerContext = Any
"""A ``grpc.aio.ServicerContext``: grpc ships no types."""


def expected_of(options: Any, revision: str) -> int | Expected:  # noqa: ANN401 - three kinds of options
    """Give what a request expects of a stream; *revision* names its field for a number."""
    match options.WhichOneof("expected_" + revision):
        case "no_stream":
            return Expected.NO_STREAM
        case "any":
            return Expected.ANY
        case "stream_exists":
            return Expected.EXISTS
        case number:
            return int(getattr(options, number))


def named(options: Any) -> tuple[str, int | Expected]:  # noqa: ANN401 - two kinds of options
    """Give the stream that is to go, and what is expected of it."""
    stream: bytes = options.stream_identifier.stream_name
    return stream.decode(), expected_of(options, "stream_revision")


def shown(event: Recorded) -> wire.ReadResp:
    """Give one event as an answer to a reader."""
    return wire.ReadResp(
        event=wire.ReadResp.ReadEvent(event=event, commit_position=event.commit_position)
    )


def no_such_stream(stream: str) -> wire.ReadResp:
    """Give the answer to a read of a stream that is not there."""
    identifier = shared_pb2.StreamIdentifier(stream_name=stream.encode())
    missing = wire.ReadResp.StreamNotFound(stream_identifier=identifier)
    return wire.ReadResp(stream_not_found=missing)


def following(subscription: str) -> wire.ReadResp:
    """Give the first answer to a subscriber."""
    confirmed = wire.ReadResp.SubscriptionConfirmation(subscription_id=subscription)
    return wire.ReadResp(confirmation=confirmed)


def appended(record: Record) -> wire.BatchAppendResp:
    """Give the answer to an append that is done."""
    at = shared_pb2.AllStreamPosition(
        commit_position=record.position, prepare_position=record.position
    )
    success = wire.BatchAppendResp.Success(current_revision=record.revision, position=at)
    return wire.BatchAppendResp(success=success)


def not_appended(asked: Proposal, stream: Stream, refused: Refused) -> wire.BatchAppendResp:
    """Give the answer to an append that is refused."""
    if refused is Refused.DELETED:
        return _refusal(shared_pb2.StreamDeleted())
    wrong = shared_pb2.WrongExpectedVersion()
    if stream.last < 0:
        wrong.current_no_stream.SetInParent()
    else:
        wrong.current_stream_revision = stream.last
    match asked.expected:
        case int(number):
            wrong.expected_stream_position = number
        case Expected.NO_STREAM:
            wrong.expected_no_stream.SetInParent()
        case Expected.EXISTS:
            wrong.expected_stream_exists.SetInParent()
        case Expected.ANY:
            wrong.expected_any.SetInParent()
    return _refusal(wrong)


def too_large() -> wire.BatchAppendResp:
    """Give the answer to an append that is larger than a server takes."""
    return _refusal(shared_pb2.MaximumAppendSizeExceeded(maxAppendSize=LARGEST_APPEND))


def timed_out() -> wire.BatchAppendResp:
    """Give the answer to an append whose deadline passed before the disk was done."""
    return _refusal(shared_pb2.Timeout())


def unknown() -> wire.BatchAppendResp:
    """Give the answer to an append that failed for reasons that the server cannot name."""
    return _refusal(shared_pb2.Unknown())


async def as_one_call(
    answer: wire.BatchAppendResp, stream: str, context: ServicerContext
) -> wire.AppendResp:
    """Say *answer* as the older way to append says it, where most refusals end the call."""
    if answer.WhichOneof("result") == "success":
        done = answer.success
        at = wire.AppendResp.Position(
            commit_position=done.position.commit_position,
            prepare_position=done.position.prepare_position,
        )
        success = wire.AppendResp.Success(current_revision=done.current_revision, position=at)
        return wire.AppendResp(success=success)
    details = answer.error.details
    if details.Is(shared_pb2.StreamDeleted.DESCRIPTOR):
        await abort_deleted(context, stream)
    wrong = shared_pb2.WrongExpectedVersion()
    if not details.Unpack(wrong):
        code = _CODES.get(details.TypeName().rpartition(".")[2], grpc.StatusCode.UNKNOWN)
        return await _abort(context, code, f"The append failed: {details.TypeName()}")
    said = wire.AppendResp.WrongExpectedVersion()
    if wrong.HasField("current_no_stream"):
        said.current_no_stream.SetInParent()
    else:
        said.current_revision = wrong.current_stream_revision
    return wire.AppendResp(wrong_expected_version=said)


_CODES = {
    "Timeout": grpc.StatusCode.ABORTED,
    "MaximumAppendSizeExceeded": grpc.StatusCode.INVALID_ARGUMENT,
}


async def abort_not_leader(context: ServicerContext, host: str, port: int) -> NoReturn:
    """End the call: another node is the leader."""
    trailers = (
        ("exception", "not-leader"),
        ("leader-endpoint-host", host),
        ("leader-endpoint-port", str(port)),
    )
    await _abort(context, grpc.StatusCode.NOT_FOUND, "Leader info available", trailers)


async def abort_deleted(context: ServicerContext, stream: str) -> NoReturn:
    """End the call: the stream is gone for ever."""
    trailers = (("exception", "stream-deleted"), ("stream-name", stream))
    said = f"Event stream '{stream}' is deleted."
    await _abort(context, grpc.StatusCode.FAILED_PRECONDITION, said, trailers)


async def abort_wrong_version(context: ServicerContext, stream: str, actual: int) -> NoReturn:
    """End the deletion: the stream is not at the version that was said but at *actual*."""
    said = f"Delete failed due to WrongExpectedVersion. Stream: {stream}, Actual version: {actual}"
    trailers = (("exception", "wrong-expected-version"), ("stream-name", stream))
    await _abort(context, grpc.StatusCode.FAILED_PRECONDITION, said, trailers)


async def abort_unavailable(context: ServicerContext, said: str) -> NoReturn:
    """End the call as a server does that is going down or not ready."""
    await _abort(context, grpc.StatusCode.UNAVAILABLE, said)


async def abort_too_slow(context: ServicerContext) -> NoReturn:
    """End a subscription whose reader is too slow."""
    said = "Operation timed out: Consumer too slow to handle event while live."
    await _abort(context, grpc.StatusCode.ABORTED, said)


async def abort_unreadable(context: ServicerContext, said: str) -> NoReturn:
    """End a read that names no place in the log, or no filter."""
    await _abort(context, grpc.StatusCode.INVALID_ARGUMENT, said)


async def _abort(
    context: ServicerContext,
    code: grpc.StatusCode,
    said: str,
    trailers: tuple[tuple[str, str], ...] = (),
) -> NoReturn:
    await context.abort(code, said, trailers)
    raise AssertionError("abort() came back")


def _refusal(details: Message) -> wire.BatchAppendResp:
    status = status_pb2.Status()
    status.details.Pack(details)
    return wire.BatchAppendResp(error=status)
