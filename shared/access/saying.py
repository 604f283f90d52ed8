"""A request's body is what people say; for which unit and when, we know ourselves."""

import re
from datetime import date
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Header
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, create_model
from pydantic.fields import FieldInfo
from starlette.requests import Request

from shared.access.caller import Caller, KnowsWho, caller
from shared.api.idempotency import wish
from shared.api.preconditions import seen
from shared.api.tracing import trace_of
from shared.kernel.asking import Asked
from shared.kernel.commands import Command
from shared.kernel.refusals import NotAllowed

C = TypeVar("C", bound=Command)
Known = Annotated[Caller, Depends(caller)]
OWN_NAME = "Your own name for this request, 1 to 255 visible ASCII characters. Always needed."
SEEN = "The ETag of the view that the change is based on; needed where something is edited."
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class LooksOnly(NotAllowed):
    """Who oversees changes nothing. (da: Den, der fører tilsyn, ændrer intet.)"""


class NamesNobody(NotAllowed):
    """A system changes something only for an officer whom it names.

    (da: Et fagsystem ændrer kun noget for en medarbejder, som det nævner.)
    """


class KnowsKeys(KnowsWho):
    """What a service's wiring must hold for its requests to be told apart."""

    request_key: bytes


def said(command: type[C], *, without: frozenset[str] = frozenset()) -> Any:  # noqa: ANN401 - a FastAPI marker
    """Give the dependency that makes a *command* of the body, the caller's unit and the clock.

    Fields named in *without* come from elsewhere and are not part of the body.
    """
    body = _body_of(command, without | Command.model_fields.keys())

    async def made(request: Request, by: Caller, **fields: Any) -> C:  # noqa: ANN401 - the body's fields
        here = cast("KnowsWho", request.app.state.wiring)
        return cast("C", command.model_construct(unit=by.unit, at=here.clock.now(), **fields))

    async def silent(request: Request, by: Known) -> C:
        return await made(request, by)

    async def heard(request: Request, by: Known, said: BaseModel) -> C:
        return await made(request, by, **{n: getattr(said, n) for n in type(said).model_fields})

    if body is None:
        return Depends(silent)
    heard.__annotations__["said"] = body
    return Depends(heard)


def _body_of(command: type[Command], known: frozenset[str]) -> type[BaseModel] | None:
    said = {name: field for name, field in command.model_fields.items() if name not in known}
    if not said:
        return None
    fields: dict[str, Any] = {
        name: (_annotated(field), field if not field.is_required() else ...)
        for name, field in said.items()
    }
    return create_model(
        f"{command.__name__}Said",
        __config__=ConfigDict(frozen=True, extra="forbid"),
        __doc__=command.__doc__,
        **fields,
    )


def _annotated(field: FieldInfo) -> Any:  # noqa: ANN401 - a type form
    when = [BeforeValidator(_as_a_date)] if field.annotation in {AwareDatetime, date} else []
    rules = [*field.metadata, *when]
    return Annotated[field.annotation, *rules] if rules else field.annotation


def _as_a_date(value: object) -> object:
    """Give back what is written as RFC 3339 has it; pydantic would take 12 for seconds of 1970."""
    if not isinstance(value, str) or not _DATE.match(value):
        raise ValueError("a date is written year-month-day")
    return value


async def asked(
    request: Request,
    by: Known,
    _key: Annotated[str | None, Header(alias="Idempotency-Key", description=OWN_NAME)] = None,
    _seen: Annotated[str | None, Header(alias="If-Match", description=SEEN)] = None,
) -> Asked:
    """Give what makes this request itself: its id, its fingerprint, its trace, what it is based on.

    The two headers are named for those who read OpenAPI; what is wrong with them is said elsewhere.
    Raises ``LooksOnly``, ``NamesNobody``, ``IdempotencyKeyMissing``, ``IdempotencyKeyMalformed``
    and ``PreconditionMissing``.
    """
    if by.oversees:
        raise LooksOnly
    return await asked_by_anyone(request, by)


async def asked_by_anyone(
    request: Request,
    by: Known,
    _key: Annotated[str | None, Header(alias="Idempotency-Key", description=OWN_NAME)] = None,
    _seen: Annotated[str | None, Header(alias="If-Match", description=SEEN)] = None,
) -> Asked:
    """Give the same for the few things that who oversees is asked to do: all but ``LooksOnly``."""
    here = cast("KnowsKeys", request.app.state.wiring)
    if by.names_nobody:
        raise NamesNobody
    key = here.request_key
    asks = await wish(request, unit=by.unit, asks=by.asks, office=by.office, key=key)
    trace = trace_of(request)
    return Asked(
        command_id=asks.command_id,
        request_mac=asks.request_mac,
        correlation_id=str(trace.correlation_id),
        causation_id=str(asks.command_id),
        traceparent=trace.traceparent,
        if_match=seen(request).counts if "if-match" in request.headers else None,
    )
