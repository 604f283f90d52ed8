"""The words that programmes and policies share: data categories, spaces, roles of a party."""

from typing import Literal, get_args

Category = Literal[
    "identity",
    "contact",
    "family",
    "health",
    "crime",
    "social",
    "assessment",
    "administrative",
    "free_text",
]
"""What kind of information something is: what a disclosure profile gives and a policy names."""

Existence = Literal["open", "secret"]
"""Whether it may be known that a case exists."""

Space = Literal[
    "crime_prevention",
    "psychiatry_social",
    "release",
    "radicalisation",
    "exit",
    "youth_board",
    "mediation",
    "victim_support",
]
"""The class of a programme (da: rum), by the form of cooperation (law §2, §19)."""

Role = Literal["sender", "holder", "let_in"]
"""What a unit is to a case."""

Members = Literal["named", "unit"]
"""Whether those whom a unit names on a case see it alone, or everybody in the unit does."""

CATEGORIES: tuple[Category, ...] = get_args(Category)
EXISTENCES: tuple[Existence, ...] = get_args(Existence)
SPACES: tuple[Space, ...] = get_args(Space)
ROLES: tuple[Role, ...] = get_args(Role)
NO_PARTY = "none"
"""The role of whoever asks without a unit that takes part."""

CLOSED_SPACES: frozenset[Space] = frozenset({"exit", "mediation", "victim_support"})
"""The spaces that break-glass never opens (law §6, §9)."""
