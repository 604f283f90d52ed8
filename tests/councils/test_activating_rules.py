"""Putting a rulebook in force."""

from dataclasses import replace

from pydantic import JsonValue

from services.councils.domain import rulebook as domain
from services.councils.domain.rulebook.commands import ActivateRulebook
from services.councils.domain.rulebook.decisions import Examined, Fault
from services.councils.domain.rulebook.events import RulebookActivated
from services.councils.domain.rulebook.refusals import AlreadyInForce, RulebookFaulty
from services.councils.domain.rulebook.state import RulebookInForce
from shared.testing.scenario import Scenario
from tests.councils.saying import NOW, ODDER

SOUND = Examined(manifest_hash="a" * 64, district="oestjylland")
FAULTY = replace(
    SOUND, faults=(Fault("district.units.3", "unknown-authority", "ukendt", "unknown"),)
)
CONTENT: dict[str, JsonValue] = {"district": {"id": "oestjylland"}, "programmes": {}}
ACTIVATE = ActivateRulebook(unit=ODDER, at=NOW, content=CONTENT)
ACTIVATED = RulebookActivated(district="oestjylland", manifest="a" * 64, content=CONTENT)


def test_a_sound_rulebook_is_put_in_force_with_its_content() -> None:
    """Activation is a fact with the whole content and its manifest hash in it."""
    Scenario(domain.decider, SOUND).when(ACTIVATE).then(ACTIVATED)


def test_a_faulty_rulebook_leaves_the_old_in_force() -> None:
    """A rulebook with mistakes is refused with each of them, and nothing changes."""
    old = Scenario(domain.decider, FAULTY).given(ACTIVATED)
    refused = old.when(ACTIVATE).then_refused(RulebookFaulty)
    assert [each["place"] for each in refused.facts["faults"]] == ["district.units.3"]
    assert old.state == RulebookInForce("a" * 64)


def test_the_same_rulebook_is_not_put_in_force_twice() -> None:
    """Activating what is in force already changes nothing and says so."""
    Scenario(domain.decider, SOUND).given(ACTIVATED).when(ACTIVATE).then_refused(AlreadyInForce)


def test_an_older_rulebook_can_come_back() -> None:
    """What was in force once can be put in force again after another one."""
    newer = ACTIVATED.model_copy(update={"manifest": "b" * 64})
    Scenario(domain.decider, SOUND).given(ACTIVATED, newer).when(ACTIVATE).then(ACTIVATED)
