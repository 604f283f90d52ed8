"""A question that cannot be answered is refused, and an answer is remembered by its question."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import cedarpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.rulebook import policies as asking
from shared.rulebook.cedar import ACTIONS, SCHEMA, PolicyFiles, plain, statements
from shared.rulebook.content import Rulebook, parse
from shared.rulebook.hashing import hash_of
from shared.rulebook.policies import NO_POLICIES, ClassPolicies, Question
from shared.rulebook.purposes import Purposes
from shared.rulebook.vocabulary import CATEGORIES, EXISTENCES, NO_PARTY, ROLES, SPACES

DAY = date(2026, 11, 13)
ORDINARY = Question(
    "see", "caseworker", "handling", "health", "holder", "psychiatry_social", "open", DAY
)
OFFICES = ("caseworker", "leader", "tovholder", "stand_in", "auditor", "dpo", "system", "mayor")
PURPOSES = ("handling", "coordination", "emergency", "audit", "data_protection", "insight")
OPEN = "permit (principal, action, resource);"
QUESTIONS = st.builds(
    Question,
    st.sampled_from(ACTIONS),
    st.sampled_from(OFFICES),
    st.sampled_from(PURPOSES),
    st.sampled_from(CATEGORIES),
    st.sampled_from((*ROLES, NO_PARTY)),
    st.sampled_from(SPACES),
    st.sampled_from(EXISTENCES),
    st.dates(date(2018, 1, 1), date(2030, 12, 31)),
)


def fresh(rulebook: Rulebook) -> ClassPolicies:
    """The shipped policies, without any answer remembered."""
    files = PolicyFiles.model_validate(rulebook.content["policies"])
    return ClassPolicies(files, rulebook.purposes, rulebook.district.office_by_id)


def only(rulebook: Rulebook, text: str) -> ClassPolicies:
    """One policy of a test's own, which no check has seen."""
    said = f'@id("one") @da("En.") @en("One.") {text}'
    files = PolicyFiles(declared=SCHEMA, files={"one": said})
    return ClassPolicies(files, rulebook.purposes, rulebook.district.office_by_id)


CHANGED = (
    ("action", ORDINARY, "oversee"),
    ("office", ORDINARY, "mayor"),
    ("purpose", ORDINARY, "audit"),
    ("category", replace(ORDINARY, office="auditor", purpose="audit"), "administrative"),
    ("role", ORDINARY, "none"),
    ("space", ORDINARY, "mediation"),
    ("existence", replace(ORDINARY, purpose="emergency"), "secret"),
    ("day", replace(ORDINARY, space="youth_board"), date(2018, 1, 1)),
)


def with_other(question: Question, attribute: str, other: object) -> Question:
    """The question with something else, which may be of any type, in one attribute."""
    return replace(question, **cast("dict[str, Any]", {attribute: other}))


@pytest.mark.parametrize(("attribute", "question", "other"), CHANGED)
def test_every_attribute_is_part_of_what_is_remembered(
    rulebook: Rulebook, attribute: str, question: Question, other: object
) -> None:
    """With a warm cache, a question that differs in one attribute is asked and answered anew."""
    policies = fresh(rulebook)
    first = policies.decide(question)
    assert policies.decide(question) == first
    assert policies.asked == 1
    second = policies.decide(with_other(question, attribute, other))
    assert policies.asked == 2
    assert second.allowed != first.allowed
    assert policies.decide(question) == first
    assert policies.asked == 2


def test_a_question_has_no_other_attribute() -> None:
    """What is remembered is keyed by exactly these eight, each of them tried above."""
    assert [attribute for attribute, _, _ in CHANGED] == [*asdict(ORDINARY)]
    assert [*asdict(ORDINARY)] == [
        *("action", "office", "purpose", "category", "role", "space", "existence", "day")
    ]


@given(questions=st.lists(QUESTIONS, min_size=1, max_size=8))
def test_what_is_remembered_is_what_would_be_answered(
    rulebook: Rulebook, questions: list[Question]
) -> None:
    """The shared, warm cache and policies that were never asked before give the same answers."""
    never_asked = fresh(rulebook)
    for question in questions:
        assert rulebook.policies.decide(question) == never_asked.decide(question)


