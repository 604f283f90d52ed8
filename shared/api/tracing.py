"""Where a request comes from and where it goes: W3C trace context, and one log line for each.

Where export is configured, a step is also told of as a span: a request that was answered, a fact
that was taken in from the bus, a command of a policy. So one way goes through every service.
"""

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter, time_ns
from uuid import UUID

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.api.health import QUIET, method_of, template_of
from shared.api.spans import SPANS, Kind, Place, Span, Value
from shared.eventstore.port import Stored
from shared.kernel.refusals import Refusal

_log = structlog.get_logger()
_SAMPLED = "01"
# https://www.w3.org/TR/trace-context/#traceparent-header; a later version may add fields.
_HEADER = re.compile(
    r"(?P<version>(?!ff)[0-9a-f]{2})-(?P<trace>(?!0{32})[0-9a-f]{32})"
    r"-(?P<parent>(?!0{16})[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)


@dataclass(frozen=True, slots=True)
class Trace:
    """One step on the way of a request: ``trace_id`` is the way, ``span_id`` this step.

    ``parent`` is the step before it, nothing for the first.
    """

    trace_id: str
    span_id: str
    flags: str = "00"
    parent: str = ""

    @property
    def traceparent(self) -> str:
        """The header that hands this step on as the parent of the next."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    @property
    def correlation_id(self) -> UUID:
        """What everything brought about by this request has in common."""
        return UUID(hex=self.trace_id)

    def child(self) -> "Trace":
        """Give a next step on the same way."""
        return Trace(self.trace_id, secrets.token_hex(8), self.flags, self.span_id)

    @property
    def told(self) -> bool:
        """Whether somebody listens who wants to know of this way."""
        return SPANS.wanted and self.flags == _SAMPLED


def continued(traceparent: str | None) -> Trace:
    """Give a step after *traceparent*, or the first of a new way where it is missing or wrong.

    A new way is told of where somebody listens; on one that was begun elsewhere they decided.
    """
    return _after(traceparent) or Trace(
        secrets.token_hex(16), secrets.token_hex(8), _SAMPLED if SPANS.wanted else "00"
    )


@contextmanager
def asked_by(policy: str, trace: Trace) -> Iterator[None]:
    """Tell of the block as the step *trace*, in which *policy* gives a command.

    A refusal is an answer, and no fault.
    """
    begun, since, failed = time_ns(), perf_counter(), False
    said: dict[str, Value] = {"kredslob.policy": policy}
    try:
        yield
    except Exception as error:
        said["error.type"], failed = type(error).__name__, not isinstance(error, Refusal)
        raise
    finally:
        if trace.told:
            until = begun + _nanoseconds(perf_counter() - since)
            SPANS.tell(Span(_place(trace), Kind.INTERNAL, begun, until, said, failed))


@contextmanager
def taking_in(facts: Sequence[Stored], *, source: str, consumer: str) -> Iterator[None]:
    """Tell of each of *facts* that it was taken in during the block, which is not left by a fault.

    Each is a step after the one that it was written in; one without a trace is not told of.
    """
    begun = time_ns()
    yield
    if not SPANS.wanted:
        return
    ended = max(begun, time_ns())
    for fact in facts:
        trace = _after(json.loads(fact.metadata).get("traceparent"))
        if trace is not None and trace.told:
            said = {"kredslob.source": source, "kredslob.consumer": consumer}
            said["kredslob.fact"] = fact.type
            SPANS.tell(Span(_place(trace), Kind.CONSUMER, begun, ended, said))


def trace_of(request: Request) -> Trace:
    """Give the trace of a request that came through ``Traced``."""
    trace: Trace = request.state.trace
    return trace


class Traced:
    """Gives each request its trace, for the doors and for every log line written on the way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on within its trace, and say in one line how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope).getlist("traceparent")
        trace = continued(headers[0] if len(headers) == 1 else None)
        scope.setdefault("state", {})["trace"] = trace
        status, begun = 500, perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with structlog.contextvars.bound_contextvars(
            trace_id=trace.trace_id, span_id=trace.span_id
        ):
            try:
                await self._app(scope, receive, sending)
            finally:
                _say(scope, trace, status, perf_counter() - begun)


def _say(scope: Scope, trace: Trace, status: int, seconds: float) -> None:
    if (route := template_of(scope)) in QUIET:
        return
    method = method_of(scope)
    _log.info(
        "request",
        method=method,
        route=route,
        status=status,
        duration_ms=round(seconds * 1000, 1),
    )
    if trace.told:
        said: Mapping[str, Value] = {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
        }
        ended, failed = time_ns(), status >= HTTPStatus.INTERNAL_SERVER_ERROR
        begun = ended - _nanoseconds(seconds)
        SPANS.tell(Span(_place(trace), Kind.SERVER, begun, ended, said, failed))


def _after(traceparent: str | None) -> Trace | None:
    read = _HEADER.fullmatch(traceparent or "")
    if read is None or (read["version"] == "00" and read["more"]):
        return None
    sampled = f"{int(read['flags'], 16) & 1:02x}"
    return Trace(read["trace"], secrets.token_hex(8), sampled, read["parent"])


def _place(trace: Trace) -> Place:
    return Place(trace.trace_id, trace.span_id, trace.parent)


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1_000_000_000)
