"""Rules and offices over real HTTP: who may change them, and who may read them."""

import copy
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.api.identity import actor_id
from shared.rulebook.content import Rulebook
from tests.councils.saying import ODDER
from tests.councils.stage import Councils, councils


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Councils]:
    """Give the running service, without any rulebook yet."""
    async with councils(tmp_path, None) as running:
        yield running


async def test_rules_are_put_in_force_by_the_operator_alone(
    here: Councils, rulebook: Rulebook
) -> None:
    """Only an operator's sign-in puts a rulebook in force, once; before there is none to read."""
    body = {"content": rulebook.content}
    assert (await here.ask("GET", "/rulebook", who="petra")).status_code == 503
    stranger = await here.ask("PUT", "/rulebook", who="petra", body=body)
    assert stranger.json()["type"] == "urn:kredslob:problem:not-an-operator"
    done = await here.done("PUT", "/rulebook", who="operator", body=body)
    assert done["manifest"] == rulebook.manifest.hash
    again = await here.ask("PUT", "/rulebook", who="operator", body=body)
    assert (again.status_code, again.json()["type"]) == (
        409,
        "urn:kredslob:problem:already-in-force",
    )


async def test_a_faulty_rulebook_changes_nothing(here: Councils, rulebook: Rulebook) -> None:
    """A faulty rulebook is answered with every mistake, and the old one is still in force."""
    await here.done("PUT", "/rulebook", who="operator", body={"content": rulebook.content})
    broken = copy.deepcopy(rulebook.content)
    district = broken["district"]
    assert isinstance(district, dict)
    units = district["units"]
    assert isinstance(units, list)
    units[3] = {**dict(units[3]), "authority": "nobody"}  # type: ignore[arg-type]  # known to be an entry
    refused = await here.ask("PUT", "/rulebook", who="operator", body={"content": broken})
    assert refused.status_code == 422
    assert any(each["place"].startswith("district.units.3") for each in refused.json()["faults"])
    nonsense = await here.ask("PUT", "/rulebook", who="operator", body={"content": {"a": 1}})
    assert nonsense.json()["type"] == "urn:kredslob:problem:rulebook-faulty"
    shown = await here.done("GET", "/rulebook", who="petra")
    assert shown["manifest"] == rulebook.manifest.hash


async def test_anybody_signed_in_reads_the_rules(here: Councils, rulebook: Rulebook) -> None:
    """Who is signed in sees the district's units and forums and the programmes, to pick from."""
    await here.done("PUT", "/rulebook", who="operator", body={"content": rulebook.content})
    shown = await here.done("GET", "/rulebook", who="uden-hverv")
    assert {each["id"] for each in shown["programmes"]} == {"bandeexit", "infohus", "psp", "ukn"}
    assert ODDER in {each["id"] for each in shown["units"]}
    assert {"psp-odder", "infohus-randers"} <= {each["id"] for each in shown["forums"]}


async def test_an_office_counts_at_once_and_ends_at_once(
    here: Councils, rulebook: Rulebook
) -> None:
    """What the operator gives a person opens a door at the next request; what ends closes it."""
    await here.done("PUT", "/rulebook", who="operator", body={"content": rulebook.content})
    path = "/forums/psp-odder/docket"
    assert (await here.ask("GET", path, who="hanne")).status_code == 403
    await here.appoint("hanne", ODDER, "tovholder")
    mine = await here.done("GET", "/offices/mine", who="hanne")
    assert mine["items"] == [{"place": ODDER, "office": "tovholder"}]
    assert (await here.ask("GET", path, who="hanne")).status_code == 200
    body = {
        "issuer": here.issuer.address,
        "subject": "hanne",
        "place": ODDER,
        "office": "tovholder",
    }
    ended = await here.done("POST", "/offices/ending", who="operator", body=body)
    assert ended["waiting_for"] == []
    assert (await here.ask("GET", path, who="hanne")).status_code == 403


