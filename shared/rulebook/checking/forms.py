"""Whether a programme's intake form is a form: valid JSON Schema, no slips of the pen."""

from collections.abc import Iterator

import jsonschema_rs
from pydantic import JsonValue

from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.names import repeated
from shared.rulebook.forms import DIALECT
from shared.rulebook.loading import Place
from shared.rulebook.programme import Programme

_INNER = {"items", "contains", "not", "if", "then", "else", "propertyNames"}
_INNER_BY_NAME = {"properties", "allOf", "anyOf", "oneOf", "prefixItems"}
_PLAIN = {
    "type",
    "enum",
    "const",
    "format",
    "pattern",
    "required",
    "additionalProperties",
    "uniqueItems",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
}
"""The keywords a form may use; references are left out: a form stands alone."""

ACT_DATE, BIRTH_DATE = "act_date", "birth_date"


def form_faults(programme: Programme) -> Iterator[Fault]:
    """Everything wrong with the intake form."""
    fields: Place = ("intake", "fields")
    yield from repeated(fields, programme.intake.fields)
    for index, field in enumerate(programme.intake.fields):
        yield from _schema_faults((*fields, index, "answer"), field.answer)
    for index, schema in enumerate(programme.intake.together):
        yield from _schema_faults(("intake", "together", index), schema)
    yield from _date_fields(programme)


def _schema_faults(place: Place, schema: dict[str, JsonValue]) -> Iterator[Fault]:
    slips = list(_slips(place, schema))
    yield from slips
    if slips:
        return
    try:
        jsonschema_rs.Draft202012Validator({"$schema": DIALECT, **schema})
    except jsonschema_rs.ValidationError as wrong:
        da, en = "ikke gyldigt JSON Schema", f"not valid JSON Schema: {wrong.message}"
        yield Fault(place, "invalid-schema", da, en)


def _slips(place: Place, schema: JsonValue) -> Iterator[Fault]:
    """Keywords that JSON Schema would pass over in silence, so that a rule never held."""
    for keyword, value in schema.items() if isinstance(schema, dict) else ():
        at = (*place, keyword)
        if keyword not in _PLAIN | _INNER | _INNER_BY_NAME:
            da, en = f"et skema kan ikke bruge {keyword}", f"a form cannot use {keyword}"
            yield Fault(at, "unknown-keyword", da, en)
        for step, inner in _inner_schemas(keyword, value):
            yield from _slips((*at, *step), inner)


def _inner_schemas(keyword: str, value: JsonValue) -> Iterator[tuple[Place, JsonValue]]:
    if keyword in _INNER:
        yield (), value
    elif keyword in _INNER_BY_NAME and isinstance(value, dict):
        yield from (((name,), inner) for name, inner in value.items())
    elif keyword in _INNER_BY_NAME and isinstance(value, list):
        yield from (((index,), inner) for index, inner in enumerate(value))


def _date_fields(programme: Programme) -> Iterator[Fault]:
    """Where an age decides, the dates it is measured by must be asked for."""
    if not any(route.ages for route in programme.routes):
        return
    needed = [BIRTH_DATE]
    if programme.subject.measured_on != "referral":
        needed.append(ACT_DATE)
    required = {field.id for field in programme.intake.fields if field.required}
    for name in needed:
        if name not in required:
            da, en = f"{name} skal være et krævet felt", f"{name} must be a required field"
            yield Fault(("intake", "fields"), "missing-date-field", da, en)
