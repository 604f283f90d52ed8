"""What the answers of doors are made of, and which of their fields say no kind of data."""

import typing
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Annotated, Any, get_args, get_origin

from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.api.labels import Data, Mixed


def routes_of(doors: Iterable[ModuleType]) -> list[APIRoute]:
    """Give every door of modules that each have a router."""
    return [
        route for module in doors for route in module.router.routes if isinstance(route, APIRoute)
    ]


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - a type form
    """Give every model that a type form is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def unlabelled(answer: Any) -> Iterator[str]:  # noqa: ANN401 - a type form
    """Give every field of an answer, and of what it holds, that does not say its kind of data."""
    seen: set[type[BaseModel]] = set()
    left = [*models_in(answer)]
    while left:
        model = left.pop()
        if model in seen:
            continue
        seen.add(model)
        hints = typing.get_type_hints(model, include_extras=True)
        for name in model.model_fields:
            hint = hints[name]
            marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
            if not any(isinstance(mark, Data | Mixed) for mark in marks):
                yield f"{model.__name__}.{name}"
            left += models_in(hint)
