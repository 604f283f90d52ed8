"""Nobody overwrites what they have not seen."""

import httpx2
import pytest

from shared.api.preconditions import etag
from tests.api.sample import asking, service


async def edit(*if_match: str) -> httpx2.Response:
    """Give the answer to a change of a thing of which three facts are visible."""
    async with asking(service()) as client:
        headers = httpx2.Headers([("If-Match", each) for each in if_match])
        return await client.put("/v1/referrals/1/edit", headers=headers)


def test_a_validator_is_strong_and_counts_what_one_sees() -> None:
    """The ETag is the dense count of one's own view."""
    assert etag(3) == '"3"'


@pytest.mark.parametrize("seen", ['"3"', '"1", "3"', '"other","3"', "*", ' "3" ', ',"3",'])
async def test_who_saw_it_as_it_is_may_change_it(seen: str) -> None:
    """A change counts under the version that is there, alone or in a list."""
    assert (await edit(seen)).status_code == 200


async def test_a_list_may_come_in_two_headers() -> None:
    """Two headers are one list (RFC 9110 §5.3)."""
    assert (await edit('"1"', '"3"')).status_code == 200


@pytest.mark.parametrize("seen", ['"2"', '"4"', 'W/"3"', '"33"', '"1","2"', '"~!"', '""'])
async def test_who_saw_it_otherwise_may_not(seen: str) -> None:
    """A stale version, a foreign one and a weak one do not count, and the one that does is told."""
    answer = await edit(seen)
    assert answer.status_code == 412
    assert answer.json()["type"] == "urn:kredslob:problem:out-of-date"
    assert answer.json()["etag"] == '"3"'


@pytest.mark.parametrize("seen", [(), ("",), ("3",), ('"3',), ('"3" "4"',), ('*, "3"',)])
async def test_a_change_says_what_it_saw(seen: tuple[str, ...]) -> None:
    """Without a version that can be read nothing is changed."""
    answer = await edit(*seen)
    assert answer.status_code == 428
    assert answer.json()["type"] == "urn:kredslob:problem:precondition-missing"
