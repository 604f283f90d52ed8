"""How a no reaches who asked: one status for each family, one sentence in each language."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.api import edge
from shared.api.edge import EdgeRefusal, InternalError
from shared.api.problems import MEDIA_TYPE, STATUS, body_of, status_of
from shared.eventstore import port
from shared.kernel.refusals import (
    DoesNotExist,
    KeyReused,
    NotAllowed,
    NotPossible,
    NotValid,
    OutOfDate,
    Refusal,
)
from tests.api.sample import AlreadyAnswered, NotTheAddressee, NotYours, asking, service


def raising(problem: Exception) -> Callable[[], Any]:
    """Give a door that raises *problem*."""

    async def door() -> None:
        raise problem

    return door


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _below(each)


KINDS = [
    DoesNotExist,
    NotAllowed,
    NotPossible,
    NotValid,
    OutOfDate,
    KeyReused,
    NotTheAddressee,
    AlreadyAnswered,
    edge.MalformedBody,
    edge.CursorNotValid,
    edge.PositionNotValid,
    *_below(EdgeRefusal),
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug())
async def test_every_refusal_is_said_in_both_languages(kind: type[Refusal]) -> None:
    """A refusal is a problem of its own type, in Danish with the English beside it."""
    async with asking(service({"/no": raising(kind(since="2021-06-04"))})) as client:
        answer = await client.get("/no")
    told = answer.json()
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["content-language"] == "da, en"
    assert answer.headers["cache-control"] == "no-store"
    assert told["type"] == f"urn:kredslob:problem:{kind.slug()}"
    assert (told["title"], told["en"]["title"]) == (kind.words().da, kind.words().en)
    assert told["status"] == answer.status_code == status_of(kind)
    assert told.get("since") == (None if kind is DoesNotExist else "2021-06-04")


def test_no_refusal_is_a_fault_by_oversight() -> None:
    """Of all the edge's refusals only the fault itself answers 500."""
    faults = {kind for kind in _below(EdgeRefusal) if status_of(kind) == 500}
    assert faults == {EdgeRefusal, InternalError}


def test_the_five_families_have_their_statuses() -> None:
    """The families of the domain answer 404, 403, 409, 422 and 412."""
    families = (DoesNotExist, NotAllowed, NotPossible, NotValid, OutOfDate)
    assert [int(STATUS[each]) for each in families] == [404, 403, 409, 422, 412]


def test_a_refusal_without_a_family_is_noticed() -> None:
    """A refusal outside every family has no status, and says so."""
    with pytest.raises(LookupError, match="Refusal"):
        status_of(Refusal)


async def test_another_units_thing_is_as_if_it_never_was() -> None:
    """What you may not see is answered in the very bytes of what does not exist."""
    doors = {"/a": raising(NotYours(unit="x")), "/b": raising(DoesNotExist())}
    async with asking(service(doors)) as client:
        one, other = await client.get("/a"), await client.get("/b")
    assert (one.content, one.headers) == (other.content, other.headers)


def test_facts_never_hide_what_a_problem_is() -> None:
    """A fact named like a member of a problem does not take its place."""
    told = body_of(NotAllowed, {"status": 200, "type": "about:blank", "since": 1})
    assert (told["status"], told["type"]) == (403, "urn:kredslob:problem:not-allowed")
    assert told["since"] == 1


STORE = {
    port.StoreBusy: (503, "try-again"),
    port.StoreFull: (507, "storage-full"),
    port.StoreDown: (503, "storage-down"),
    port.StoreInUse: (503, "storage-down"),
    port.OutcomeUnknown: (503, "outcome-open"),
    port.TooLarge: (413, "too-much-at-once"),
}


@pytest.mark.parametrize("kind", STORE, ids=lambda kind: kind.__name__)
async def test_each_trouble_of_the_store_has_its_own_answer(kind: type[port.StoreProblem]) -> None:
    """Full, busy, down and unknown are told apart, and who should try again is told when."""
    async with asking(service({"/no": raising(kind("stream referral-1"))})) as client:
        answer = await client.get("/no")
    status, slug = STORE[kind]
    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:kredslob:problem:{slug}"
    assert ("retry-after" in answer.headers) == (status == 503)
    assert "referral-1" not in answer.text


async def test_who_is_not_signed_in_is_told_how() -> None:
    """A missing and a bad sign-in are both 401, with the challenge of RFC 6750."""
    doors = {"/a": raising(edge.NotSignedIn()), "/b": raising(edge.TokenExpired())}
    async with asking(service(doors)) as client:
        missing, bad = await client.get("/a"), await client.get("/b")
    assert missing.headers["www-authenticate"] == "Bearer"
    assert bad.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_a_fault_tells_nothing() -> None:
    """What nobody foresaw is a 500 without a word of what went wrong."""
    async with asking(service({"/no": raising(ValueError("Anna, 010203"))})) as client:
        answer = await client.get("/no")
    assert answer.status_code == 500
    assert answer.json() == body_of(InternalError)


async def test_an_unknown_address_and_a_wrong_method_are_told_apart() -> None:
    """An address that is not there is 404; one used wrongly is 405 and says what it takes."""
    async with asking(service()) as client:
        unknown, wrong = await client.get("/nowhere"), await client.get("/v1/referrals/1/edit")
    assert (unknown.status_code, wrong.status_code) == (404, 405)
    assert unknown.json()["type"].endswith(":no-such-door")
    assert wrong.json()["type"].endswith(":method-not-allowed")
    assert wrong.headers["allow"] == "PUT"
    assert unknown.headers["content-type"] == wrong.headers["content-type"] == MEDIA_TYPE


async def test_what_is_no_id_names_nothing() -> None:
    """A malformed id is answered as an id that never was."""
    async with asking(service()) as client:
        answer = await client.post(
            "/v1/referrals/anna/answer", json={"outcome": "accepted", "count": 1}
        )
    assert answer.status_code == 404
    assert answer.json() == body_of(DoesNotExist)


async def test_a_malformed_body_names_fields_and_no_values() -> None:
    """Fields that are wrong are named, with the rule; what was sent in them is not sent back."""
    sent = {"outcome": "Anna Andersen er bekymret", "count": "0102031234", "extra": "hemmeligt"}
    async with asking(service()) as client:
        answer = await client.post("/v1/referrals/1/answer", json=sent)
        bare = await client.post("/v1/referrals/1/answer", json={})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":malformed-body")
    found = {each["field"]: each["rule"] for each in answer.json()["fields"]}
    assert found == {"body.outcome": "string_too_long", "body.extra": "extra_forbidden"}
    assert not any(value in answer.text for value in sent.values())
    assert bare.json()["fields"][0] == {
        "field": "body.outcome",
        "rule": "missing",
        "title": "skal udfyldes",
        "en": "is required",
    }


async def test_a_flood_of_wrong_fields_is_told_in_short() -> None:
    """A body wrong in a thousand places is not echoed at length."""
    sent = {"x" * 1000 + str(number): 1 for number in range(100)}
    async with asking(service()) as client:
        answer = await client.post("/v1/referrals/1/answer", json=sent)
    assert len(answer.content) < 8_000


@pytest.mark.parametrize("sent", [b"{", b"\xff", b"[" * 100_000])
async def test_what_is_not_json_is_said_to_be(sent: bytes) -> None:
    """A body that cannot be read as JSON is 400, whatever is wrong with it."""
    async with asking(service()) as client:
        answer = await client.post(
            "/v1/referrals/1/answer", content=sent, headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == 400
    assert answer.json()["type"].split(":")[-1] in {"malformed-json", "malformed-request"}
