"""The programme's form: what may stand in a draft, and what must before it is sent."""

from collections.abc import Iterable, Mapping
from datetime import date

from pydantic import JsonValue

from services.referrals.domain.referral.commands import Answers
from services.referrals.domain.referral.events import Intake
from services.referrals.domain.referral.refusals import IntakeIncomplete
from shared.kernel.personal import Personal
from shared.rulebook.slices import FormError, Rules


def enclosed(answers: Answers, rules: Rules) -> Intake:
    """Give the answers closed. A draft may leave out and get wrong what it likes.

    But the names of fields stand in clear, so nothing else than the form's own is taken for one.
    """
    strange = {name for name in answers if rules.intake_field(name) is None}
    if strange:
        raise _incomplete(m for m in rules.intake_errors(answers) if m.field in strange)
    return {name: Personal(answer) for name, answer in answers.items()}


def filled_in(intake: Intake, rules: Rules) -> Mapping[str, JsonValue]:
    """Give the answers in clear, or refuse what is missing or wrong; erased is as good as missing.

    The intake has been opened for its own authority.
    """
    answers = {name: value.value for name, value in intake.items() if value.is_clear}
    mistakes = rules.intake_errors(answers)
    if mistakes:
        raise _incomplete(mistakes)
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


def _incomplete(mistakes: Iterable[FormError]) -> IntakeIncomplete:
    return IntakeIncomplete(fields=[{"field": m.field, "da": m.da, "en": m.en} for m in mistakes])
