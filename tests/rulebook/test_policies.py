"""Who may see and do what, as the shipped policies answer it (law §2 to §9, §14, §16, §19)."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from shared.rulebook.cedar import ACTIONS
from shared.rulebook.content import Rulebook
from shared.rulebook.policies import ClassPolicies, Question
from shared.rulebook.vocabulary import CATEGORIES, EXISTENCES, NO_PARTY, ROLES, SPACES

DAY = date(2026, 11, 13)
WORKERS = ("caseworker", "leader", "tovholder")
OVERSIGHT = {"audit": "auditor", "data_protection": "dpo", "insight": "dpo"}
COUNCILS = ("mayor", "police_commissioner", "secretary")
COOPERATION = ("crime_prevention", "psychiatry_social", "release", "radicalisation")
CLOSED = ("exit", "mediation", "victim_support")


@pytest.fixture(scope="module")
def policies(rulebook: Rulebook) -> ClassPolicies:
    """The policies of the shipped rulebook."""
    return rulebook.policies


def asked(  # noqa: PLR0913 - a question has this many parts
    action: str = "see",
    office: str = "caseworker",
    purpose: str = "handling",
    *,
    category: str = "identity",
    role: str = "holder",
    space: str = "radicalisation",
    existence: str = "open",
    day: date = DAY,
) -> Question:
    """An ordinary question of a caseworker, with what is said instead."""
    return Question(action, office, purpose, category, role, space, existence, day)


def test_a_party_sees_what_its_profile_gives(policies: ClassPolicies) -> None:
    """Whoever works in a unit that is a party may see each category its profile gives."""
    for office, role, category, purpose in product(
        WORKERS, ROLES, CATEGORIES, ("handling", "coordination")
    ):
        for space in (*COOPERATION, "exit", "youth_board"):
            question = asked("see", office, purpose, category=category, role=role, space=space)
            assert policies.decide(question).allowed, question


def test_who_is_no_party_sees_nothing(policies: ClassPolicies) -> None:
    """Law §19: without a unit that takes part nobody sees or does anything in a case."""
    doing = ("see", "change", "reveal", "approve", "break_glass")
    for action, office, category in product(doing, (*WORKERS, "auditor", "dpo"), CATEGORIES):
        for purpose in ("handling", "emergency", "audit", "data_protection"):
            question = asked(action, office, purpose, category=category, role=NO_PARTY)
            assert not policies.decide(question).allowed, question


def test_spaces_without_a_programme_are_closed(policies: ClassPolicies) -> None:
    """Mediation and victim support have no programme yet, so nobody is shown any content."""
    for space, office, category, role in product(
        ("mediation", "victim_support"), WORKERS, CATEGORIES, ROLES
    ):
        assert not policies.decide(
            asked("see", office, category=category, role=role, space=space)
        ).allowed


def test_oversight_sees_envelopes(policies: ClassPolicies) -> None:
    """Law §14: control is of looks, not of people: neither auditor nor DPO reads content for it."""
    for purpose, office in (("audit", "auditor"), ("data_protection", "dpo")):
        for space, role in product(SPACES, ROLES):
            seen = _seen(policies, asked("see", office, purpose, role=role, space=space))
            assert seen == {"administrative"}


def test_the_dpo_answers_a_citizen(policies: ClassPolicies) -> None:
    """Law §14: the DPO reads content for insight alone, and only where the glass can be broken."""
    for space in (*COOPERATION, "youth_board"):
        assert _seen(policies, asked("see", "dpo", "insight", space=space)) == {*CATEGORIES}
    for space in CLOSED:
        assert _seen(policies, asked("see", "dpo", "insight", space=space)) == {"administrative"}
    assert _seen(policies, asked("see", "auditor", "insight")) == set()


def test_oversight_keeps_to_its_own_purpose_and_changes_nothing(policies: ClassPolicies) -> None:
    """Law §14: auditor and DPO oversee, each for their own purpose, and act in no case."""
    for purpose, office in OVERSIGHT.items():
        assert policies.decide(asked("oversee", office, purpose)).allowed
        for action in ("change", "reveal", "approve", "break_glass"):
            assert not policies.decide(asked(action, office, purpose)).allowed
        others = {"audit", "data_protection", "insight", "handling", "emergency"} - {
            each for each, whose in OVERSIGHT.items() if whose == office
        }
        for action, other in product(("see", "oversee"), others):
            question = asked(action, office, other, category="administrative")
            assert not policies.decide(question).allowed


def test_only_the_dpo_has_it_explained(policies: ClassPolicies, rulebook: Rulebook) -> None:
    """Law §14: why somebody sees what they see is told to their DPO, for control or insight."""
    explained = {
        (office, purpose)
        for office, purpose, role in product(
            rulebook.district.office_by_id, rulebook.purposes.leaves, (*ROLES, NO_PARTY)
        )
        if policies.decide(asked("explain", office, purpose, role=role)).allowed
    }
    assert explained == {("dpo", "data_protection"), ("dpo", "insight")}


def test_oversight_of_a_secret_case_sees_the_envelope(policies: ClassPolicies) -> None:
    """That an exit case exists is secret: its content is not for oversight, its envelope is."""
    for purpose, office in OVERSIGHT.items():
        for space, existence in (
            ("exit", "secret"),
            ("exit", "open"),
            ("radicalisation", "secret"),
        ):
            question = asked("see", office, purpose, space=space, existence=existence)
            seen = _seen(policies, question)
            assert seen == {"administrative"}


def test_a_system_sees_envelopes(policies: ClassPolicies) -> None:
    """An agency's own computer system is told that something is there, and does nothing."""
    allowed = {
        (action, category, purpose)
        for action, category, purpose in product(
            ACTIONS, CATEGORIES, ("handling", "coordination", "emergency", "audit")
        )
        if policies.decide(asked(action, "system", purpose, category=category)).allowed
    }
    assert allowed == {("see", "administrative", "handling")}


