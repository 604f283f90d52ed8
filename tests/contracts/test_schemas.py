"""The schema of a type of fact is a promise: whoever reads it may rely on it for ever.

Until the first release a file may still be deleted and written anew. From the first tag ``v…`` on
``test_released`` holds every file to what was tagged.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from jsonschema_rs import validator_for

from shared.contracts.catalogue import SCHEMAS, is_own_affair, words_of
from shared.kernel.events import Event
from shared.kernel.personal import Hidden, Personal
from shared.kernel.words import spoken
from tests.architecture import tree
from tests.contracts.samples import OLD, SAMPLES, Sample
from tests.contracts.write import events, schema_of, type_of

ALL = sorted(events(), key=type_of)
NAMES = [type_of(event) for event in ALL]


def broken(event: type[Event], kept: str | None) -> str | None:
    """Say what is wrong where the schema that is kept is not that of the class."""
    name = type_of(event)
    if kept is None:
        return f"{name} has no schema yet: python -m tests.contracts.write"
    if kept != schema_of(event):
        return f"{name} is for ever and {event.__name__} has changed: make a new type"
    return None


def unreadable(event: type[Event]) -> Iterator[str]:
    """Give each field that can be nothing but must be there: nothing is never written."""
    for name, field in event.model_fields.items():
        try:
            event.__pydantic_validator__.validate_assignment(
                event.model_construct(type=""), name, None
            )
        except ValueError:
            continue
        if field.is_required():
            yield f"{event.__name__}.{name} can be None and has no default"


def kept(name: str) -> str | None:
    """Give the schema that is kept for a type, if there is one."""
    file = SCHEMAS / f"{name}.json"
    return file.read_text("utf-8") if file.exists() else None


class Moved(Event):
    """Something was moved. (da: Noget blev flyttet)"""

    type: Literal["thing.moved.v1"] = "thing.moved.v1"
    to: str
    because: str | None = None


class MovedElsewhere(Event):
    """The same type with one more field. (da: Noget blev flyttet)"""

    type: Literal["thing.moved.v1"] = "thing.moved.v1"
    to: str
    because: str | None = None
    at: int = 0


class Nothing(Event):
    """It may say nothing where it must say something. (da: Intet)"""

    type: Literal["thing.nothing.v1"] = "thing.nothing.v1"
    why: str | None
    whom: Personal[str] | None
    where: Hidden[str] | None
    told: str


@pytest.mark.parametrize("event", ALL, ids=NAMES)
def test_a_type_keeps_its_schema(event: type[Event]) -> None:
    """A changed class is a new type: facts of the old one stay as they were stored."""
    assert (fault := broken(event, kept(type_of(event)))) is None, fault


def test_a_changed_class_is_told_what_to_do() -> None:
    """The build fails with a sentence that says how to go on."""
    assert broken(Moved, schema_of(Moved)) is None
    assert str(broken(MovedElsewhere, schema_of(Moved))).endswith("changed: make a new type")
    assert str(broken(Moved, None)).endswith("python -m tests.contracts.write")


@pytest.mark.parametrize("folder", [SCHEMAS, SAMPLES], ids=["schemas", "samples"])
def test_no_file_has_lost_its_class(folder: Path) -> None:
    """A type that is no longer written must still be read: its class, schema and sample stay."""
    assert {file.stem for file in folder.glob("*")} == OLD | set(NAMES)


def test_no_fact_is_overlooked() -> None:
    """Whatever is an event anywhere in a service is found where schemas are made."""
    kinds = set(tree.kinds_of(Event))
    assert {kind for kind in kinds if not kind.model_fields["type"].is_required()} == set(ALL)


@pytest.mark.parametrize("event", ALL, ids=NAMES)
def test_what_may_be_missing_has_a_default(event: type[Event]) -> None:
    """A field that is None is not written, so a fact without it must be readable."""
    assert list(unreadable(event)) == []


def test_a_field_that_cannot_be_read_again_is_seen() -> None:
    """Plain, personal and hidden fields are all looked at, and those that have text are let be."""
    assert [each.split()[0] for each in unreadable(Nothing)] == [
        "Nothing.why",
        "Nothing.whom",
        "Nothing.where",
    ]


@pytest.mark.parametrize("event", ALL, ids=NAMES)
def test_a_schema_says_the_words_of_its_class(event: type[Event]) -> None:
    """Who does not know a service's code reads from the schema what a fact is called and shows."""
    assert words_of(type_of(event)) == spoken(event)
    assert is_own_affair(type_of(event)) == (getattr(event, "within", "parties") != "parties")


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_true_of_what_is_stored(name: str) -> None:
    """What stands in a store is what the schema says, and nothing personal in clear fits it."""
    schema = json.loads(kept(name) or "")
    valid, data = validator_for(schema).is_valid, Sample.read(SAMPLES / f"{name}.json").data
    assert isinstance(data, dict)
    assert valid(data)
    assert not valid({**data, "something-else": 1})
    for field in _personal(data):
        assert not valid({**data, field: "in clear"})


def _personal(data: dict[str, Any]) -> Iterable[str]:
    return [name for name, value in data.items() if isinstance(value, dict) and "sealed" in value]
