"""The documentation of the doors tells every refusal, in both languages, with an example."""

from typing import Any

import pytest

from shared.api.problems import MEDIA_TYPE, body_of
from tests.api.sample import NotTheAddressee, asking, service

REFERRAL = "/v1/referrals/{referral_id}"


@pytest.fixture
async def openapi() -> dict[str, Any]:
    """Give the documentation as callers get it."""
    async with asking(service()) as client:
        told: dict[str, Any] = (await client.get("/openapi.json")).json()
        return told


def examples(openapi: dict[str, Any], path: str, method: str, status: int) -> dict[str, Any]:
    """Give the examples of a status of a door, by slug."""
    responses = openapi["paths"][REFERRAL + path][method]["responses"]
    shown: dict[str, Any] = responses[str(status)]["content"][MEDIA_TYPE]["examples"]
    return shown


def test_a_doors_own_refusals_are_told(openapi: dict[str, Any]) -> None:
    """A refusal that a door declares is shown with its sentences and its body."""
    told = examples(openapi, "/answer", "post", 403)["not-the-addressee"]
    assert told["value"] == body_of(NotTheAddressee)
    assert (told["summary"], told["description"]) == NotTheAddressee.words()
    described = openapi["paths"][REFERRAL + "/answer"]["post"]["responses"]["403"]["description"]
    assert described == " / ".join(NotTheAddressee.words())


def test_the_edges_refusals_are_told_beside_them(openapi: dict[str, Any]) -> None:
    """What any change may be answered stands at every change, beside the door's own."""
    assert set(examples(openapi, "/answer", "post", 409)) == {"already-answered", "key-reused"}
    assert "malformed-body" in examples(openapi, "/answer", "post", 422)
    assert "body-too-large" in examples(openapi, "/answer", "post", 413)
    assert "idempotency-key-missing" in examples(openapi, "/answer", "post", 400)
    assert "storage-full" in examples(openapi, "/answer", "post", 507)


def test_signing_in_is_told_where_it_is_needed(openapi: dict[str, Any]) -> None:
    """A door that asks who you are says what it answers to strangers; another does not."""
    assert {"not-signed-in", "token-expired"} <= set(examples(openapi, "/who", "get", 401))
    assert "401" not in openapi["paths"][REFERRAL + "/trace"]["get"]["responses"]
    assert openapi["components"]["securitySchemes"]["signed-in"]["scheme"] == "bearer"


def test_what_does_not_exist_is_told_once(openapi: dict[str, Any]) -> None:
    """The documentation does not say either what hides behind a 404."""
    assert set(examples(openapi, "/answer", "post", 404)) == {"does-not-exist"}


def test_nothing_is_told_that_is_never_answered(openapi: dict[str, Any]) -> None:
    """The framework's own shape of an error is gone, and the doors for operators are not shown."""
    assert "ValidationError" not in str(openapi)
    assert set(openapi["components"]["schemas"]) == {"Answer", "Problem"}
    assert "/metrics" not in openapi["paths"]


async def test_no_page_is_loaded_from_elsewhere() -> None:
    """The pages of documentation that fetch scripts from another host are off."""
    async with asking(service()) as client:
        assert (await client.get("/docs")).status_code == 404
        assert (await client.get("/redoc")).status_code == 404
