"""A body is counted before anything reads it, whatever its length claims to be."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable

import httpx2
import pytest
from fastapi import Request

from shared.api.limits import MAX_BODY_BYTES
from shared.testing.serving import serving
from tests.api.sample import asking, service

PATH = "/v1/referrals/1/wish"
KEYED = {"Idempotency-Key": "a"}


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    """Send a body in parts, without saying how long it will be."""
    for part in parts:
        yield part


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client of the sample service behind a real server."""
    async with serving(service()) as address, httpx2.AsyncClient(base_url=address) as client:
        yield client


@pytest.mark.parametrize("size", [0, 1, MAX_BODY_BYTES])
async def test_a_body_up_to_the_limit_is_taken(size: int, client: httpx2.AsyncClient) -> None:
    """256 KiB is taken, in one piece and in two."""
    whole, halves = b"x" * size, (b"x" * (size // 2), b"x" * (size - size // 2))
    for content in (whole, chunks(*halves)):
        answer = await client.put(PATH, content=content, headers=KEYED)
        assert answer.status_code == 200


HALF = b"x" * (MAX_BODY_BYTES // 2)


@pytest.mark.parametrize(
    "parts",
    [(HALF, HALF + b"x"), (HALF, HALF, b"x"), (b"x", *[HALF] * 20)],
    ids=["two chunks", "one byte more", "ten times too much"],
)
async def test_a_streamed_body_is_counted_as_it_comes(
    parts: Iterable[bytes], client: httpx2.AsyncClient
) -> None:
    """A body without a length is stopped by what really comes."""
    answer = await client.put(PATH, content=chunks(*parts), headers=KEYED)
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:kredslob:problem:body-too-large"


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 40 * MAX_BODY_BYTES])
async def test_a_body_with_its_length_is_refused_by_it(
    size: int, client: httpx2.AsyncClient
) -> None:
    """A body whose length is over the limit is refused, and the sender hears it."""
    answer = await client.put(PATH, content=b"x" * size, headers=KEYED)
    assert answer.status_code == 413


@pytest.mark.parametrize("expects", ["", "Expect: 100-continue\r\n"], ids=["vast", "asking first"])
async def test_a_claim_is_not_waited_for(expects: str, client: httpx2.AsyncClient) -> None:
    """A vast claim, and one that asks before it sends, are answered before a byte has come."""
    length = MAX_BODY_BYTES + 1 if expects else 10**12
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    head = f"PUT {PATH} HTTP/1.1\r\nHost: sample\r\n{expects}Content-Length: {length}\r\n\r\n"
    writer.write(head.encode())
    async with asyncio.timeout(20):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()
    await writer.wait_closed()


async def test_a_door_that_reads_json_says_the_same(client: httpx2.AsyncClient) -> None:
    """What the framework makes of an interrupted body is not what is answered."""
    sent = json.dumps({"outcome": "x" * MAX_BODY_BYTES, "count": 1}).encode()
    headers = {"Content-Type": "application/json"}
    answer = await client.post(
        "/v1/referrals/1/answer", content=chunks(sent[:9], sent[9:]), headers=headers
    )
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:kredslob:problem:body-too-large"


async def test_no_door_is_reached_with_too_much() -> None:
    """A door that reads its body gets no further: nothing is done and then denied."""
    reached: list[int] = []

    async def door(request: Request) -> None:
        reached.append(len(await request.body()))

    async with asking(service({"/door": door})) as client:
        answer = await client.post("/door", content=chunks(HALF, HALF, b"x"))
        assert (answer.status_code, reached) == (413, [])
        await client.post("/door", content=chunks(HALF, HALF))
        assert reached == [MAX_BODY_BYTES]


async def test_the_service_goes_on(client: httpx2.AsyncClient) -> None:
    """After a body too large the next request is served as if nothing had been."""
    await client.put(PATH, content=chunks(*[HALF] * 9), headers=KEYED)
    assert (await client.put(PATH, content=b"x", headers=KEYED)).status_code == 200
