"""A profile that goes back less far than before: rows and doors lose what was said before joining.

What was decided stays decided: it is counted as before, and is there again when the profile is.
"""

import json
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from services.referrals.domain.referral.state import Begun, Stage
from services.referrals.projections.party_line import PartyView
from shared.rulebook.content import Rulebook
from shared.rulebook.profiles import Profiles
from tests.access.hall import Hall
from tests.access.scenes import asked, let_in, one_in_each_unit, sent, taken_on, written
from tests.referrals import happened, log
from tests.referrals.after import RulesOf
from tests.referrals.test_limit_at_the_door import joining_only
from tests.referrals.walks import Step, Walk, walks
from tests.referrals.ways import INFOHUS, PSP, Way

BEFORE, SINCE = ["Fra den, der sender.", "Fra den, der har sagen."], ["Siden."]
OVERSEER = "dpo"
FOR_PROTECTION = {"Kredslob_Purpose": "data_protection"}


def narrow() -> Profiles:
    """Give the shipped profiles, by which nobody who is let in sees what was said before."""
    kept = json.loads(log.profiles().text)
    for programme in kept["programmes"].values():
        for entry in programme["disclosure"]:
            if entry["role"] == "let_in":
                entry["from"] = "joining"
    return Profiles.read(json.dumps(kept))


def views(walk: Walk, under: Profiles) -> Mapping[str, PartyView]:
    """Give what each party sees after a walk, by other profiles."""
    lines: Mapping[str, PartyView] = {}
    for fact in map(log.shut, walk.facts):
        lines = log.project(lines, fact, under)
    return lines


def test_a_row_keeps_what_the_profile_and_the_decision_give() -> None:
    """A row under a profile from joining holds no talk of before, whatever was decided."""
    talk = (*happened.until(PSP, Stage.RECEIVED), happened.wrote(PSP))
    facts = [log.shut(fact) for fact in log.log(*talk, happened.let_in(PSP, sees="start"))]
    wide, slim = dict[str, PartyView](), dict[str, PartyView]()
    for fact in facts:
        wide, slim = dict(log.project(wide, fact)), dict(log.project(slim, fact, narrow()))
    before = ["delivered", "received", "message-written"]
    assert log.told(wide[PSP.further]) == ["sent", *before, "party-let-in"]
    assert [step.early for step in wide[PSP.further].timeline] == [False, *[True] * 3, False]
    assert log.told(slim[PSP.further]) == ["sent", "party-let-in"]
    assert wide[PSP.further].seen == slim[PSP.further].seen == 5
    assert log.tokens_in(slim[PSP.further]) < log.tokens_in(wide[PSP.further])
    assert slim[PSP.sender] == wide[PSP.sender]
    assert slim[PSP.taker] == wide[PSP.taker]


@pytest.mark.parametrize("way", [INFOHUS, PSP], ids=lambda way: way.programme)
@settings(max_examples=60)
@given(steps=walks(shortest=20))
def test_a_narrower_row_lacks_what_is_early_and_nothing_else(
    rules_of: RulesOf, way: Way, steps: list[Step]
) -> None:
    """After any history: the same steps but those, the same count as the decision's, all else same.

    So an answer that was made by one row is up to date by the other.
    """
    walk = Walk(way, rules_of(way))
    walk.take(steps)
    assert isinstance(walk.state, Begun)
    for unit, slim in views(walk, narrow()).items():
        wide = walk.lines[unit]
        assert slim.timeline == tuple(step for step in wide.timeline if not step.early)
        assert slim.seen == wide.seen == walk.state.seen[wide.unit]
        joined = next((s.at for s in wide.timeline if s.said.get("party") == unit), None)
        assert all(joined and step.at < joined for step in wide.timeline if step.early) or (
            wide.closed is not None
        )
        same = {name: getattr(wide, name) for name in ("intake", "stage", "parties", "closed")}
        assert same == {name: getattr(slim, name) for name in same}


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with one person in each unit, and who oversees the one that is let in."""
    async with one_in_each_unit(tmp_path, rulebook) as running:
        await running.appoint(OVERSEER, "region-syddanmark-tilsyn", "dpo")
        yield running


async def told(here: Hall, person: str, case: str, **headers: str) -> Any:  # noqa: ANN401 - JSON
    """Give what somebody sees of a referral, with the version that they see."""
    answer = await here.see(person, f"/referrals/{case}", **headers)
    assert answer.status_code == HTTPStatus.OK, answer.text
    return answer.json(), answer.headers["ETag"]


def words(seen: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Give what was written, in the order of the page."""
    timeline = seen[0]["timeline"]
    return [step["said"]["text"] for step in timeline if "text" in step["said"]]


