"""A request sent twice is one request; another request under the same key is another."""

from typing import Any

import httpx2
import pytest

from shared.api.idempotency import command_id_of
from tests.api.sample import asking, service

PATH = "/v1/referrals/1/wish"


async def ask(
    key: str = "a",
    body: bytes = b"{}",
    unit: str = "favrskov-ssp",
    path: str = PATH,
    **by: str,
) -> Any:  # noqa: ANN401 - JSON
    """Give what the service makes of one request, *by* whom (``asks``) and in which ``office``."""
    async with asking(service()) as client:
        headers = {"Idempotency-Key": key, "Unit": unit, **by}
        return (await client.put(path, content=body, headers=headers)).json()


async def test_the_same_request_is_the_same() -> None:
    """Sent again, by another connection to another process, a request has the id it had."""
    assert await ask() == await ask()


async def test_another_body_is_seen_under_the_same_key() -> None:
    """The id stays with the key, so that the MAC can tell that the request is another."""
    one, other = await ask(body=b"{}"), await ask(body=b"{ }")
    assert one["id"] == other["id"]
    assert one["mac"] != other["mac"]


async def test_another_office_is_seen_under_the_same_key() -> None:
    """In which office something is asked is part of what is asked, and not of its id."""
    one, other = await ask(office="caseworker"), await ask(office="leader")
    assert one["id"] == other["id"]
    assert one["mac"] != other["mac"]


async def test_everything_that_makes_it_another_request_makes_another_id() -> None:
    """Key, unit, who asks, whom they ask for and address each make another request."""
    ids = [
        (await ask())["id"],
        (await ask(key="b"))["id"],
        (await ask(unit="odder-ssp"))["id"],
        (await ask(path="/v1/referrals/2/wish"))["id"],
        (await ask(asks="somebody else"))["id"],
        (await ask(asks="somebody,an officer"))["id"],
    ]
    assert len(set(ids)) == len(ids)


async def test_parts_cannot_be_moved_from_one_to_the_next() -> None:
    """What stands at the end of one part is not what stands at the beginning of the next."""
    one = await ask(unit='a","b', key="c")
    other = await ask(unit="a", key='b","c')
    assert one["id"] != other["id"]


async def _refused(headers: httpx2.Headers) -> tuple[int, str]:
    async with asking(service()) as client:
        answer = await client.put(PATH, content=b"{}", headers=headers)
        return answer.status_code, answer.json()["type"].split(":")[-1]


async def test_a_change_without_a_key_is_refused() -> None:
    """A change that could not be told from its repetition is not made."""
    assert await _refused(httpx2.Headers()) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, b"\xe6", "\t"])
async def test_a_malformed_key_is_refused(key: str | bytes) -> None:
    """A key is 1 to 255 visible ASCII characters."""
    raw = key if isinstance(key, bytes) else key.encode()
    headers = httpx2.Headers([(b"Idempotency-Key", raw)])
    assert await _refused(headers) == (400, "idempotency-key-malformed")


async def test_two_keys_are_none() -> None:
    """A request has one key, or it cannot be said which request it is."""
    headers = httpx2.Headers([("Idempotency-Key", "a"), ("Idempotency-Key", "b")])
    assert await _refused(headers) == (400, "idempotency-key-malformed")


@pytest.mark.parametrize("key", ["x" * 255, "!", "~", '"quoted"'])
async def test_every_visible_key_is_taken(key: str) -> None:
    """The longest and the oddest key allowed is taken as it is."""
    assert (await ask(key=key))["id"]


def test_an_id_cannot_be_tried_out() -> None:
    """Who knows unit, person, address and key, but not the service's own key, finds no id by it."""
    named = ("favrskov-ssp", "somebody", "POST", "/referrals", "1")
    assert command_id_of(b"ours", *named) != command_id_of(b"a guess", *named)
    assert command_id_of(b"ours", *named) == command_id_of(b"ours", *named)
