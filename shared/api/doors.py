"""The frame of every service: one FastAPI application with the same edge around its doors."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

from fastapi import FastAPI

from shared.api import edge, health, problems
from shared.api.caching import Uncached
from shared.api.limits import BodyLimit
from shared.api.tracing import Traced
from shared.kernel.refusals import DoesNotExist, KeyReused, Refusal

Lifespan: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Described: TypeAlias = dict[str, Any]

ANYWHERE: tuple[type[Refusal], ...] = (edge.StorageDown, edge.InternalError)
SIGNED_IN: tuple[type[Refusal], ...] = (
    edge.NotSignedIn,
    edge.TokenExpired,
    edge.TokenNotYetValid,
    edge.ForeignToken,
    edge.LoginDown,
    DoesNotExist,
)
CHANGING: tuple[type[Refusal], ...] = (
    edge.IdempotencyKeyMissing,
    edge.IdempotencyKeyMalformed,
    edge.MalformedRequest,
    edge.MalformedJson,
    edge.MalformedBody,
    edge.BodyTooLarge,
    edge.TooMuchAtOnce,
    KeyReused,
    edge.TryAgain,
    edge.OutcomeOpen,
    edge.StorageFull,
)
_METHODS_THAT_CHANGE = frozenset({"post", "put", "patch", "delete"})

PROBLEM: Mapping[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 problem details; further members are facts about this case.",
    "type": "object",
    "required": ["type", "title", "status", "en"],
    "properties": {
        "type": {"type": "string", "format": "uri", "example": "urn:kredslob:problem:try-again"},
        "title": {"type": "string", "description": "One sentence in Danish."},
        "status": {"type": "integer"},
        "en": {
            "type": "object",
            "required": ["title"],
            "properties": {"title": {"type": "string", "description": "The same in English."}},
        },
    },
}


def frame(
    title: str,
    *,
    version: str,
    checks: Mapping[str, health.Check],
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """Give an application with problems, limits, traces, metrics and health, and no doors yet.

    ``app.state.metrics`` is its Prometheus registry. Doors that ask :func:`identity.signed_in`
    need ``app.state.verifier``. The pages that FastAPI would load from another host are off, and
    so is its own telemetry, which writes the messages of exceptions.
    """
    app = FastAPI(
        title=title,
        version=version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    problems.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(problems.Unexpected)
    app.add_middleware(Uncached)
    app.state.metrics = health.install(app, checks=checks)
    app.add_middleware(Traced)
    _document_the_edge(app)
    return app


def _document_the_edge(app: FastAPI) -> None:
    plain = app.openapi

    def complete() -> Described:
        if app.openapi_schema is None:
            schema = plain()
            for method, operation in _operations(schema):
                operation["responses"] = _with_edge(method, operation)
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = PROBLEM
            for replaced in ("HTTPValidationError", "ValidationError"):
                schemas.pop(replaced, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign]  # FastAPI's own way to extend OpenAPI


def _operations(schema: Described) -> Iterator[tuple[str, Described]]:
    for path in schema.get("paths", {}).values():
        yield from path.items()


def _with_edge(method: str, operation: Described) -> Described:
    """Give the responses of an operation with what the edge may answer beside its own."""
    kinds = [*ANYWHERE]
    if "security" in operation:
        kinds += SIGNED_IN
    if method in _METHODS_THAT_CHANGE:
        kinds += CHANGING
    elif operation.get("parameters"):
        kinds.append(edge.MalformedBody)
    responses: Described = dict(operation["responses"])
    for status, added in problems.problems(*kinds).items():
        mine = responses.get(str(status), {}).get("content", {}).get(problems.MEDIA_TYPE, {})
        responses[str(status)] = problems.described(
            {**mine.get("examples", {}), **added["content"][problems.MEDIA_TYPE]["examples"]}
        )
    return responses
