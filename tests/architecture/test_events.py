"""A fact has one storage name for ever and a Danish word that people use for it."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, get_args

from shared.kernel.events import Event
from shared.kernel.words import spoken
from tests.architecture import tree

STORAGE_NAME = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*\.v[1-9]\d*")
GLOSSARY = Path("docs/glossary.md")


def storage_name(event: type[Event]) -> str:
    """Give the name under which *event* is stored, or nothing where it has none of its own."""
    field = event.model_fields["type"]
    return str(field.default) if get_args(field.annotation) == (field.default,) else ""


def misnamed(events: Iterable[type[Event]]) -> Iterator[str]:
    """Give every event without a lasting storage name of its own."""
    owners: dict[str, type[Event]] = {}
    for event in events:
        name = storage_name(event)
        if not STORAGE_NAME.fullmatch(name):
            yield f"{event.__qualname__} is stored as {name!r}, not <aggregate>.<fact>.v<N>"
        elif owners.setdefault(name, event) is not event:
            yield f"{event.__qualname__} is stored as {name}, as {owners[name].__qualname__} is"


def speechless(named: Iterable[type]) -> Iterator[str]:
    """Give every class whose docstring does not say its sentence in both languages."""
    for each in named:
        try:
            spoken(each)
        except LookupError as silence:
            yield f"{each.__module__}: {silence}"


def unlisted(events: Iterable[type[Event]], glossary: str) -> list[str]:
    """Give every event whose class or whose Danish name has no row in the glossary."""
    rows = [line for line in glossary.splitlines() if line.startswith("|")]
    return [
        f"{event.__qualname__} | {spoken(event).da}"
        for event in events
        if not any(event.__qualname__ in row and spoken(event).da in row for row in rows)
    ]


def facts() -> list[type[Event]]:
    """Give every kind of fact of a service, leaving out the families that only gather others."""
    kinds = (kind for kind in tree.kinds_of(Event) if not kind.__subclasses__())
    kinds = (kind for kind in kinds if kind.__module__.startswith(("services.", "shared.reads.")))
    return sorted(set(kinds), key=lambda kind: f"{kind.__module__}.{kind.__qualname__}")


class SomethingHappened(Event):
    """Something is so that was not. (da: Noget er sket)"""

    type: Literal["something.happened.v1"] = "something.happened.v1"


class HappenedAgain(Event):
    """It is so once more."""

    type: Literal["something.happened.v1"] = "something.happened.v1"


class BadlyNamed(Event):
    """Its storage name is that of a class. (da: Dårligt navngivet)"""

    type: Literal["BadlyNamed"] = "BadlyNamed"


class NotFixed(Event):
    """Its storage name can be changed by who makes one. (da: Ikke fast)"""

    type: str = "not.fixed.v1"


def test_every_fact_has_a_storage_name_of_its_own() -> None:
    """Storage names are <aggregate>.<fact>.v<N>, fixed in the class, and no two facts share one."""
    tree.keep(misnamed(facts()))


def test_a_bad_storage_name_is_seen() -> None:
    """A name in the wrong form, one that is not fixed and one used twice are found."""
    planted: list[type[Event]] = [SomethingHappened, HappenedAgain, BadlyNamed, NotFixed]
    assert [each.split()[0] for each in misnamed(planted)] == [
        "HappenedAgain",
        "BadlyNamed",
        "NotFixed",
    ]


def test_every_fact_has_its_danish_name() -> None:
    """A fact is named in Danish where it is defined, so that pages and papers agree on the word."""
    tree.keep(speechless(facts()))


def test_a_fact_without_danish_name_is_seen() -> None:
    """A docstring in one language is found."""
    assert len(list(speechless([SomethingHappened, HappenedAgain]))) == 1


def test_the_glossary_has_a_row_for_every_fact() -> None:
    """Whoever reads the code finds the Danish word for each fact in docs/glossary.md."""
    glossary = tree.text(GLOSSARY) if (tree.ROOT / GLOSSARY).exists() else ""
    tree.keep(unlisted(facts(), glossary))


def test_a_fact_missing_from_the_glossary_is_seen() -> None:
    """Class and Danish name must stand in one row of a table, not anywhere on the page."""
    row = "| `SomethingHappened` | Noget er sket |"
    assert unlisted([SomethingHappened], row) == []
    assert unlisted([SomethingHappened], row.removeprefix("|")) != []
    assert unlisted([SomethingHappened], "| `SomethingHappened` | Noget skete |") != []
