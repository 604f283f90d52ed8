"""What a party is shown follows from its role and the kind of its unit, and from nothing else."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.access.possible_parties import possible_parties
from shared.rulebook.content import Rulebook, load
from shared.rulebook.profiles import NO_PROFILES, Profiles
from shared.rulebook.vocabulary import CATEGORIES, ROLES
from tests.rulebook.planted import DISTRICT, INFOHUS, PSP

DAY = date(2026, 11, 13)
RANDERS = "randers-infohus"
POLICE = "oestjyllands-politi-forebyggelse"
PRISON = "kriminalforsorgen-oestjylland"
PSYCHIATRY = "region-syddanmark-psykiatri"
FAMILY = "odder-familieafdeling"
WORDS = {"free_text"}
ODD: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def profiles(rulebook: Rulebook) -> Profiles:
    """The profiles of the shipped rulebook."""
    return Profiles.of(rulebook.content)


@pytest.mark.parametrize(
    ("programme", "unit", "less", "since"),
    [
        ("infohus", RANDERS, set(), "start"),
        ("infohus", FAMILY, WORDS, "joining"),
        ("infohus", "favrskov-ssp", WORDS, "joining"),
        ("infohus", POLICE, WORDS, "joining"),
        ("infohus", PRISON, WORDS, "joining"),
        ("infohus", PSYCHIATRY, {"contact", "social"} | WORDS, "joining"),
        ("psp", PSYCHIATRY, set(), "start"),
        ("psp", FAMILY, WORDS, "start"),
        ("psp", "oestjyllands-politi-psp-odder", WORDS, "start"),
        ("psp", PRISON, {"health"} | WORDS, "joining"),
        ("psp", POLICE, {"health", "social"} | WORDS, "joining"),
        ("bandeexit", "oestjyllands-politi-exit", set(), "start"),
        ("bandeexit", "odder-exitkontakt", {"crime"} | WORDS, "joining"),
        ("bandeexit", PRISON, WORDS, "joining"),
        ("ukn", FAMILY, set(), "joining"),
        ("ukn", "odder-ssp", {"family", "assessment"} | WORDS, "joining"),
        ("ukn", POLICE, {"family", "assessment"} | WORDS, "joining"),
    ],
)
def test_who_is_let_in_sees_what_its_work_needs(
    profiles: Profiles, programme: str, unit: str, less: set[str], since: str
) -> None:
    """Law §2 to §7, §19: each kind of unit is not shown the part of the form its task can spare."""
    shown = profiles.sees(programme, "let_in", unit)
    assert profiles.asked_in(programme) - shown == less
    assert profiles.joins(programme, "let_in", unit) == since


def test_health_goes_to_those_who_help(rulebook: Rulebook, profiles: Profiles) -> None:
    """Law §5, §7: neither SSP, police prevention, prison nor exit contacts are let in to health."""
    assert _who_sees("health", "let_in", rulebook, profiles) == {
        "infohus": {"infohus_municipal", "family_department", "psychiatry"},
        "psp": {"psychiatry", "family_department", "psp_police"},
        "ukn": {"family_department", "youth_probation"},
    }
    assert _who_sees("health", "sender", rulebook, profiles).keys() == {"psp"}


def test_the_words_are_for_those_who_run_the_case(rulebook: Rulebook, profiles: Profiles) -> None:
    """Law §5: whoever is asked for what they know is not shown the words of the concern."""
    assert _who_sees("free_text", "let_in", rulebook, profiles) == {
        "bandeexit": {"exit_unit"},
        "infohus": {"infohus_municipal", "infohus_police"},
        "psp": {"psychiatry"},
        "ukn": {"family_department", "youth_probation"},
    }


def test_whoever_can_hold_a_case_sees_what_was_sent(rulebook: Rulebook, profiles: Profiles) -> None:
    """A holder sees every category of the form, from the start of the case."""
    for name, programme in rulebook.programmes.items():
        for kind in possible_parties(rulebook.district, programme, DAY)["holder"]:
            assert profiles.asked_in(name) <= profiles.of_kind(name, "holder", kind)
        for unit in rulebook.district.units:
            shown = profiles.sees(name, "holder", unit.id)
            assert not shown or profiles.asked_in(name) <= shown
            assert not shown or profiles.joins(name, "holder", unit.id) == "start"


def test_whoever_sends_follows_the_case(rulebook: Rulebook, profiles: Profiles) -> None:
    """A sender sees how the case stands, from the start."""
    for name, programme in rulebook.programmes.items():
        for kind in possible_parties(rulebook.district, programme, DAY)["sender"]:
            assert "administrative" in profiles.of_kind(name, "sender", kind), name
    assert profiles.joins("psp", "sender", FAMILY) == "start"


def test_other_police_know_of_no_exit_case(profiles: Profiles) -> None:
    """Law §6, §19: of the police the exit unit alone is shown anything of an exit case."""
    for kind in ("police_prevention", "infohus_police", "psp_police"):
        for role in ROLES:
            assert profiles.of_kind("bandeexit", role, kind) == frozenset()
    assert profiles.of_kind("bandeexit", "holder", "exit_unit")


def test_who_refers_to_the_board_sees_the_envelope(rulebook: Rulebook, profiles: Profiles) -> None:
    """Law §19: of the board's case each sees its own part, and of the others' that it goes on."""
    for unit in rulebook.district.units:
        assert profiles.sees("ukn", "sender", unit.id) <= {"administrative"}
    assert profiles.sees("ukn", "sender", POLICE) == {"administrative"}


def test_whoever_sees_anything_sees_the_envelope(rulebook: Rulebook, profiles: Profiles) -> None:
    """A party that is shown anything of a case is shown how it stands."""
    for name in rulebook.programmes:
        for role in ROLES:
            for unit in rulebook.district.units:
                shown = profiles.sees(name, role, unit.id)
                assert not shown or "administrative" in shown


def test_a_kind_of_unit_is_shown_what_its_units_are(rulebook: Rulebook, profiles: Profiles) -> None:
    """The profile is of the kind: two units of one kind are never shown different things."""
    for name in rulebook.programmes:
        for role in ROLES:
            for unit in rulebook.district.units:
                of_kind = profiles.of_kind(name, role, unit.kind)
                assert profiles.sees(name, role, unit.id) == of_kind
            assert profiles.of_kind(name, role, "no-such-kind") == frozenset()
            assert profiles.of_kind("no-such-programme", role, "ssp") == frozenset()


def test_what_a_form_asks_for(rulebook: Rulebook, profiles: Profiles) -> None:
    """The whole form is for whoever is shown all its categories, so each of them is counted."""
    for name, programme in rulebook.programmes.items():
        assert profiles.asked_in(name) == {field.category for field in programme.intake.fields}
    assert profiles.asked_in("no-such-programme") == frozenset()


def test_before_any_rulebook_nobody_is_shown_anything() -> None:
    """Until a rulebook is in force there is no programme, no party and no category."""
    nothing = Profiles.read(NO_PROFILES)
    assert nothing == Profiles.of({})
    assert nothing.programmes == ()
    for role in ROLES:
        assert nothing.sees("infohus", role, RANDERS) == frozenset()
        assert nothing.of_kind("infohus", role, "infohus_municipal") == frozenset()


@pytest.mark.parametrize(
    ("programme", "role", "unit"),
    [
        ("infohus", "let_in", "odder-exitkontakt"),
        ("psp", "let_in", "odder-ssp"),
        ("psp", "holder", "odder-ssp"),
        ("ukn", "let_in", PSYCHIATRY),
        ("ukn", "sender", PRISON),
        ("bandeexit", "let_in", FAMILY),
        ("infohus", "none", RANDERS),
        ("infohus", "let_in", "no-such-unit"),
        ("no-such-programme", "let_in", RANDERS),
    ],
)
def test_whom_no_entry_is_for_sees_nothing(
    profiles: Profiles, programme: str, role: str, unit: str
) -> None:
    """Default deny: another kind of unit, a role or a name that nobody knows, sees no category."""
    assert profiles.sees(programme, role, unit) == frozenset()
    assert profiles.joins(programme, role, unit) == "joining"


def test_a_field_without_category_is_for_nobody(rulebook: Rulebook, profiles: Profiles) -> None:
    """Each field of a form has its category; one that the form does not have has none."""
    for name, programme in rulebook.programmes.items():
        for field in programme.intake.fields:
            assert profiles.category_of(name, field.id) == field.category
    assert profiles.category_of("psp", "no-such-field") is None
    assert profiles.category_of("no-such-programme", "name") is None


def test_the_first_entry_that_fits_applies(copy: Path) -> None:
    """An entry for one kind of unit, written before the one for all, gives that kind less."""
    file = copy / PSP
    less = "  - {role: sender, unit_kinds: [ssp], categories: [administrative], source: example}\n"
    file.write_text(file.read_text().replace("disclosure:\n", "disclosure:\n" + less))
    profiles = Profiles.of(load(copy).content)
    assert profiles.sees("psp", "sender", "odder-ssp") == {"administrative"}
    assert "health" in profiles.sees("psp", "sender", "odder-familieafdeling")


def test_profiles_travel_as_text(profiles: Profiles) -> None:
    """What is written down and read again gives the same answers under the same hash."""
    again = Profiles.read(profiles.text)
    assert again == profiles
    assert again.hash == profiles.hash
    assert again.sees("infohus", "let_in", RANDERS) == profiles.sees("infohus", "let_in", RANDERS)
    assert json.loads(profiles.text).keys() == {"kinds", "programmes"}
    with pytest.raises(ValueError, match="Expecting value"):
        Profiles.read("no JSON")


def test_only_what_moves_a_row_renames_the_profiles(copy: Path, profiles: Profiles) -> None:
    """A new time limit rebuilds no view; another category, space or kind of unit does."""
    for name, old, new, same in (
        (PSP, "amount: 14", "amount: 15", True),
        (DISTRICT, '"08:00-14:00"', '"08:00-13:00"', True),
        (INFOHUS, "categories: [identity, contact, social,", "categories: [identity,", False),
        (PSP, "members: named", "members: unit", False),
        (DISTRICT, "kind: infohus_municipal\n", "kind: ssp\n", False),
    ):
        file, before = copy / name, (copy / name).read_text()
        assert old in before
        file.write_text(before.replace(old, new, 1))
        assert (Profiles.of(load(copy).content) == profiles) == same, (name, new)
        file.write_text(before)


def test_a_rulebook_from_before_there_were_profiles_shows_nothing(rulebook: Rulebook) -> None:
    """An old activation says nobody may see anything, that cases are secret and for the named."""
    old: dict[str, Any] = json.loads(json.dumps(rulebook.content))
    for programme in old["programmes"].values():
        for key in ("space", "existence", "members", "disclosure"):
            del programme[key]
    profiles = Profiles.of(old)
    for name in profiles.programmes:
        assert profiles.space(name) == "unknown"
        assert profiles.existence(name) == "secret"
        assert profiles.members(name) == "named"
        assert not any(profiles.sees(name, role, RANDERS) for role in ROLES)


@given(content=st.dictionaries(st.sampled_from(["district", "programmes", "x"]), ODD))
def test_whatever_the_content_nobody_is_shown_more(content: dict[str, JsonValue]) -> None:
    """Profiles are made of any content without failing, and nonsense discloses nothing."""
    profiles = Profiles.of(content)
    assert Profiles.read(profiles.text) == profiles
    for name in (*profiles.programmes, "infohus"):
        assert not profiles.sees(name, "let_in", RANDERS) & set(CATEGORIES)


def _who_sees(
    category: str, role: str, rulebook: Rulebook, profiles: Profiles
) -> dict[str, set[str]]:
    """The kinds of unit that are shown a category in this role, by programme."""
    kinds = [kind.id for kind in rulebook.district.unit_kinds]
    found = {
        name: {kind for kind in kinds if category in profiles.of_kind(name, role, kind)}
        for name in rulebook.programmes
    }
    return {name: seen for name, seen in found.items() if seen}
