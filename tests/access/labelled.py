"""What the answers of doors are made of, and which of their fields say no kind of data."""

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any, get_args

from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.api.labels import Data, Mixed


def routes_of(doors: Iterable[ModuleType]) -> list[APIRoute]:
    """Give every door of modules that each have a router."""
    return [
        route for module in doors for route in module.router.routes if isinstance(route, APIRoute)
    ]


def named(route: APIRoute) -> str:
    """Give a door as one writes it: its method and its path."""
    return f"{min(route.methods or ())} {route.path}"


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
        for name, field in model.model_fields.items():
            if not any(isinstance(mark, Data | Mixed) for mark in field.metadata):
                yield f"{model.__name__}.{name}"
            left += models_in(field.annotation)
