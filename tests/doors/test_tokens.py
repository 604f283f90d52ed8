"""Who is let in at all: tokens that ran out, that others signed, that were meant for others."""

from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey

from shared.cli.clock import move
from tests.doors.cases import DRAFT
from tests.doors.described import Doors
from tests.doors.knocking import NEVER, Response, knock, nothing_written, refused
from tests.doors.people import SSP, person
from tests.doors.tokens import signed
from tests.journeys.world import World


async def _with(world: World, token: str) -> Response:
    async with nothing_written(world.platform):
        return await knock(
            person(world, SSP), "POST", "/referrals", DRAFT, authorization=f"Bearer {token}"
        )


async def test_a_good_token_of_the_same_make_is_believed(world: World) -> None:
    """The tokens that are refused below differ from a good one in the one thing named."""
    bearer = f"Bearer {signed(world)}"
    good = await knock(person(world, SSP), "POST", "/referrals", DRAFT, authorization=bearer)
    assert good.status_code == 201, good.text


async def test_a_token_runs_out(world: World) -> None:
    """A token counts until it expires by the platform's clock, also one believed a moment ago."""
    ssp = person(world, SSP)
    bearer = f"Bearer {await ssp.token()}"
    assert (await knock(ssp, "GET", "/inbox", authorization=bearer)).status_code == 200
    move(world.platform.var, timedelta(minutes=16))
    late = await _with(world, bearer.removeprefix("Bearer "))
    refused(late, "token-expired", 401)
    assert late.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert (await knock(ssp, "GET", "/inbox")).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another-platform"},
        {"aud": []},
        {"iss": "http://127.0.0.1:1"},
        {"sub": ""},
        {"exp": "tomorrow"},
    ],
    ids=str,
)
async def test_a_token_for_somebody_else_is_foreign(world: World, wrong: dict[str, Any]) -> None:
    """A token of another issuer or for another audience opens nothing here."""
    refused(await _with(world, signed(world, claims=wrong)), "foreign-token", 401)


async def test_a_token_of_another_kind_is_foreign(world: World) -> None:
    """What says who somebody is (an ID token) is not what lets them in."""
    refused(await _with(world, signed(world, kind="JWT")), "foreign-token", 401)


async def test_a_token_that_others_signed_is_foreign(world: World) -> None:
    """Whoever signs with a key of their own under the login's name is not believed."""
    stolen_name = signed(world, key=ECKey.generate_key("P-256"))
    refused(await _with(world, stolen_name), "foreign-token", 401)


@pytest.mark.parametrize("token", ["x", "a.b.c", "æøå", "e30.e30.e30"])
async def test_what_is_no_token_is_foreign(world: World, token: str) -> None:
    """Whatever is shown in place of a token is refused as one, without a fault of ours."""
    shown = [(b"authorization", f"Bearer {token}".encode("latin-1"))]
    answer = await world.http.get(f"{world.platform.url('referrals')}/inbox", headers=shown)
    refused(answer, "foreign-token", 401)


async def test_a_token_from_the_future_does_not_count_yet(world: World) -> None:
    """A token counts from its own moment on."""
    ahead = int((world.clock.now() + timedelta(minutes=10)).timestamp())
    refused(await _with(world, signed(world, claims={"iat": ahead})), "token-not-yet-valid", 401)


async def test_every_door_wants_a_token(world: World, doors: Doors) -> None:
    """Nobody gets anywhere unsigned, whatever else is right or wrong with the request."""
    for door in doors.operations:
        path = door.path(NEVER)
        for shown in (None, "Basic eDp5", "Bearer"):
            answer = await knock(
                person(world, SSP),
                door.method,
                path,
                door.body(),
                service=door.service,
                authorization=shown,
            )
            refused(answer, "not-signed-in", 401)
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_position_is_not_looked_at_for_who_is_not_signed_in(world: World) -> None:
    """Who is not signed in is told that, and nothing about what else is wrong."""
    answer = await knock(
        person(world, SSP), "GET", "/inbox", authorization=None, kredslob_wait_for="nonsense"
    )
    refused(answer, "not-signed-in", 401)
