"""How a no is said over HTTP: RFC 9457 problem details, in Danish with the English beside it.

The family of a refusal decides its status, here and nowhere else.
"""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.api import edge
from shared.eventstore import port
from shared.kernel.refusals import (
    DoesNotExist,
    NotAllowed,
    NotPossible,
    NotValid,
    OutOfDate,
    Refusal,
)
from shared.kernel.starting import CannotStart

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger()
MOST_FIELDS, LONGEST_FIELD = 20, 120

STATUS: Mapping[type[Refusal], HTTPStatus] = {
    DoesNotExist: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotPossible: HTTPStatus.CONFLICT,
    NotValid: HTTPStatus.UNPROCESSABLE_ENTITY,
    OutOfDate: HTTPStatus.PRECONDITION_FAILED,
    edge.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    edge.MalformedRequest: HTTPStatus.BAD_REQUEST,
    edge.NoSuchDoor: HTTPStatus.NOT_FOUND,
    edge.MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    edge.BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    edge.TooMuchAtOnce: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    edge.PreconditionMissing: HTTPStatus.PRECONDITION_REQUIRED,
    edge.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    edge.StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    edge.EdgeRefusal: HTTPStatus.INTERNAL_SERVER_ERROR,
}

_OF_STORE: Mapping[type[port.StoreProblem], type[edge.EdgeRefusal]] = {
    port.StoreBusy: edge.TryAgain,
    port.WrongVersion: edge.TryAgain,
    port.OutcomeUnknown: edge.OutcomeOpen,
    port.StoreFull: edge.StorageFull,
    port.TooLarge: edge.TooMuchAtOnce,
    port.StoreProblem: edge.StorageDown,
}

_OF_FRAMEWORK: Mapping[int, type[edge.EdgeRefusal]] = {
    HTTPStatus.BAD_REQUEST: edge.MalformedRequest,
    HTTPStatus.NOT_FOUND: edge.NoSuchDoor,
    HTTPStatus.METHOD_NOT_ALLOWED: edge.MethodNotAllowed,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: edge.BodyTooLarge,
}

_WRONG: Mapping[str, tuple[str, str]] = {
    "missing": ("skal udfyldes", "is required"),
    "extra_forbidden": ("kendes ikke", "is not known here"),
    "string_too_short": ("er for kort", "is too short"),
    "string_too_long": ("er for langt", "is too long"),
}
_NOT_AS_EXPECTED = ("har ikke den ventede form", "is not in the form expected")


def status_of(refusal: type[Refusal]) -> HTTPStatus:
    """Give the status of a refusal's nearest family. Raises ``LookupError`` for one without."""
    for kind in refusal.__mro__:
        if kind in STATUS:
            return STATUS[kind]
    raise LookupError(f"{refusal.__name__} belongs to no family with a status")


def body_of(refusal: type[Refusal], facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give the members of a problem: the refusal's *facts*, then what every problem says."""
    said, words = _as_said(refusal), _as_said(refusal).words()
    return {
        **jsonable_encoder({} if said is DoesNotExist else facts or {}),
        "type": f"urn:kredslob:problem:{said.slug()}",
        "title": words.da,
        "status": int(status_of(said)),
        "en": {"title": words.en},
    }


def answer(refusal: Refusal, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Give the HTTP answer of a refusal, with *headers* beside its own."""
    own = refusal.headers if isinstance(refusal, edge.EdgeRefusal) else {}
    always = {"Content-Language": "da, en", "Cache-Control": "no-store"}
    return JSONResponse(
        body_of(type(refusal), refusal.facts),
        status_code=int(status_of(type(refusal))),
        media_type=MEDIA_TYPE,
        headers={**always, **own, **(headers or {})},
    )


def problems(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """Give the ``responses`` of a route: each refusal with its status, sentences and an example."""
    examples: dict[int, dict[str, Any]] = {}
    for refusal in dict.fromkeys(_as_said(each) for each in refusals):
        words = refusal.words()
        example = {"summary": words.en, "description": words.da, "value": body_of(refusal)}
        examples.setdefault(int(status_of(refusal)), {})[refusal.slug()] = example
    return {status: described(of_status) for status, of_status in examples.items()}


def described(examples: Mapping[str, Any]) -> dict[str, Any]:
    """Give the OpenAPI response that shows these examples of problems, by their slugs."""
    sentences = [f"{each['summary']} / {each['description']}" for each in examples.values()]
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": dict(examples)}
    return {"description": "\n\n".join(sentences), "content": {MEDIA_TYPE: content}}


def install(app: FastAPI) -> None:
    """Let *app* answer every refusal, the store's problems and the framework's own as problems."""
    for kind in (Refusal, port.StoreProblem, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _answered)


class Unexpected:
    """Answers what nobody foresaw with a 500 that tells nothing, and notes where it came from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an exception that comes back is noted and becomes an answer."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except CannotStart:
            raise
        except asyncio.CancelledError:  # the process ends, and waits for no request any longer
            if begun or scope["type"] != "http":
                raise
            cut_off = edge.TryAgain() if scope["method"] == "GET" else edge.OutcomeOpen()
            await answer(cut_off)(scope, receive, send)
        except Exception:
            _log.error("unexpected", exc_info=True)
            if begun or scope["type"] != "http":
                raise
            await answer(edge.InternalError())(scope, receive, send)


def _as_said(refusal: type[Refusal]) -> type[Refusal]:
    # What is not there and what you may not see must be told in the very same words.
    return DoesNotExist if issubclass(refusal, DoesNotExist) else refusal


async def _answered(_request: Request, problem: Exception) -> JSONResponse:
    match problem:
        case Refusal():
            return answer(problem)
        case port.StoreProblem():
            kind = next(each for each in type(problem).__mro__ if each in _OF_STORE)
            return answer(_OF_STORE[kind]())
        case RequestValidationError():
            return answer(_misread(problem.errors()))
        case HTTPException():
            refusal = _OF_FRAMEWORK.get(problem.status_code, edge.InternalError)
            return answer(refusal(), problem.headers)
        case _:
            raise problem


def _misread(errors: Sequence[Mapping[str, Any]]) -> Refusal:
    if any(error["loc"][:1] == ("path",) for error in errors):
        return DoesNotExist()  # what is no id names nothing
    if any(error["type"] == "json_invalid" for error in errors):
        return edge.MalformedJson()
    return edge.MalformedBody(fields=[_field(error) for error in errors[:MOST_FIELDS]])


def _field(error: Mapping[str, Any]) -> dict[str, str]:
    # Neither the value nor the library's message, which may quote it.
    danish, english = _WRONG.get(error["type"], _NOT_AS_EXPECTED)
    name = ".".join(str(part) for part in error["loc"])[:LONGEST_FIELD]
    name = name.encode("utf-8", "replace").decode()  # JSON may name half a character
    return {"field": name, "rule": error["type"], "title": danish, "en": english}
