"""No answer stays behind in a browser or a proxy."""

import pytest

from tests.api.sample import asking, service


@pytest.mark.parametrize("path", ["/v1/referrals/1/trace", "/v1/referrals/1/who", "/nowhere"])
async def test_every_answer_forbids_keeping_it(path: str) -> None:
    """What a person may see now is kept nowhere on the way: not content, and no refusal either."""
    async with asking(service()) as client:
        assert (await client.get(path)).headers["Cache-Control"] == "no-store"
