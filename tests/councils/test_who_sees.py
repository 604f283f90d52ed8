"""Who sees a committee's docket, and who changes it: what the policies of the rulebook say."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from services.councils.classes import Asker, decide, marking_at
from shared.access.marking import Marking
from shared.reads.reading import Outcome
from shared.rulebook.content import Rulebook
from shared.rulebook.policies import Decision, Question
from shared.rulebook.profiles import NO_PROFILES, Profiles
from shared.rulebook.programme import Programme
from tests.councils import saying as say
from tests.councils.chamber import Chamber, chamber

DOCKET = f"/forums/{say.PSP_ODDER}/docket"
DAY = date(2026, 11, 30)
OFFICERS = ("caseworker", "leader", "tovholder", "stand_in")


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Chamber]:
    """Give the service, in which nobody holds anything yet."""
    async with chamber(tmp_path, rulebook) as running:
        yield running


@pytest.mark.parametrize("office", OFFICERS)
async def test_officers_of_the_intake_see_and_change_it(here: Chamber, office: str) -> None:
    """Whoever works in the unit that takes in what the committee gets, keeps its docket."""
    item = await here.item()
    await here.appoint("hanne", say.ODDER, office)
    (shown,) = (await here.ask("hanne", "GET", DOCKET)).json()["items"]
    assert shown["item"] == str(item)
    moved = await here.ask("hanne", "POST", f"/items/{item}/screening")
    assert moved.json()["stage"] == "waiting"
    note = (await here.reads())[-1]
    assert (note.purpose, note.policies) == ("handling", ("party-sees-own-case",))


async def test_a_system_sees_envelopes_and_changes_nothing(here: Chamber) -> None:
    """The docket is administrative: the unit's own system may know what stands on it."""
    item = await here.item()
    await here.appoint("system:psp", say.ODDER, "system")
    assert (await here.ask("system:psp", "GET", DOCKET)).status_code == HTTPStatus.OK
    assert (await here.reads())[-1].policies == ("system-sees-envelopes",)
    refused = await here.ask("system:psp", "POST", f"/items/{item}/screening")
    assert refused.json()["type"] == "urn:kredslob:problem:names-nobody"


@pytest.mark.parametrize(
    ("place", "office"),
    [
        ("aarhus-tilsyn", "auditor"),
        ("aarhus-tilsyn", "dpo"),
        *((say.ODDER, office) for office in ("mayor", "police_commissioner", "secretary")),
        (say.ODDER, "unheard-of"),
    ],
)
async def test_for_everybody_else_there_is_nothing(here: Chamber, place: str, office: str) -> None:
    """What no policy permits does not exist: in the intake unit too, and every try is noted."""
    item, meeting = await here.item(), await here.meeting()
    await here.appoint("mads", place, office)
    for path in (DOCKET, f"/forums/{say.PSP_ODDER}/meetings"):
        assert (await here.ask("mads", "GET", path)).status_code == HTTPStatus.NOT_FOUND
    for path in (f"/items/{item}", f"/meetings/{meeting}"):
        assert (await here.ask("mads", "GET", path)).status_code == HTTPStatus.NOT_FOUND
    assert [note.outcome for note in await here.reads()] == [Outcome.DENIED] * 4


@pytest.mark.parametrize("office", ["mayor", "secretary"])
async def test_who_sees_nothing_changes_nothing(here: Chamber, office: str) -> None:
    """Items, meetings and the committee itself: each is as if it were not there."""
    item, meeting = await here.item(), await here.meeting()
    await here.appoint("mads", say.ODDER, office)
    starts = {"starts_at": say.NEXT_WEEK.isoformat()}
    for path, body in [
        (f"/items/{item}/screening", None),
        (f"/meetings/{meeting}/agenda", None),
        (f"/forums/{say.PSP_ODDER}/meetings", starts),
    ]:
        refused = await here.ask("mads", "POST", path, body)
        assert refused.status_code == HTTPStatus.NOT_FOUND
    assert [note.kind for note in await here.reads()] == ["change"] * 3


async def test_a_purpose_is_ones_own(here: Chamber) -> None:
    """A list is looked through for what one says, or for what the office is there for first."""
    await here.appoint("hanne", say.ODDER, "tovholder")
    seen = await here.ask("hanne", "GET", DOCKET, Kredslob_Purpose="coordination")
    assert seen.status_code == HTTPStatus.OK
    assert (await here.reads())[-1].purpose == "coordination"
    for never in ("audit", "emergency", "investigation"):
        refused = await here.ask("hanne", "GET", DOCKET, Kredslob_Purpose=never)
        assert refused.json()["type"] == "urn:kredslob:problem:purpose-not-yours"


