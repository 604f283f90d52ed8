"""Where a request comes from and where it goes: W3C trace context, and one log line for each."""

import re
import secrets
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.api.health import QUIET, method_of, template_of

_log = structlog.get_logger()
# https://www.w3.org/TR/trace-context/#traceparent-header; a later version may add fields.
_HEADER = re.compile(
    r"(?P<version>(?!ff)[0-9a-f]{2})-(?P<trace>(?!0{32})[0-9a-f]{32})"
    r"-(?P<parent>(?!0{16})[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)


@dataclass(frozen=True, slots=True)
class Trace:
    """One step on the way of a request: ``trace_id`` is the way, ``span_id`` this step."""

    trace_id: str
    span_id: str
    flags: str = "00"

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
        return Trace(self.trace_id, secrets.token_hex(8), self.flags)


def continued(traceparent: str | None) -> Trace:
    """Give a step after *traceparent*, or the first of a new way where it is missing or wrong."""
    read = _HEADER.fullmatch(traceparent or "")
    if read is None or (read["version"] == "00" and read["more"]):
        return Trace(secrets.token_hex(16), secrets.token_hex(8))
    sampled = f"{int(read['flags'], 16) & 1:02x}"
    return Trace(read["trace"], secrets.token_hex(8), sampled)


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
                _say(scope, status, perf_counter() - begun)


def _say(scope: Scope, status: int, seconds: float) -> None:
    if (route := template_of(scope)) not in QUIET:
        _log.info(
            "request",
            method=method_of(scope),
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
        )