async def test_an_operator_gives_itself_no_office(here: Councils, rulebook: Rulebook) -> None:
    """Who gives offices holds none by its own hand, named by login or by code; ending is free."""
    await here.done("PUT", "/rulebook", who="operator", body={"content": rulebook.content})
    await here.done("GET", "/rulebook", who="operator")  # which waits until it is in force here
    code = actor_id(here.wiring.actor_key, here.issuer.address, "operator")
    office = {"place": ODDER, "office": "tovholder"}
    for named in ({"issuer": here.issuer.address, "subject": "operator"}, {"holder": code}):
        refused = await here.ask("POST", "/offices", who="operator", body={**named, **office})
        assert (refused.status_code, refused.json()["type"]) == (
            403,
            "urn:kredslob:problem:own-office",
        )
    assert (await here.done("GET", "/offices/mine", who="operator"))["items"] == []
    ended = await here.ask(
        "POST", "/offices/ending", who="operator", body={"holder": code, **office}
    )
    assert ended.json()["type"] == "urn:kredslob:problem:office-not-held"


async def test_an_ending_that_is_not_known_yet_says_so(here: Councils, rulebook: Rulebook) -> None:
    """While the read models stand still, an office ends with 202 and names who waits for it."""
    await here.done("PUT", "/rulebook", who="operator", body={"content": rulebook.content})
    await here.appoint("hanne", ODDER, "tovholder")
    body = {
        "issuer": here.issuer.address,
        "subject": "hanne",
        "place": ODDER,
        "office": "tovholder",
    }
    async with here.wiring.views.holding():
        ended = await here.ask("POST", "/offices/ending", who="operator", body=body)
    assert (ended.status_code, ended.json()["waiting_for"]) == (202, ["councils"])


async def test_an_ending_counts_when_everybody_knows_it(here: Councils, rulebook: Rulebook) -> None:
    """It answers 202 and names who does not know, and under the same key 200 once they do.

    To be given an office is done at once, and names them too.
    """
    await here.done("PUT", "/rulebook", who="operator", body={"content": rulebook.content})
    body = {"holder": "5e" * 32, "place": ODDER, "office": "tovholder"}
    here.unaware |= {"audit"}
    given = await here.ask("POST", "/offices", who="operator", body=body)
    assert (given.status_code, given.json()["waiting_for"]) == (201, ["audit"])

    async def ended() -> tuple[int, list[str]]:
        path, who = "/offices/ending", "operator"
        told = await here.ask("POST", path, who=who, body=body, key="this-ending")
        return told.status_code, told.json()["waiting_for"]

    here.unaware |= {"referrals"}
    assert await ended() == (202, ["referrals", "audit"])
    here.unaware -= {"audit"}
    assert await ended() == (202, ["referrals"])
    before = await here.wiring.ground.store.head()
    here.unaware.clear()
    assert await ended() == (200, [])
    assert await here.wiring.ground.store.head() == before


async def test_offices_are_given_where_they_exist_to_whom_does_not_hold_them(
    here: Councils, rulebook: Rulebook
) -> None:
    """Giving twice, giving what the rulebook has not and ending what is not held are refused."""
    await here.done("PUT", "/rulebook", who="operator", body={"content": rulebook.content})
    holder = "5e" * 32
    body = {"holder": holder, "place": ODDER, "office": "tovholder"}
    for path, said, problem in [
        ("/offices/ending", body, "office-not-held"),
        ("/offices", {**body, "office": "auditor"}, "office-not-for-place"),
        ("/offices", body, None),
        ("/offices", body, "office-already-held"),
        ("/offices", {**body, "issuer": "x", "subject": "y"}, "malformed-body"),
    ]:
        answer = await here.ask("POST", path, who="operator", body=said)
        told = answer.json().get("type", "").rpartition(":")[2]
        assert told == (problem or ""), answer.text
    assert (await here.ask("POST", "/offices", who="petra", body=body)).status_code == 403
    path = f"/offices?holder={holder}"
    assert (await here.ask("GET", path, who="petra")).status_code == 403
    held = await here.done("GET", path, who="operator")
    assert held["items"] == [{"place": ODDER, "office": "tovholder"}]
