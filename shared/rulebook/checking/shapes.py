"""Whether a part of the rulebook has the right form: its keys, types, dates, ids and words."""

import json
from collections.abc import Iterator, Sequence
from typing import TypeVar

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.entries import Entry
from shared.rulebook.loading import Place

Part = TypeVar("Part", bound=Entry)

_ALTERNATIVES = {"'unknown'", "'all'"}
"""The words that may stand instead of a value; the value's own error says more."""

_MISSING = {
    "source": "missing-source",
    "da": "missing-text",
    "en": "missing-text",
    "category": "missing-category",
}


class WrongShape(Exception):
    """The content does not have the form; ``faults`` say where and how."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


def shaped(form: type[Part], content: JsonValue) -> Part:
    """The content as an entry of the given form; raises WrongShape."""
    try:
        return form.model_validate_json(json.dumps(content))
    except ValidationError as wrong:
        raise WrongShape(list(_faults(wrong, content))) from wrong


def _faults(wrong: ValidationError, content: JsonValue) -> Iterator[Fault]:
    errors = [(_place(e["loc"], content), e) for e in wrong.errors(include_url=False)]
    for place, error in errors:
        others = [other for other, e in errors if e is not error and other[: len(place)] == place]
        if not (others and error.get("ctx", {}).get("expected") in _ALTERNATIVES):
            yield _told(place, error)


def _place(loc: Sequence[str | int], content: JsonValue) -> Place:
    """The part of Pydantic's path that exists in the content: the names of unions fall out."""
    place: Place = ()
    for step in loc:
        if isinstance(content, dict) and step in content:
            content = content[str(step)]
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            continue
        place = (*place, step)
    return place


def _told(place: Place, error: ErrorDetails) -> Fault:
    key = str(error["loc"][-1]) if error["loc"] else ""
    match error["type"]:
        case "missing":
            rule = _MISSING.get(key, "missing-key")
            return Fault(place, rule, f"{key} mangler", f"{key} is missing")
        case "extra_forbidden":
            return Fault(place, "unknown-key", f"{key} findes ikke her", f"no key {key} here")
        case "literal_error":
            rule = "unknown-move" if "before" in place else "unknown-value"
            expected = error["ctx"]["expected"]
            return Fault(place, rule, f"vælg {expected}", f"choose {expected}")
        case "string_pattern_mismatch" | "string_too_short":
            return _ill_written(place)
        case _:
            return _ill_formed(place, error)


def _ill_formed(place: Place, error: ErrorDetails) -> Fault:
    if error["type"].startswith("date_"):
        da, en = "datoen skrives ÅÅÅÅ-MM-DD", "a date is written YYYY-MM-DD"
        return Fault(place, "date-format", da, en)
    da = f"{place[-1] if place else 'indholdet'} har en forkert form"
    return Fault(place, "wrong-type", da, error["msg"])


def _ill_written(place: Place) -> Fault:
    key = place[-1] if place else ""
    if key == "source":
        forms = "plan §n, law §n, inferred: plan §n, example"
        return Fault(place, "source-form", f"en kilde skrives {forms}", f"a source is {forms}")
    if key in {"da", "en", "name"}:
        return Fault(place, "missing-text", f"{key} er tom", f"{key} is empty")
    return Fault(place, "ill-written", f"{key} er skrevet forkert", f"{key} is not well written")
