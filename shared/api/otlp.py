"""Spans in OpenTelemetry's form, sent over OTLP/HTTP. Imported only where that is configured.

Sending has a thread of its own. What waits is bounded, and what does not fit is dropped and
counted, so a receiver that is slow or away costs no request anything.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from threading import Thread
from time import monotonic
from uuid import uuid4

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status, StatusCode
from prometheus_client import CollectorRegistry, Counter

from shared.api.spans import Kind, Span

MOST_WAITING = 2048
"""Spans that wait or are on their way; the next is dropped."""
AT_ONCE = 512
EVERY_MILLISECONDS = 2000
LAST_WORDS = 3.0
"""Seconds given to what still waits when the service stops."""
_KINDS = {
    Kind.SERVER: SpanKind.SERVER,
    Kind.CONSUMER: SpanKind.CONSUMER,
    Kind.INTERNAL: SpanKind.INTERNAL,
}
_SCOPE = InstrumentationScope("kredslob")
_log = structlog.get_logger()


class Export(SpanExporter):
    """Takes spans in, and counts what became of them: sent, lost on the way, or dropped here."""

    def __init__(self, service: str, registry: CollectorRegistry, inner: SpanExporter) -> None:
        named = {"service.namespace": "kredslob", "service.name": service}
        self._resource = Resource({**named, "service.instance.id": str(uuid4())})
        self._inner, self._well = inner, True
        self._waiting = 0
        self._ended = 0
        self._counted = Counter(
            "kredslob_spans", "Spans by what became of them.", ["outcome"], registry=registry
        )
        for outcome in ("sent", "lost", "dropped"):
            self._counted.labels(outcome)
        self._processor = BatchSpanProcessor(self, MOST_WAITING, EVERY_MILLISECONDS, AT_ONCE)

    def take(self, span: Span) -> None:
        """Let *span* be sent soon; never waits, and never raises."""
        # Two counts, each with one thread that writes it: no lock on the way of a request.
        if self._waiting - self._ended >= MOST_WAITING:
            self._counted.labels("dropped").inc()
            return
        self._waiting += 1
        self._processor.on_end(self._readable(span))

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send *spans*, on the thread that sends; what cannot be sent is given up and counted."""
        result = SpanExportResult.FAILURE
        try:
            result = self._inner.export(spans)
        except Exception as error:  # noqa: BLE001 - of whatever kind: nobody but the log can be told
            _log.warning("spans not encoded", error=type(error).__name__)
        well = result is SpanExportResult.SUCCESS
        self._counted.labels("sent" if well else "lost").inc(len(spans))
        self._ended += len(spans)
        if well is not self._well:
            self._well = well
            _log.warning("spans are sent again" if well else "spans are lost", count=len(spans))
        return result

    async def close(self) -> None:
        """Send what waits, for at most ``LAST_WORDS`` seconds, and give up the rest."""
        ending, until = Thread(target=self._processor.shutdown, daemon=True), monotonic()
        ending.start()
        while ending.is_alive() and monotonic() < until + LAST_WORDS:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.01)  # can be set by a thread that may outlive this loop
        self._inner.shutdown()

    def _readable(self, span: Span) -> ReadableSpan:
        place = span.place
        return ReadableSpan(
            name=span.name,
            context=_context(place.trace_id, place.span_id, is_remote=False),
            parent=_context(place.trace_id, place.parent, is_remote=True) if place.parent else None,
            resource=self._resource,
            attributes=span.attributes,
            kind=_KINDS[span.kind],
            status=Status(StatusCode.ERROR if span.failed else StatusCode.UNSET),
            start_time=span.begun,
            end_time=span.ended,
            instrumentation_scope=_SCOPE,
        )


@asynccontextmanager
async def exporting(service: str, registry: CollectorRegistry) -> AsyncIterator[Export]:
    """Give what sends the spans of *service* to where ``OTEL_EXPORTER_OTLP_*`` says."""
    # Its complaints come at every try, and quote the address; how it goes is counted and said once.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL + 1)
    export = Export(service, registry, OTLPSpanExporter())
    try:
        yield export
    finally:
        await export.close()


def _context(trace_id: str, span_id: str, *, is_remote: bool) -> SpanContext:
    sampled = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote, sampled)
