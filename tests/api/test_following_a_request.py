"""A request keeps the trace it came with, and gets one where it has none (W3C Trace Context)."""

import re
from uuid import UUID

import pytest

from tests.api.sample import asking, service

WAY, STEP = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


async def trace(*headers: str) -> dict[str, str]:
    """Give the trace of a request that came with these traceparent headers."""
    async with asking(service()) as client:
        sent = [("traceparent", each) for each in headers]
        told: dict[str, str] = (await client.get("/v1/referrals/1/trace", headers=sent)).json()
        return told


@pytest.mark.parametrize(
    ("came", "flags"),
    [
        (f"00-{WAY}-{STEP}-01", "01"),
        (f"00-{WAY}-{STEP}-00", "00"),
        (f"00-{WAY}-{STEP}-fe", "00"),
        (f"01-{WAY}-{STEP}-01-later", "01"),
    ],
)
async def test_a_trace_goes_on(came: str, flags: str) -> None:
    """The way is the one it came by, the step is new, and whether it is sampled is kept."""
    version, way, step, kept = (await trace(came))["now"].split("-")
    assert (version, way, kept) == ("00", WAY, flags)
    assert step != STEP
    assert re.fullmatch(r"[0-9a-f]{16}", step)


@pytest.mark.parametrize(
    "came",
    [
        (),
        ("",),
        ("anna",),
        (f"00-{WAY}-{STEP}",),
        (f"00-{WAY}-{STEP}-01-more",),
        (f"ff-{WAY}-{STEP}-01",),
        (f"00-{WAY.upper()}-{STEP}-01",),
        (f"00-{'0' * 32}-{STEP}-01",),
        (f"00-{WAY}-{'0' * 16}-01",),
        (f"00-{WAY}-{STEP}-01", f"00-{WAY}-{STEP}-01"),
    ],
)
async def test_a_bad_trace_begins_anew(came: tuple[str, ...]) -> None:
    """A header that is missing, malformed or doubled counts for nothing."""
    told = (await trace(*came))["now"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", told)
    assert WAY not in told


async def test_what_belongs_together_has_one_id() -> None:
    """The correlation id of a request is that of its way."""
    assert (await trace(f"00-{WAY}-{STEP}-01"))["all"] == str(UUID(hex=WAY))
