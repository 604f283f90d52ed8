"""Every answer of councils says of each of its fields what kind of data it is."""

import pytest
from fastapi.routing import APIRoute

from services.councils.app import DOORS
from shared.api.labels import Data
from tests.access.labelled import models_in, named, routes_of, unlabelled

ROUTES = routes_of(DOORS)


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_field_of_an_answer_has_a_category(route: APIRoute) -> None:
    """What is shown is of some kind of data, and a field that says none fails the build."""
    assert list(models_in(route.response_model))
    assert list(unlabelled(route.response_model)) == []


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_a_docket_is_administrative(route: APIRoute) -> None:
    """Which referral, at which stage, and when: councils know of nothing else about a case."""
    for model in models_in(route.response_model):
        marks = [mark for field in model.model_fields.values() for mark in field.metadata]
        assert {mark.category for mark in marks if isinstance(mark, Data)} == {"administrative"}
