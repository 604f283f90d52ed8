"""The intake form: one JSON Schema made of its fields, and what is wrong with an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import jsonschema_rs
import rfc8785
from pydantic import JsonValue

from shared.rulebook.programme import Intake, IntakeField

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SAID: Mapping[str, tuple[str, str]] = {
    "required": ("skal udfyldes", "must be filled in"),
    "additionalProperties": ("findes ikke på skemaet", "is not on the form"),
    "falseSchema": ("skal ikke udfyldes her", "is not to be filled in here"),
    "type": ("har en forkert form", "has the wrong type"),
    "enum": ("er ikke en af valgmulighederne", "is none of the choices"),
    "const": ("er ikke en af valgmulighederne", "is none of the choices"),
    "format": ("er ikke skrevet på den rigtige måde", "is not written in the right way"),
    "pattern": ("er ikke skrevet på den rigtige måde", "is not written in the right way"),
    "minLength": ("er for kort", "is too short"),
    "maxLength": ("er for langt", "is too long"),
    "minimum": ("er for lavt", "is too low"),
    "maximum": ("er for højt", "is too high"),
}
_OTHERWISE = ("er ikke gyldigt", "is not valid")


@dataclass(frozen=True, slots=True, order=True)
class FormError:
    """One thing wrong with one field, as whole sentences without the answer itself."""

    field: str
    da: str
    en: str


def form_schema(intake: Intake) -> dict[str, JsonValue]:
    """The JSON Schema (draft 2020-12) of the whole form."""
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": {field.id: field.answer for field in intake.fields},
        "required": [field.id for field in intake.fields if field.required],
        "additionalProperties": False,
        "allOf": [True, *intake.together],  # never empty, which JSON Schema forbids
    }


def form_text(intake: Intake) -> str:
    """The form's JSON Schema in its RFC 8785 text."""
    return rfc8785.dumps(form_schema(intake)).decode()


def form_errors(
    form: str, fields: Sequence[IntakeField], answers: Mapping[str, object]
) -> tuple[FormError, ...]:
    """What is wrong with *answers* to *form* (its text), in the order of the fields' names."""
    found = _validator(form).iter_errors(dict(answers))
    labels = {field.id: (field.da, field.en) for field in fields}
    return tuple(sorted({error for fault in found for error in _told(fault, labels)}))


@lru_cache(maxsize=64)
def _validator(form: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(form, validate_formats=True)


def _told(
    fault: jsonschema_rs.ValidationError, labels: Mapping[str, tuple[str, str]]
) -> list[FormError]:
    da, en = _SAID.get(fault.kind.name, _OTHERWISE)
    told = []
    for field in _fields_of(fault):
        label_da, label_en = labels.get(field, (field, field))
        told.append(FormError(field, f'"{label_da}" {da}.', f'"{label_en}" {en}.'))
    return told


def _fields_of(fault: jsonschema_rs.ValidationError) -> list[str]:
    kind = fault.kind.as_dict()
    if fault.kind.name == "required" and not fault.instance_path:
        return [str(kind["property"])]
    if fault.kind.name == "additionalProperties" and not fault.instance_path:
        return [str(name) for name in kind["unexpected"]]
    return [str(fault.instance_path[0])] if fault.instance_path else [""]
