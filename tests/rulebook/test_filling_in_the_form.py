"""The intake forms: what must be answered, and how a wrong answer is told."""

from datetime import UTC, datetime

import pytest

from shared.rulebook.content import Rulebook
from shared.rulebook.slices import Rules

AT = datetime(2026, 11, 13, tzinfo=UTC)
CHILD = {
    "name": "Opdigtet Barn",
    "birth_date": "2014-02-03",
    "act_date": "2026-10-01",
    "facts": "Opdigtet sag",
}


def _rules(rulebook: Rulebook, programme: str) -> Rules:
    found = rulebook.rules(programme, AT)
    assert found
    return found


def _wrong(rulebook: Rulebook, programme: str, **answers: object) -> set[str]:
    return {error.field for error in _rules(rulebook, programme).intake_errors(answers)}


@pytest.mark.parametrize(
    ("statute", "risk", "wrong"),
    [
        ("vaabenloven", "Opdigtet vurdering", set()),
        ("straffeloven", "Opdigtet vurdering", set()),
        ("knivloven", None, {"risk_assessment"}),
        ("knivloven", "", {"risk_assessment"}),
        ("faerdselsloven", "Opdigtet vurdering", {"statute"}),
        (None, "Opdigtet vurdering", {"statute"}),
    ],
)
def test_other_serious_crime(
    rulebook: Rulebook, statute: str | None, risk: str | None, wrong: set[str]
) -> None:
    """Law §3: one of the four laws, and a risk assessment is mandatory."""
    given = {"statute": statute, "risk_assessment": risk, "category": "anden_alvorlig"}
    answers = CHILD | {name: answer for name, answer in given.items() if answer is not None}
    assert _wrong(rulebook, "ukn", **answers) == wrong


@pytest.mark.parametrize(
    ("extra", "wrong"),
    [
        ({"statute": "straffeloven"}, set()),
        ({"statute": "knivloven"}, {"statute"}),
        ({"statute": "straffeloven", "risk_assessment": "x"}, {"risk_assessment"}),
    ],
)
def test_crime_against_the_person(
    rulebook: Rulebook, extra: dict[str, str], wrong: set[str]
) -> None:
    """Law §3: no risk assessment is asked for, so none is collected; it is the criminal code."""
    answers = CHILD | {"category": "personfarlig"} | extra
    assert _wrong(rulebook, "ukn", **answers) == wrong


def test_what_is_missing_is_told_in_both_languages(rulebook: Rulebook) -> None:
    """Each missing answer is named by its label, in whole sentences."""
    (error,) = _rules(rulebook, "infohus").intake_errors({"name": "Opdigtet Person"})
    assert error.field == "concern"
    assert error.da == '"Hvad er du bekymret for, og hvad bygger det på?" skal udfyldes.'
    assert error.en == '"What is your concern, and what is it based on?" must be filled in.'


def test_an_answer_is_never_repeated(rulebook: Rulebook) -> None:
    """What was answered is personal: an error text must not carry it to logs and screens."""
    canary = "kanariefugl"
    answers = {"name": canary * 100, "birth_date": canary, "address": 7, "concern": [canary]}
    errors = _rules(rulebook, "psp").intake_errors(answers | {"criteria": [canary, canary]})
    assert {error.field for error in errors} == {
        "name",
        "birth_date",
        "address",
        "concern",
        "criteria",
    }
    assert canary not in str(errors)


def test_a_question_nobody_asked_is_refused(rulebook: Rulebook) -> None:
    """Nothing is collected that the form does not ask for."""
    assert "cpr" in _wrong(rulebook, "psp", cpr="x")


def test_every_field_has_a_data_category(rulebook: Rulebook) -> None:
    """Who reads what can be decided by category, and free text is known as such."""
    assert (field := _rules(rulebook, "psp").intake_field("health"))
    assert field.category == "health"
    for programme in rulebook.programmes.values():
        categories = {field.id: field.category for field in programme.intake.fields}
        assert categories["name"] == "identity"
        assert "free_text" in categories.values()


def test_no_form_asks_for_a_cpr_number(rulebook: Rulebook) -> None:
    """The forms of 2021's programmes do without a CPR number."""
    fields = {field.id for p in rulebook.programmes.values() for field in p.intake.fields}
    assert not {name for name in fields if "cpr" in name}