def test_no_more_is_remembered_than_has_room(
    rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answers kept are bounded: a long life asks again rather than grow."""
    monkeypatch.setattr(asking, "REMEMBERED", 4)
    policies = fresh(rulebook)
    days = [replace(ORDINARY, day=DAY + timedelta(days=n)) for n in range(6)]
    for question in (*days, days[0]):
        policies.decide(question)
    assert policies.asked == 7


@pytest.mark.parametrize("attribute", [*asdict(ORDINARY)])
@pytest.mark.parametrize(
    "strange", [None, "", "no-such", 7, ["see"], "handling\ud800", "prevention"]
)
def test_what_nobody_knows_is_refused(rulebook: Rulebook, attribute: str, strange: object) -> None:
    """An unknown action, office, purpose, category, role or day is no, and nothing is raised."""
    policies = only(rulebook, OPEN)
    assert policies.decide(ORDINARY).allowed
    assert not policies.decide(with_other(ORDINARY, attribute, strange)).allowed


def test_an_error_of_the_engine_is_a_no(
    rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the engine fails, the answer is no, and it is not kept: the next may succeed."""

    def broken(*_: object) -> cedarpy.AuthzResult:
        raise RuntimeError("the engine stopped")

    policies = fresh(rulebook)
    with monkeypatch.context() as patched:
        patched.setattr("cedarpy.is_authorized", broken)
        assert not policies.decide(ORDINARY).allowed
    assert policies.decide(ORDINARY).allowed


@pytest.mark.parametrize(
    "told",
    [
        {"decision": "NoDecision", "diagnostics": {}},
        {"decision": "Deny", "diagnostics": {}},
        {"decision": "Allow", "diagnostics": {"errors": ["while evaluating policy1"]}},
        {"decision": "Perhaps", "diagnostics": {}},
        {},
    ],
)
def test_only_a_clean_yes_is_one(
    rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]
) -> None:
    """Cedar skips a policy that errs, a forbid too: so a yes with an error is a no."""

    def answered(*_: object) -> cedarpy.AuthzResult:
        return cedarpy.AuthzResult(told)

    monkeypatch.setattr("cedarpy.is_authorized", answered)
    assert not fresh(rulebook).decide(ORDINARY).allowed


def test_a_policy_that_errs_lets_nobody_in(rulebook: Rulebook) -> None:
    """A forbid that overflows is skipped by the engine: the permit beside it does not count."""
    text = f'{OPEN} @id("two") @da("To.") @en("Two.") forbid (principal, action, resource) '
    text += "when { context.day * 9223372036854775807 > 0 };"
    policies = only(rulebook, text)
    found = policies.decide(ORDINARY)
    assert not found.allowed


def test_a_forbid_outweighs_a_permit(rulebook: Rulebook) -> None:
    """Where one policy allows and another forbids, the answer is no, and names the forbidding."""
    text = f'{OPEN} @id("two") @da("To.") @en("Two.") forbid (principal, action, resource) '
    found = only(rulebook, text + 'when { context.role == "holder" };').decide(ORDINARY)
    assert (found.allowed, found.policies) == (False, ("two",))


@given(question=QUESTIONS)
def test_without_policies_everything_is_refused(question: Question) -> None:
    """Default deny: no policies, or none that permits, is no."""
    assert not ClassPolicies(NO_POLICIES, Purposes(), OFFICES).decide(question).allowed


def test_a_rulebook_from_before_still_reads_and_lets_nobody_see(rulebook: Rulebook) -> None:
    """An old activation keeps its name; it has no purposes, and every question is refused."""
    old = {key: rulebook.content[key] for key in ("district", "programmes")}
    for programme in cast("dict[str, dict[str, Any]]", old["programmes"]).values():
        assert {"space", "members", "disclosure"} <= programme.keys()
    old["programmes"] = {
        name: {
            k: v
            for k, v in programme.items()
            if k not in {"space", "members", "disclosure", "protection"}
        }
        for name, programme in cast("dict[str, dict[str, Any]]", old["programmes"]).items()
    }
    found = parse(old)
    assert found.content == old
    by_programme: dict[str, JsonValue] = {
        name: hash_of(programme)
        for name, programme in cast("dict[str, JsonValue]", old["programmes"]).items()
    }
    parts: JsonValue = {"district": hash_of(old["district"]), "programmes": by_programme}
    assert found.manifest.hash == hash_of(parts)
    assert (found.manifest.policies, found.manifest.purposes) == ("", "")
    assert found.purposes.choosable_by("caseworker") == ()
    assert not found.policies.decide(ORDINARY).allowed
    rules = found.rules("psp", datetime(2026, 1, 1, tzinfo=UTC))
    assert rules
    assert rules.space == "exit"
    assert rules.members == "named"


def test_comments_and_layout_name_no_other_policies(rulebook: Rulebook) -> None:
    """A comment, an empty line or another file order gives the same hash; another word does not."""
    files = PolicyFiles.model_validate(rulebook.content["policies"])
    laid_out = {
        name: "// igen\n\n" + text.replace("when {", "when\n  { // hvornår\n")
        for name, text in reversed(files.files.items())
    }
    assert PolicyFiles(declared=files.declared, files=laid_out).hash == files.hash
    other = {n: text.replace("20190101", "20190102") for n, text in files.files.items()}
    assert PolicyFiles(declared=files.declared, files=other).hash != files.hash


def test_a_file_is_taken_apart_into_its_policies() -> None:
    """A semicolon ends a policy, but not one in a string or a comment; lines are counted from 1."""
    text = '// a;\n@id("x;//y")\npermit (principal, action, resource);\n\n// end;\npermit'
    first, second = statements(text)
    assert (first.line, second.line) == (2, 6)
    assert plain(first.text) == '@id("x;//y") permit (principal, action, resource);'
    assert second.text == "permit"
