"""Asking why somebody sees a case, and counting the cases that a change of rules would touch."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI, Request, Response
from typer.testing import CliRunner

from services.referrals.counting import counted
from services.referrals.settings import Settings
from shared.cli.main import app
from shared.platform.layout import NotRunning
from shared.platform.supervising import ROOT
from shared.rulebook.content import Rulebook
from shared.testing.postgres import Postgres, postgres
from shared.testing.serving import serving
from tests.access import scenes
from tests.access.hall import Hall, hall
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP, Way

TAKER, FURTHER = "hanne", "jette"
COLLEAGUE, DPO = "anna", "dpo"
MARKING = "må ikke anvendes til efterforskning (not to be used for investigation)"


@dataclass(frozen=True)
class Asked:
    """How ``kredslob access why`` ended, and what it said."""

    code: int
    told: str


@dataclass
class Desk:
    """A hall whose doors can be come to over HTTP."""

    hall: Hall
    url: str

    async def why(self, person: str, referral: object, **environment: str) -> Asked:
        """Ask as the DPO of the sender's authority, if nothing else is said."""
        told = {"COLUMNS": "300", "KREDSLOB_TOKEN": DPO, **environment}
        words = ["access", "why", person, str(referral), "--url", self.url]
        result = await asyncio.to_thread(CliRunner(env=told).invoke, app, words)
        lines = [line for line in result.output.splitlines() if " [info " not in line]
        return Asked(result.exit_code, "\n".join(lines))  # without what the doors log meanwhile


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Desk]:
    """Give the desk, with people in their offices."""
    async with hall(tmp_path, rulebook) as running, serving(_doors(running)) as url:
        await people(running)
        yield Desk(running, url)


def _doors(behind: Hall) -> FastAPI:
    """Give an application that hands everything on to the hall."""
    front = FastAPI()

    @front.post("/{path:path}")
    async def hand_on(path: str, request: Request) -> Response:
        assert not request.url.query, "addresses are written into logs"
        body, headers = await request.body(), dict(request.headers)
        answer = await behind.http.post(f"/{path}", content=body, headers=headers)
        kind = answer.headers["content-type"]
        return Response(answer.content, answer.status_code, media_type=kind)

    return front


async def people(here: Hall) -> None:
    """Let those hold offices who take part."""
    await here.appoint(COLLEAGUE, PSP.sender)
    await here.appoint(DPO, "odder-tilsyn", "dpo")
    await here.appoint(TAKER, PSP.taker, "tovholder")
    await here.appoint(FURTHER, PSP.further)
    await here.appoint("bo", INFOHUS.sender)


async def sent(here: Hall, who: str, way: Way) -> str:
    """Give a referral that was sent."""
    draft = {"programme": way.programme, "urgency": "hurtig", "intake": dict(way.answers)}
    begun = await here.ask(who, "POST", "/referrals", draft)
    referral: str = begun.json()["referral"]
    send = {"addressee": way.addressee, "basis": way.basis, "purpose": way.purpose}
    why = {"necessity": "Opdigtet: nødvendigt.", "chosen_because": "Opdigtet: det nærmeste."}
    await done(here, who, f"{referral}/sending", {**send, **why})
    return referral


async def done(here: Hall, who: str, path: str, body: object, method: str = "POST") -> None:
    """Do something with a referral."""
    answer = await here.ask(who, method, f"/referrals/{path}", body)
    assert answer.is_success, answer.text


async def test_a_dpo_is_told_what_a_colleague_sees_and_why(here: Desk) -> None:
    """Each office is told with its kinds of data and its policies, in two languages."""
    referral = await sent(here.hall, COLLEAGUE, PSP)
    await here.hall.shown()
    asked = await here.why(COLLEAGUE, referral)
    assert asked.code == 0, asked.told
    assert "caseworker, odder-ssp, handling: ser sagen (sees the case)" in asked.told
    assert "helbred (health)" in asked.told
    assert "party-sees-own-case: Den, der sender" in asked.told
    assert "Opdigtet Odderby" not in asked.told


async def test_what_was_never_and_what_is_anothers_is_one_answer(here: Desk) -> None:
    """A DPO learns nothing of cases in which their own authority has no part."""
    others = await sent(here.hall, "bo", INFOHUS)
    await here.hall.shown()
    for person in (COLLEAGUE, "bo", "nobody"):
        told = await here.why(person, others)
        assert told == await here.why(person, uuid4())
        assert told == Asked(1, "Her er intet, som du kan se. (Nothing is here that you may see.)")