def test_councils_know_no_case(policies: ClassPolicies) -> None:
    """Law §1: mayors, the police commissioner and secretaries see and do nothing in a case."""
    for office, action, role, purpose in product(
        COUNCILS, ACTIONS, (*ROLES, NO_PARTY), ("handling", "audit", "emergency")
    ):
        found = policies.decide(asked(action, office, purpose, role=role))
        assert not found.allowed
        assert "councils-know-no-case" in found.policies


def test_the_glass_is_broken_where_cases_are_open(policies: ClassPolicies) -> None:
    """Architecture of break-glass: for the emergency alone, never where existence is secret."""
    for office, space, existence, purpose in product(
        WORKERS, SPACES, EXISTENCES, ("emergency", "handling")
    ):
        question = asked("break_glass", office, purpose, space=space, existence=existence)
        opens = space not in CLOSED and existence == "open" and purpose == "emergency"
        assert policies.decide(question).allowed == opens, question


def test_where_no_glass_is_broken_none_is_reviewed(policies: ClassPolicies) -> None:
    """Law §6, §9: a review would tell that a secret case is there; the refusal says why."""
    for (office, purpose), space, existence in product(
        (("dpo", "data_protection"), ("leader", "handling")), SPACES, EXISTENCES
    ):
        found = policies.decide(asked("review", office, purpose, space=space, existence=existence))
        assert found.allowed == (space not in CLOSED and existence == "open")
        assert found.allowed or found.policies == ("no-glass-where-secret",)


def test_an_emergency_looks_and_does_nothing(policies: ClassPolicies) -> None:
    """While the glass is broken, what the profile gives is seen; the case is not acted in."""
    for space, existence in product(SPACES, EXISTENCES):
        opens = space not in CLOSED and existence == "open"
        seen = policies.decide(asked(purpose="emergency", space=space, existence=existence))
        assert seen.allowed == opens
        for action in ("change", "approve", "review", "oversee"):
            question = asked(action, "leader", "emergency", space=space, existence=existence)
            assert not policies.decide(question).allowed


@pytest.mark.parametrize(
    ("action", "office", "purpose"),
    [
        ("review", "dpo", "data_protection"),
        ("review", "leader", "handling"),
        ("approve", "leader", "handling"),
        ("change", "caseworker", "handling"),
        ("change", "leader", "coordination"),
        ("change", "tovholder", "handling"),
    ],
)
def test_acts_that_an_office_may_do(
    policies: ClassPolicies, action: str, office: str, purpose: str
) -> None:
    """A party acts, its leader approves, the DPO and the leader review a broken glass."""
    for role in ROLES:
        assert policies.decide(asked(action, office, purpose, role=role)).allowed


@pytest.mark.parametrize(
    ("action", "office", "purpose"),
    [
        ("review", "auditor", "audit"),
        ("review", "dpo", "insight"),
        ("review", "caseworker", "handling"),
        ("review", "tovholder", "handling"),
        ("approve", "caseworker", "handling"),
        ("approve", "tovholder", "handling"),
        ("oversee", "leader", "handling"),
        ("oversee", "caseworker", "audit"),
    ],
)
def test_acts_that_it_may_not_do(
    policies: ClassPolicies, action: str, office: str, purpose: str
) -> None:
    """Nobody is his own second person, and control is not for those who are controlled."""
    for role in (*ROLES, NO_PARTY):
        assert not policies.decide(asked(action, office, purpose, role=role)).allowed


def test_only_an_address_is_revealed(policies: ClassPolicies) -> None:
    """Law §16: the act of revealing is for contact, by those who work with the case."""
    for office, category, role in product(
        (*WORKERS, "auditor", "dpo", "system"), CATEGORIES, ROLES
    ):
        may = office in WORKERS and category == "contact"
        question = asked("reveal", office, category=category, role=role)
        assert policies.decide(question).allowed == may


def test_the_board_is_from_2019_on(policies: ClassPolicies) -> None:
    """Plan §6: the Youth Crime Board was established in the district on 1 January 2019."""
    before, since = date(2018, 12, 31), date(2019, 1, 1)
    assert not policies.decide(asked(space="youth_board", day=before)).allowed
    assert policies.decide(asked(space="youth_board", day=since)).allowed


def test_an_answer_says_which_policies_gave_it(policies: ClassPolicies) -> None:
    """Who is shown or refused something can be told which sentence it follows from."""
    assert policies.decide(asked()).policies == ("party-sees-own-case",)
    secret = policies.decide(asked("see", "dpo", "insight", existence="secret"))
    name = "secret-content-closed-to-oversight"
    assert (secret.allowed, secret.policies) == (False, (name,))
    assert policies.words(name).da.startswith("Hvor det er hemmeligt")
    assert policies.words(name).en.startswith("Where it is secret")


def test_every_policy_has_its_words(policies: ClassPolicies) -> None:
    """Each policy says in a whole Danish and a whole English sentence what it does."""
    assert len(policies.ids) == len(set(policies.ids)) >= 20
    for policy_id in policies.ids:
        words = policies.words(policy_id)
        assert words.da.endswith(".")
        assert words.en.endswith(".")
        assert words.da != words.en
    with pytest.raises(KeyError):
        policies.words("no-such-policy")


def _seen(policies: ClassPolicies, question: Question) -> set[str]:
    """The categories for which this question is answered with yes."""
    every = [replace(question, category=category) for category in CATEGORIES]
    return {each.category for each in every if policies.decide(each).allowed}
