"""Every answer says of each of its fields what kind of data it is; a new door cannot forget it."""

from typing import Generic, TypeVar

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from services.audit.app import DOORS as OF_AUDIT
from services.referrals.app import DOORS as OF_REFERRALS
from shared.api.labels import Administrative
from tests.access.labelled import models_in, named, routes_of, unlabelled

ROUTES = routes_of((*OF_REFERRALS, *OF_AUDIT))
T = TypeVar("T")


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_field_of_an_answer_has_a_category(route: APIRoute) -> None:
    """What is shown is of some kind of data, and a field that says none fails the build."""
    assert list(models_in(route.response_model)), "a door without a model could answer anything"
    assert list(unlabelled(route.response_model)) == []


class Careless(BaseModel):
    """An answer with a field that nobody thought about."""

    known: Administrative[str]
    forgotten: str | None


class Nested(BaseModel):
    """An answer with such an answer in it."""

    inner: Administrative[list[Careless]]


class Paged(BaseModel, Generic[T]):
    """An answer that holds one of any kind."""

    items: Administrative[list[T]]


@pytest.mark.parametrize("answer", [Careless, Nested, Paged[Careless], Paged[Nested] | None])
def test_a_forgotten_field_is_seen(answer: object) -> None:
    """A field without a category is named, in an answer and in what it holds."""
    assert list(unlabelled(answer)) == ["Careless.forgotten"]
