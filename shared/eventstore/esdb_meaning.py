"""What the client's exceptions mean for whoever asked the store."""

import grpc
import grpc.aio
from esdbclient.exceptions import (
    AccessDeniedError,
    BadRequestError,
    EventStoreDBClientException,
    InvalidTransactionError,
    MaximumAppendSizeExceededError,
    NodeIsNotLeader,
    ServiceUnavailable,
    SSLError,
    StreamIsDeleted,
)

from shared.eventstore.port import StoreBusy, StoreDown, StoreProblem, TooLarge

TROUBLE = (EventStoreDBClientException, grpc.RpcError, grpc.aio.UsageError)
"""Whatever the client raises when a call comes to nothing."""

_FINAL: dict[type[Exception], type[StoreProblem]] = {
    AccessDeniedError: StoreDown,
    StreamIsDeleted: StoreDown,
    InvalidTransactionError: StoreDown,
    BadRequestError: StoreDown,
    MaximumAppendSizeExceededError: TooLarge,
}
_FINAL_CODES: dict[grpc.StatusCode, type[StoreProblem]] = {
    grpc.StatusCode.UNAUTHENTICATED: StoreDown,
    grpc.StatusCode.PERMISSION_DENIED: StoreDown,
    grpc.StatusCode.UNIMPLEMENTED: StoreDown,
    grpc.StatusCode.INVALID_ARGUMENT: StoreDown,
}
_TOO_BUSY = "Server Is Too Busy"
_NOTHING_SENT = ("failed to connect to all addresses", _TOO_BUSY, "Server Is Not Ready")
_UNTRUSTED = "not in peer certificate"


def code_of(problem: BaseException | None) -> grpc.StatusCode | None:
    """Give the status that a call ended with, where the exception still carries it."""
    for carried in (problem, *(problem.args if problem else ())):
        if isinstance(carried, grpc.RpcError) and hasattr(carried, "code"):
            return carried.code()
    return None


def final(problem: Exception) -> StoreProblem | None:
    """Give the answer to a call that asking again would not change; nothing where it might."""
    for kind, meaning in _FINAL.items():
        if isinstance(problem, kind):
            return meaning(said(problem))
    code = code_of(problem)
    return _FINAL_CODES[code](said(problem)) if code in _FINAL_CODES else None


def at_last(problem: Exception) -> StoreProblem:
    """Give the answer where asking again, for as long as one may, has not helped."""
    busy = isinstance(problem, ServiceUnavailable) and _TOO_BUSY in str(problem)
    return (StoreBusy if busy else StoreDown)(said(problem))


def surely_undone(problem: Exception) -> bool:
    """Say whether nothing can have come of an append that ended so: no leader ever had it."""
    if isinstance(problem, NodeIsNotLeader):
        return True
    return isinstance(problem, ServiceUnavailable) and any(
        words in str(problem) for words in _NOTHING_SENT
    )


def untrusted(problem: Exception) -> bool:
    """Say whether a call failed because the server did not prove who it is."""
    return isinstance(problem, SSLError) or _UNTRUSTED in str(problem)


def unwelcome(problem: Exception) -> bool:
    """Say whether a call failed because of who asked."""
    refused = (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED)
    return isinstance(problem, AccessDeniedError) or code_of(problem) in refused


def said(problem: Exception) -> str:
    """Give one line on what went wrong."""
    details = next((arg.details() for arg in problem.args if hasattr(arg, "details")), problem)
    return f"{type(problem).__name__}: {details}" if str(details) else type(problem).__name__