async def test_what_a_dpo_is_told_says_what_it_may_not_be_used_for(here: Desk) -> None:
    """Of a case under § 115 the last line is its marking, whoever was asked about; else none is."""
    under_115 = await sent(here.hall, COLLEAGUE, PSP)
    await here.hall.appoint("kirsten", BANDEEXIT.sender)
    await here.hall.appoint("dpo of prisons", "kriminalforsorgen-tilsyn", DPO)
    on_consent = await scenes.sent(here.hall, "kirsten", BANDEEXIT)
    await here.hall.shown()
    for person in (COLLEAGUE, "nobody"):
        told = (await here.why(person, under_115)).told
        assert told.splitlines()[-1] == MARKING
    unmarked = await here.why("kirsten", on_consent, KREDSLOB_TOKEN="dpo of prisons")
    assert (unmarked.code, "ser sagen" in unmarked.told) == (0, True), unmarked.told
    assert "efterforskning" not in unmarked.told


async def test_nobody_and_anothers_are_one_answer(here: Desk) -> None:
    """Of somebody of another authority nothing is told, as of one who is not there."""
    referral = await sent(here.hall, COLLEAGUE, PSP)
    await here.hall.shown()
    told = [await here.why(person, referral) for person in ("nobody", TAKER, FURTHER)]
    assert told == [Asked(0, f"Har intet hverv hos jer (holds no office with you).\n{MARKING}")] * 3


async def test_only_a_dpo_is_told(here: Desk) -> None:
    """Who works on a case may not ask what colleagues see of it."""
    referral = await sent(here.hall, COLLEAGUE, PSP)
    await here.hall.shown()
    asked = await here.why(COLLEAGUE, referral, KREDSLOB_TOKEN=COLLEAGUE)
    assert (asked.code, "hverv" in asked.told) == (1, True)


async def test_asking_needs_a_token_and_somebody_who_answers(here: Desk, tmp_path: Path) -> None:
    """Without a token it ends with 2, where nothing runs with 1, each with a sentence."""
    asked = await here.why(COLLEAGUE, uuid4(), KREDSLOB_TOKEN="")
    assert (asked.code, "KREDSLOB_TOKEN" in asked.told) == (2, True)
    nowhere = ["access", "why", COLLEAGUE, str(uuid4()), "--var", str(tmp_path / "nowhere")]
    result = CliRunner(env={"COLUMNS": "300", "KREDSLOB_TOKEN": DPO}).invoke(app, nowhere)
    assert (result.exit_code, "Ingen platform kører" in result.output) == (1, True)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One PostgreSQL for the tests of this file."""
    with postgres() as running:
        yield running


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_open_cases_are_counted_and_not_named(
    engine: str,
    tmp_path: Path,
    rulebook: Rulebook,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """Counted are cases that are not over, once for each role and kind of unit; no id is told."""
    if engine == "postgresql":
        running: Postgres = request.getfixturevalue("server")
        monkeypatch.setenv("KREDSLOB_VIEWS_URL", await running.new_database())
    async with hall(tmp_path, rulebook) as here:
        await people(here)
        first, over = [await sent(here, COLLEAGUE, PSP) for _ in range(2)]
        await sent(here, "bo", INFOHUS)
        await done(here, COLLEAGUE, f"{over}/withdrawal", {"reason": "Opdigtet: fejl."})
        await here.shown()
        told = await counted(Settings(var=tmp_path))
    assert first not in told
    found = {(e["programme"], e["role"], e["kind"]): e["cases"] for e in json.loads(told)}
    assert found == {
        ("infohus", "holder", "*"): 1,
        ("infohus", "holder", "infohus_police"): 1,
        ("infohus", "sender", "*"): 1,
        ("infohus", "sender", "ssp"): 1,
        ("psp", "holder", "*"): 1,
        ("psp", "holder", "psp_police"): 1,
        ("psp", "sender", "*"): 1,
        ("psp", "sender", "ssp"): 1,
    }


async def test_where_there_is_no_platform_nothing_is_counted(tmp_path: Path) -> None:
    """Counting only reads: it makes nothing in a folder named by mistake."""
    with pytest.raises(NotRunning):
        await counted(Settings(var=tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()


async def test_a_difference_says_in_how_many_cases(tmp_path: Path, rulebook: Rulebook) -> None:
    """Before rules are put in force it is known how many open cases of this platform they touch."""
    rules = Path(shutil.copytree(ROOT / "rulebook", tmp_path / "rules"))
    file = rules / "programmes/psp.yaml"
    before, holder, after = file.read_text("utf-8").partition("- role: holder")
    file.write_text(before + holder + after.replace("crime, ", "", 1), "utf-8")
    async with hall(tmp_path / "var", rulebook) as here:
        await people(here)
        for _ in range(3):
            await sent(here, COLLEAGUE, PSP)
        await here.shown()
    words = ["access", "diff", str(ROOT / "rulebook"), str(rules), "--var", str(tmp_path / "var")]
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, words)
    told = [
        line for line in result.output.splitlines() if line.startswith("psp: holder, psp_police")
    ]
    assert len(told) == 3
    assert all(line.endswith("● → ○; i åbne sager (in open cases): 3") for line in told)
