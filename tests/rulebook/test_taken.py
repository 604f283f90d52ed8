"""A rulebook that was in force stays readable, whatever later checks would say of it."""

from typing import Any

import pytest

from shared.rulebook.content import FaultyRulebook, Rulebook, parse, taken


@pytest.fixture
def no_longer_sound(rulebook: Rulebook) -> dict[str, Any]:
    """Give a content that a check refuses: the sender of a route is shown nothing."""
    content: Any = dict(rulebook.content)
    psp = content["programmes"]["psp"]
    seen = [each for each in psp["disclosure"] if each["role"] != "sender"]
    return {**content, "programmes": {**content["programmes"], "psp": {**psp, "disclosure": seen}}}


def test_what_was_put_in_force_is_read_for_what_it_was(no_longer_sound: dict[str, Any]) -> None:
    """Nobody puts it in force today, and a service that heard of it still has its rules."""
    with pytest.raises(FaultyRulebook, match="blind-sender"):
        parse(no_longer_sound)
    assert "psp" in taken(no_longer_sound).programmes


def test_a_sound_one_is_the_same_either_way(rulebook: Rulebook) -> None:
    """What is checked and what is taken differ in nothing but the check."""
    one, other = parse(rulebook.content), taken(rulebook.content)
    assert one.manifest == other.manifest
    assert one.programmes == other.programmes
    assert one.district == other.district


def test_what_cannot_be_read_is_refused(rulebook: Rulebook) -> None:
    """A content without a district is no rulebook at all."""
    with pytest.raises(FaultyRulebook):
        taken({**rulebook.content, "district": None})
