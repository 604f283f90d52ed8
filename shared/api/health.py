"""How a service feels: is it alive, can it do its work, and what has it been asked for.

Nothing here names an id: requests are counted by the template of their route, and what was refused
by nothing but whether it was a read and the status.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from http import HTTPStatus
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias

import structlog
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by machines every few seconds: not worth a log line."""
PATIENCE_SECONDS = 2.0
READS = frozenset({"GET", "HEAD", "OPTIONS"})
REFUSED = (400, 401, 403, 404, 405, 409, 412, 413, 422, 428, 500, 503, 507)
"""The statuses of a no, each counted from 0 on, so that the first one shows as a step."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_UNCACHED = {"Cache-Control": "no-store"}
_log = structlog.get_logger()


class State(Enum):
    """Works; works without something; does not work. In order of gravity."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class Finding(NamedTuple):
    """What a check found. The *note* is for operators and never about a person."""

    state: State
    note: str = ""


Check: TypeAlias = Callable[[], Awaitable[Finding]]


def install(app: FastAPI, *, checks: Mapping[str, Check]) -> CollectorRegistry:
    """Give *app* its three doors for operators; the registry returned takes further metrics."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    what = "What a check finds: 0 ok, 1 degraded, 2 down."
    state = Gauge("kredslob_check", what, ["check"], registry=registry)

    async def healthz() -> Response:
        return JSONResponse({"status": State.OK.value}, headers=_UNCACHED)

    async def readyz() -> Response:
        return _readiness(await _looked(checks))

    async def metrics() -> Response:
        for name, finding in (await _looked(checks)).items():
            state.labels(name).set(list(State).index(finding.state))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    for path, door in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        app.add_api_route(path, door, methods=["GET"], include_in_schema=False)
    app.add_middleware(Counted, registry=registry)
    return registry


def template_of(scope: Scope) -> str:
    """Give the template of the route that took a request, such as ``/referrals/{referral_id}``."""
    # FastAPI keeps the template of an included router, prefix and all, under its own name.
    included = scope.get("fastapi", {}).get("effective_route_context")
    route = scope.get("route")
    template = getattr(included, "path_format", None) or getattr(route, "path_format", None)
    return template if isinstance(template, str) else "none"


def method_of(scope: Scope) -> str:
    """Give the method of a request, ``other`` for one that a caller made up."""
    return str(scope["method"]) if scope["method"] in _METHODS else "other"


class Counted:
    """Counts requests and how long they took, by route template, method and class of status."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        by = ("route", "method", "status")
        self._requests = Counter(
            "kredslob_http_requests", "Requests answered.", by, registry=registry
        )
        self._seconds = Histogram(
            "kredslob_http_request_seconds", "Time to answer.", by[:2], registry=registry
        )
        self._refused = Counter(
            "kredslob_refused_requests", "Answered no.", ("kind", "status"), registry=registry
        )
        for kind in ("read", "change"):
            for status in REFUSED:
                self._refused.labels(kind, status)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count it by how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, begun = 500, perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            named = template_of(scope), method_of(scope)
            self._requests.labels(*named, f"{status // 100}xx").inc()
            self._seconds.labels(*named).observe(perf_counter() - begun)
            if status >= HTTPStatus.BAD_REQUEST and named[0] not in QUIET:
                self._refused.labels("read" if named[1] in READS else "change", status).inc()


async def _looked(checks: Mapping[str, Check]) -> dict[str, Finding]:
    asked = dict(checks)  # which a service that is just starting adds to
    return dict(zip(asked, await asyncio.gather(*map(_look, asked.items())), strict=True))


async def _look(named: tuple[str, Check]) -> Finding:
    name, check = named
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await check()
    except Exception:  # noqa: BLE001 - a check that fails in whatever way has found something
        _log.warning("check failed", check=name, exc_info=True)
        return Finding(State.DOWN)


def _readiness(found: Mapping[str, Finding]) -> Response:
    gravest = max((each.state for each in found.values()), key=list(State).index, default=State.OK)
    checks: dict[str, Any] = {
        name: {"status": each.state.value, **({"note": each.note} if each.note else {})}
        for name, each in found.items()
    }
    return JSONResponse(
        {"status": gravest.value, "checks": checks},
        status_code=503 if gravest is State.DOWN else 200,
        headers=_UNCACHED,
    )