async def talked(here: Hall) -> str:
    """Give a case with talk before and after a unit was let in from the start."""
    case = await sent(here, "anna", PSP)
    await written(here, "anna", case, BEFORE[0])
    await written(here, "hanne", case, BEFORE[1])
    await let_in(here, "hanne", case, PSP, sees="start")
    await written(here, "hanne", case, SINCE[0])
    for person in ("jette", "hanne"):
        await told(here, person, case)  # a unit's first look is a fact
    return case


async def test_what_was_said_before_goes_at_once_and_comes_back(here: Hall) -> None:
    """Rows of before and rows made anew say the same, to the byte and the version.

    Back under the profile of before, the rows made anew say what they did at first.
    """
    case = await talked(here)
    first = await told(here, "jette", case)
    others = {person: await told(here, person, case) for person in ("anna", "hanne")}
    assert words(first) == BEFORE + SINCE
    await here.activate(joining_only(here.rulebook, "psp"))
    live = await told(here, "jette", case)
    assert words(live) == SINCE
    assert live[0]["intake"] == first[0]["intake"]
    assert live[1] == first[1]
    kinds = [step["type"].split(".")[1] for step in live[0]["timeline"]]
    assert kinds == ["sent", "party-let-in", "message-written", "opened", "opened"]
    await here.renewed()
    assert await told(here, "jette", case) == live
    assert {person: await told(here, person, case) for person in others} == others
    await here.activate(here.rulebook.content)
    assert await told(here, "jette", case) == live  # the row has lost it, and the door adds nothing
    await here.renewed()
    assert await told(here, "jette", case) == first


async def test_a_page_that_was_read_before_is_up_to_date(here: Hall) -> None:
    """A changed profile is no news of the case: who acts on what they saw is not refused."""
    case = await talked(here)
    number = {"number": "R-1"}
    for rules in (joining_only(here.rulebook, "psp"), here.rulebook.content):
        _, version = await told(here, "jette", case)
        await here.activate(rules)
        done = await here.ask(
            "jette", "PUT", f"/referrals/{case}/case-number", number, If_Match=version
        )
        assert done.is_success, done.text
        await here.renewed()
        _, version = await told(here, "jette", case)
        assert version == done.headers["ETag"]


async def test_what_is_hidden_is_neither_opened_nor_noted(here: Hall) -> None:
    """The read log names what was shown: of what was said before, nothing."""
    case = await talked(here)
    await here.activate(joining_only(here.rulebook, "psp"))
    asked_for = list[object]()
    vault: Any = here.wiring.vault
    opens = vault.opened

    async def listened(tokens: Any, authority: Any) -> Any:  # noqa: ANN401 - as the vault's
        asked_for.extend(tokens)
        return await opens(tokens, authority)

    vault.opened = listened
    try:
        seen = await told(here, "jette", case)
        held = len(asked_for)
        asked_for.clear()
        await here.activate(here.rulebook.content)
        again = await told(here, "jette", case)
    finally:
        del vault.opened
    assert words(again)[-1:] == words(seen) == SINCE
    assert len(asked_for) == held + len(BEFORE)


async def test_who_oversees_is_shown_no_more_than_the_unit(here: Hall) -> None:
    """Of talk from before its unit joined not even the envelope is told to who oversees it."""
    case = await talked(here)
    wide = await told(here, OVERSEER, case, **FOR_PROTECTION)
    await here.activate(joining_only(here.rulebook, "psp"))
    live = await told(here, OVERSEER, case, **FOR_PROTECTION)
    assert len(wide[0]["timeline"]) > len(live[0]["timeline"])
    await here.renewed()
    assert await told(here, OVERSEER, case, **FOR_PROTECTION) == live


async def test_a_decision_from_joining_on_is_not_widened(here: Hall) -> None:
    """A profile from the start gives nothing of before to who was let in from joining on."""
    case = await sent(here, "anna", PSP)
    await written(here, "anna", case, BEFORE[0])
    await let_in(here, "hanne", case, PSP)
    await written(here, "hanne", case, SINCE[0])
    for rules in (joining_only(here.rulebook, "psp"), here.rulebook.content):
        await here.activate(rules)
        assert words(await told(here, "jette", case)) == SINCE
        await here.renewed()
        assert words(await told(here, "jette", case)) == SINCE


async def test_a_view_that_has_closed_stays_as_it_was_left(here: Hall) -> None:
    """What a closing has left is the same under either profile, in rows of before and made anew."""
    case = await talked(here)
    await written(here, "jette", case, "Fra psykiatrien.")
    await taken_on(here, "hanne", case)
    await asked(here, "jette", "leaving", case, {"reason": "Det er gjort."})
    first = await told(here, "jette", case)
    assert words(first) == ["Fra psykiatrien."]
    await here.activate(joining_only(here.rulebook, "psp"))
    assert await told(here, "jette", case) == first
    await here.renewed()
    assert await told(here, "jette", case) == first
