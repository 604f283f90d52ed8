"""A receiver of OTLP over HTTP, as small as it gets: it decodes what comes and keeps it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from shared.testing.serving import serving

DEADLINE = 30.0
PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True)
class Received:
    """One span as it arrived, with the service that its resource names; ids in hexadecimal."""

    service: str
    span: Span
    attributes: dict[str, str | int] = field(default_factory=dict)

    @property
    def trace_id(self) -> str:
        """The way it belongs to."""
        return self.span.trace_id.hex()

    @property
    def span_id(self) -> str:
        """The step that it is."""
        return self.span.span_id.hex()

    @property
    def parent(self) -> str:
        """The step before it, or nothing."""
        return self.span.parent_span_id.hex()


class Receiver:
    """What has come so far."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.status = 200

    @property
    def spans(self) -> list[Received]:
        """Every span that was sent, in the order of arrival."""
        return [span for body in self.bodies for span in _decoded(body)]

    async def take(self, request: Request) -> Response:
        """Take in one batch; what is no OTLP is refused."""
        body = await request.body()
        self.paths.append(request.url.path)
        if self.status != 200:
            return Response(status_code=self.status)
        try:
            ExportTraceServiceRequest.FromString(body)
        except DecodeError:
            return Response(status_code=400)
        assert request.headers["content-type"] == PROTOBUF
        self.bodies.append(body)
        told = ExportTraceServiceResponse().SerializeToString()
        return Response(told, media_type=PROTOBUF)

    async def until(self, count: int) -> list[Received]:
        """Wait until so many spans have come, and give all of them."""
        async with asyncio.timeout(DEADLINE):
            while len(self.spans) < count:  # noqa: ASYNC110 - the count is asked of what was kept
                await asyncio.sleep(0.02)
        return self.spans


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Give a receiver that listens on a free port of this machine."""
    receiver = Receiver()
    app = FastAPI()
    app.add_api_route("/{path:path}", receiver.take, methods=["POST"])
    async with serving(app) as url:
        receiver.url = url
        yield receiver


def _decoded(body: bytes) -> Iterator[Received]:
    for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        service = _plain(of_resource.resource.attributes)["service.name"]
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                yield Received(str(service), span, _plain(span.attributes))


def _plain(attributes: Iterable[KeyValue]) -> dict[str, str | int]:
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value") or "") for each in attributes
    }
