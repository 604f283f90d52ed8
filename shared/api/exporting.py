"""Whether spans leave this machine, and to where: OpenTelemetry's own variables say it.

https://opentelemetry.io/docs/specs/otel/protocol/exporter/
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from shared.api.spans import SPANS
from shared.kernel.starting import CannotStart

OF_TRACES = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
OF_ALL = "OTEL_EXPORTER_OTLP_ENDPOINT"


class NoCollectorThere(CannotStart):
    """OTEL_EXPORTER_OTLP_ENDPOINT is no address; write http://host:4318, or leave it out.

    (da: OTEL_EXPORTER_OTLP_ENDPOINT er ingen adresse; skriv http://host:4318, eller udelad den.)
    """


def is_configured(environ: Mapping[str, str]) -> bool:
    """Say whether *environ* names a collector. Raises ``NoCollectorThere`` for a wrong address."""
    for name in (OF_TRACES, OF_ALL):
        if address := environ.get(name):  # an empty variable counts as none
            _check(name, address)
            return True
    return False


def export_spans(app: FastAPI, service: str, environ: Mapping[str, str]) -> None:
    """Let the steps of *service* be exported while *app* runs, where *environ* says to where.

    ``app.state.metrics`` counts them. Raises ``NoCollectorThere``.
    """
    if not is_configured(environ):
        return
    inside = app.router.lifespan_context

    @asynccontextmanager
    async def around(app: FastAPI) -> AsyncIterator[Any]:
        from shared.api.otlp import exporting  # noqa: PLC0415 - loads the SDK, only when asked for

        async with exporting(service, app.state.metrics) as export:
            with SPANS.to(export.take):
                async with inside(app) as state:
                    yield state

    app.router.lifespan_context = around


def _check(name: str, address: str) -> None:
    try:
        parts = urlsplit(address)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise NoCollectorThere(name)
