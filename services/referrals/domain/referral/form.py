"""The programme's form: what may stand in a draft, and what must before it is sent."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar, cast, get_args

from pydantic import JsonValue

from services.referrals.domain.categories import WHOLE
from services.referrals.domain.referral.commands import Answers
from services.referrals.domain.referral.events import Intake
from services.referrals.domain.referral.refusals import IntakeIncomplete
from shared.kernel.personal import Personal
from shared.rulebook.slices import Category, FormError, Rules

T = TypeVar("T")

MOST_NAMED = 20
"""Mistakes that one answer names: who sends thousands is not helped by a list of them."""


def enclosed(answers: Answers, rules: Rules) -> Intake:
    """Give the answers closed. A draft may leave out and get wrong what it likes.

    But the names of fields stand in clear, so nothing else than the form's own is taken for one.
    """
    strange = [name for name in answers if rules.intake_field(name) is None]
    if strange:
        da, en = "spørgsmålet kendes ikke", "there is no such question"
        raise _incomplete(FormError(_plain(name), da, en) for name in strange[:MOST_NAMED])
    if rules.existence == "secret":
        return _by_category(answers, rules)
    return {name: Personal(answer) for name, answer in answers.items()}


def _by_category(answers: Answers, rules: Rules) -> Intake:
    closed: dict[str, dict[str, JsonValue]] = {f"{WHOLE}{kind}": {} for kind in get_args(Category)}
    for name, answer in answers.items():
        if field := rules.intake_field(name):
            closed[f"{WHOLE}{field.category}"][name] = answer
    return {name: Personal(answered) for name, answered in closed.items()}


def filled_in(intake: Intake, rules: Rules) -> Mapping[str, JsonValue]:
    """Give the answers in clear, or refuse what is missing or wrong; erased is as good as missing.

    The intake has been opened for its own authority.
    """
    clear = {name: value.value for name, value in intake.items() if value.is_clear}
    answers: dict[str, JsonValue] = in_clear(clear)
    mistakes = rules.intake_errors(answers)
    if mistakes:
        raise _incomplete(mistakes[:MOST_NAMED])
    return answers


def day(answers: Mapping[str, JsonValue], name: str, rules: Rules) -> date | None:
    """Give a date of the form; the year 0 passes for one in its schema and in no calendar."""
    answer = answers.get(name)
    try:
        return date.fromisoformat(answer) if isinstance(answer, str) else None
    except ValueError:
        field = rules.intake_field(name)
        da, en = (field.da, field.en) if field else (name, name)
        mistake = FormError(name, f'"{da}" er ingen dato.', f'"{en}" is no date.')
        raise _incomplete([mistake]) from None


def _plain(name: str) -> str:
    return name[:100].encode("utf-8", "replace").decode()  # JSON may name half a character


def in_clear(intake: Mapping[str, JsonValue | T]) -> dict[str, JsonValue | T]:
    """Give the answers by their names, also where they were closed as one, or by kind of data.

    What could not be opened stands as it is, under the name that it was closed by.
    """
    answers: dict[str, JsonValue | T] = {}
    for name, answer in intake.items():
        whole = name.startswith(WHOLE) and isinstance(answer, dict)
        answers |= cast("dict[str, JsonValue]", answer) if whole else {name: answer}
    return answers


def names_person(intake: Intake) -> Personal[JsonValue] | None:
    """Give what holds the person's name: the answer itself, or what it was closed with."""
    within = ("name", f"{WHOLE}identity", WHOLE)
    return next((intake[name] for name in within if name in intake), None)


def categories(intake: Intake, rules: Rules) -> tuple[str, ...]:
    """Give the kinds of data that the answers hold; of a secret form, all that it may hold."""
    form, closed = rules.programme.intake.fields, any(name.startswith(WHOLE) for name in intake)
    return tuple(sorted({field.category for field in form if closed or field.id in intake}))


def past_days(answers: Mapping[str, JsonValue], rules: Rules) -> tuple[date | None, date | None]:
    """Give the dates of birth and of the act, which come in this order and not after today.

    A date that cannot be would make the age a matter of opinion (law §3).
    """
    birth, act = day(answers, "birth_date", rules), day(answers, "act_date", rules)
    dates = {"birth_date": birth, "act_date": act}
    wrong = [name for name, each in dates.items() if each and each > rules.on]
    if birth and act and act < birth:
        wrong.append("act_date")
    if wrong:
        da, en = "datoen kan ikke passe", "the date cannot be right"
        raise _incomplete(FormError(name, da, en) for name in wrong)
    return birth, act


def _incomplete(mistakes: Iterable[FormError]) -> IntakeIncomplete:
    return IntakeIncomplete(fields=[{"field": m.field, "da": m.da, "en": m.en} for m in mistakes])
