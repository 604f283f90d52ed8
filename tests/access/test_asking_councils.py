"""A service that has heard nothing for too long asks councils who holds which office."""

import asyncio
import socket
from dataclasses import replace
from typing import Any

import pytest

from shared.access.asking_councils import AskingCouncils
from shared.access.directory import Held
from shared.kernel.ids import ActorId
from shared.platform.layout import LOGIN
from tests.access.stage import CLIENT, SOMEBODY, UNIT, Stage

NOBODY = ActorId("00" * 32)
HELD = (Held(UNIT, "caseworker"),)


async def held(asking: AskingCouncils, actor: ActorId = SOMEBODY) -> tuple[Held, ...]:
    """Give what councils say that somebody holds."""
    told = await asking.offices_of(actor)
    assert told is not None
    return told.held


async def test_while_the_bus_speaks_nobody_is_asked(here: Stage) -> None:
    """One's own view counts until nothing has been heard for longer than the time set."""
    assert await here.asking(heard_ago=lambda: 60.0).offices_of(SOMEBODY) is None
    assert await here.times_asked() == 0
    assert await held(here.asking(heard_ago=lambda: 60.1)) == HELD
    assert await here.times_asked() == 1


async def test_in_silence_councils_say_what_holds_now(here: Stage) -> None:
    """An office that has ended, and one that was given, count from the next question on."""
    asking = here.asking()
    assert await held(asking) == HELD
    await here.appoint("/ending")
    assert await held(asking) == ()
    await here.appoint()
    assert await held(asking) == HELD


async def test_an_answer_is_kept_for_a_moment(here: Stage) -> None:
    """Not every request of a person asks anew; each person is asked about, and for a while only."""
    asking = here.asking(kept_for=3600.0)
    for _ in range(3):
        assert await held(asking) == HELD
    assert await here.times_asked() == 1
    assert await held(asking, NOBODY) == ()
    assert await here.times_asked() == 2


async def test_an_answer_is_as_old_as_the_asking(here: Stage) -> None:
    """What councils said counts from when they were asked, however long nothing is heard."""
    asking, begun = here.asking(kept_for=3600.0), asyncio.get_running_loop().time()
    ages = [told.age for _ in range(2) if (told := await asking.offices_of(SOMEBODY))]
    assert await here.times_asked() == 1
    assert 0.0 < ages[0] < ages[1] < asyncio.get_running_loop().time() - begun


async def test_where_councils_are_not_known_nobody_is_asked(here: Stage) -> None:
    """A service that was not told where councils answer goes by its own view, however old."""
    asking = replace(here.asking(), url=None)
    assert await asking.offices_of(SOMEBODY) is None
    assert await here.times_asked() == 0


async def test_councils_that_hang_are_waited_for_once(here: Stage) -> None:
    """Where councils take the question and never answer, the view counts and nobody asks on."""
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        hanging.settimeout(0)
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        asking = here.asking(url, kept_for=3600.0, patience=0.5)
        await asking.token.current()
        for _ in range(3):
            assert await asking.offices_of(SOMEBODY) is None
        hanging.accept()[0].close()
        with pytest.raises(BlockingIOError):
            hanging.accept()


@pytest.mark.parametrize("fault", ["gone", "no secret", "wrong secret", "no door", "other words"])
async def test_without_an_answer_the_view_counts(here: Stage, fault: str) -> None:
    """Whatever keeps councils from answering, or us from asking, is no fault of the request."""
    match fault:
        case "gone":
            asking = here.asking("http://127.0.0.1:1")
        case "no secret":
            asking = here.asking(token=here.token("kredslob-nobody"))
        case "wrong secret":
            (here.var / LOGIN / "kredslob-demo.secret").write_text("made up")
            asking = here.asking(token=here.token("kredslob-demo"))
        case "no door":
            asking = here.asking(f"{here.councils}/nowhere")
        case _:
            asking = here.asking(f"{here.issuer}/jwks?")
    assert await asking.offices_of(SOMEBODY) is None


async def test_a_token_that_has_run_out_is_renewed(here: Stage) -> None:
    """A silence may last longer than a token; moving the clock ends tokens as time would."""
    asking = here.asking()
    assert await held(asking) == HELD
    here.clock.write_text("3600.0")
    assert await held(asking) == HELD


@pytest.mark.parametrize("client", [CLIENT, "kredslob-audit"])
async def test_a_service_may_look_and_not_touch(here: Stage, client: str) -> None:
    """A service's own sign-in reads who holds what, and neither gives offices nor makes rules."""
    token = await here.token(client).current()
    path = f"/offices?holder={SOMEBODY}"
    assert (await here.ask("GET", path, token)).json()["items"] == [HELD[0]._asdict()]
    said: dict[str, Any] = {"holder": SOMEBODY, "place": UNIT, "office": "leader"}
    rules: dict[str, Any] = {"content": {}}
    for method, door, body in [
        ("POST", "/offices", said),
        ("POST", "/offices/ending", said),
        ("PUT", "/rulebook", rules),
    ]:
        refused = await here.ask(method, door, token, **body)
        assert refused.json()["type"] == "urn:kredslob:problem:not-an-operator"
