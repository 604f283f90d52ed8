"""What kind of data a field of an answer is: said where the field stands, so none is forgotten."""

from dataclasses import dataclass
from typing import Annotated, TypeVar

from shared.rulebook.programme import Category


@dataclass(frozen=True, slots=True)
class Data:
    """Marks a field of an answer with its data category; a test demands one of every field."""

    category: Category


@dataclass(frozen=True, slots=True)
class Mixed:
    """Marks a field whose parts have categories of their own, each asked for when it is shown."""


T = TypeVar("T")
Administrative = Annotated[T, Data("administrative")]
Identity = Annotated[T, Data("identity")]
Contact = Annotated[T, Data("contact")]
ByPart = Annotated[T, Mixed()]