def asker(rules: Rulebook, purpose: str = "handling") -> Asker:
    """Give a tovholder who asks on a day of the platform's time."""
    return Asker("tovholder", purpose, DAY, rules)


def test_of_several_classes_every_one_must_allow_it(rulebook: Rulebook) -> None:
    """An item does not say of which programme it is: the strictest class counts."""
    assert decide("see", say.PSP_ODDER, asker(rulebook)).allowed
    psp, parts = rulebook.programmes["psp"], profiles_with_another(rulebook)
    for space, existence, allowed in [
        ("release", "open", True),
        ("mediation", "open", False),
        ("mediation", "secret", True),
    ]:
        update = {"id": "another", "space": space, "existence": existence}
        more = {**rulebook.programmes, "another": psp.model_copy(update=update)}
        changed = replace(rulebook, programmes=more, profiles=parts)
        assert decide("see", say.PSP_ODDER, asker(changed)).allowed is allowed
        assert decide("change", say.PSP_ODDER, asker(changed)).allowed is allowed


def profiles_with_another(rules: Rulebook, *disclosure: JsonValue) -> Profiles:
    """Give the profiles with those of one more programme, shown as PSP is unless said otherwise."""
    content: dict[str, Any] = json.loads(json.dumps(rules.content))
    programmes = content["programmes"]
    programmes["another"] = {**programmes["psp"], "id": "another"}
    if disclosure:
        programmes["another"]["disclosure"] = list(disclosure)
    return Profiles.of(content)


def test_of_several_programmes_every_one_must_show_it(rulebook: Rulebook) -> None:
    """An item does not say of which programme it is: what one hides from its holder, all do."""
    to_intake: dict[str, JsonValue] = {"role": "holder", "unit_kinds": ["psp_police"]}
    envelope: list[JsonValue] = ["administrative"]
    psp = rulebook.programmes["psp"]
    entries: tuple[tuple[dict[str, JsonValue], bool], ...] = (
        ({**to_intake, "categories": envelope}, True),
        ({**to_intake, "categories": ["identity"]}, False),
        ({**to_intake, "categories": envelope, "role": "let_in"}, False),
        ({**to_intake, "categories": envelope, "unit_kinds": ["psychiatry"]}, False),
    )
    for entry, allowed in entries:
        another = psp.model_copy(update={"id": "another"})
        changed = replace(
            rulebook,
            programmes={**rulebook.programmes, "another": another},
            profiles=profiles_with_another(rulebook, entry),
        )
        for action in ("see", "change"):
            assert decide(action, say.PSP_ODDER, asker(changed)).allowed is allowed, entry


def test_without_a_programme_there_is_no_docket_to_see(rulebook: Rulebook) -> None:
    """A committee to which no programme leads is nobody's to see, nor is one that is not there."""
    none = replace(rulebook, programmes={})
    for rules, forum in [(none, say.PSP_ODDER), (rulebook, None), (rulebook, "nowhere")]:
        assert not decide("see", forum, asker(rules)).allowed
    assert not decide("see", say.PSP_ODDER, asker(rulebook, "")).allowed


class SaysYes:
    """Policies that let everybody do everything, and remember what they were asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def decide(self, question: Question) -> Decision:
        """Say yes."""
        self.asked.append(question)
        return Decision(allowed=True, policies=("anything-goes",))


def test_no_policy_opens_what_is_not_there(rulebook: Rulebook) -> None:
    """Where a profile shows the intake nothing, the policies are asked as of nowhere, in vain."""
    asked = []
    for profiles, forum in ((Profiles(NO_PROFILES), say.PSP_ODDER), (rulebook.profiles, None)):
        policies: Any = SaysYes()
        generous = replace(rulebook, profiles=profiles, policies=policies)
        assert not decide("see", forum, asker(generous)).allowed
        asked.append(policies.asked)
    assert asked[0] == asked[1]
    assert [question.role for question in asked[0]] == ["none"]


def test_what_rests_on_section_115_is_marked(rulebook: Rulebook) -> None:
    """A docket says that no investigation may use it, where any basis of a way to it demands so."""
    assert marking_at(rulebook, say.PSP_ODDER) == Marking()
    psp = next(p for p in rulebook.programmes.values() if p.space == "psychiatry_social")
    plain = tuple(b.model_copy(update={"section_115": False}) for b in psp.bases)
    without: dict[str, Programme] = {psp.id: psp.model_copy(update={"bases": plain})}
    assert marking_at(replace(rulebook, programmes=without), say.PSP_ODDER) is None
