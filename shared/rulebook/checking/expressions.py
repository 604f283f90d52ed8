"""Whether one policy asks only what a class policy may: its form, its attributes, its words."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.rulebook.cedar import ACTIONS
from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.names import dangling
from shared.rulebook.checking.safeguards import office_faults
from shared.rulebook.district import District
from shared.rulebook.loading import Place
from shared.rulebook.vocabulary import CATEGORIES, EXISTENCES, NO_PARTY, ROLES, SPACES

Expression = Mapping[str, Any]
TYPES = {"principal": "Office", "action": "Action", "resource": "Category", "purpose": "Purpose"}
"""What each side of a comparison may be compared with: anything else is never equal."""

TEXTS: Mapping[str, Collection[str]] = {
    "role": (*ROLES, NO_PARTY),
    "space": SPACES,
    "existence": EXISTENCES,
}
ATTRIBUTES = frozenset({"purpose", "day", *TEXTS})
_JOINING = frozenset({"&&", "||"})
_COMPARING = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "contains"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a policy may name: the offices of the district, the purposes, and no programme."""

    district: District
    purposes: Collection[str]
    programmes: Collection[str]


def policy_faults(place: Place, policy: Expression, asked: Asked) -> Iterator[Fault]:
    """Everything in the scope and the conditions of a policy (its JSON form) that goes too far."""
    for variable in ("principal", "action", "resource"):
        yield from _scope(place, variable, policy[variable], asked)
    for condition in policy["conditions"]:
        yield from _expression(place, condition["body"], asked)


def _scope(place: Place, variable: str, scope: Expression, asked: Asked) -> Iterator[Fault]:
    if scope["op"] not in {"All", "==", "in"} or "slot" in scope:
        yield _too_far(place, str(scope["op"]))
        return
    named = scope.get("entities", [scope["entity"]] if "entity" in scope else [])
    for entity in named:
        yield from _entity(place, variable, entity, asked)


def _expression(place: Place, expression: Expression, asked: Asked) -> Iterator[Fault]:
    ((operator, body),) = expression.items()
    if operator in _JOINING:
        yield from _expression(place, body["left"], asked)
        yield from _expression(place, body["right"], asked)
    elif operator == "!":
        yield from _expression(place, body["arg"], asked)
    elif operator in _COMPARING:
        yield from _comparison(place, (body["left"], body["right"]), asked)
    elif operator != "Value" or not isinstance(body, bool):
        yield _too_far(place, operator)


def _comparison(
    place: Place, sides: tuple[Expression, Expression], asked: Asked
) -> Iterator[Fault]:
    """One side is an attribute, the other a value of its own kind or a list of them."""
    attributes = [name for side in sides if (name := _attribute(side))]
    values = [value for side in sides if not _attribute(side) for value in _values(side)]
    if len(attributes) != 1 or None in values:
        yield _too_far(place, "sammenligning / comparison")
        return
    (attribute,) = attributes
    if attribute not in {*ATTRIBUTES, *TYPES}:
        da, en = f"{attribute} er ikke noget, man kan spørge om", f"nobody asks about {attribute}"
        yield Fault(place, "strange-attribute", da, en)
        return
    for value in values:
        yield from _value(place, attribute, value, asked)


def _attribute(side: Expression) -> str | None:
    """The attribute that a side is: a variable, or something of the circumstances."""
    if "Var" in side:
        return str(side["Var"])
    part = side.get(".")
    if part and part["left"] == {"Var": "context"}:
        return str(part["attr"])
    return f"{part['attr']} af noget / of something" if part else None


def _values(side: Expression) -> list[Any]:
    """The values a side holds; None for whatever is no value."""
    if "Set" in side:
        return [each.get("Value") for each in side["Set"]]
    return [side.get("Value")]


def _value(place: Place, attribute: str, value: Any, asked: Asked) -> Iterator[Fault]:  # noqa: ANN401 - JSON of the engine
    if attribute in TYPES and isinstance(value, dict):
        yield from _entity(place, attribute, value["__entity"], asked)
    elif attribute in TEXTS and isinstance(value, str):
        yield from _programme(place, value, asked)
        yield from dangling(place, attribute, value, TEXTS[attribute])
    elif attribute == "day" and isinstance(value, int):
        yield from _day(place, value)
    else:
        da, en = f"{value} er ikke en værdi for {attribute}", f"{value} is no value of {attribute}"
        yield Fault(place, "wrong-value", da, en)


def _entity(
    place: Place, attribute: str, entity: Mapping[str, str], asked: Asked
) -> Iterator[Fault]:
    kind, name = entity["type"], entity["id"]
    yield from _programme(place, name, asked)
    if kind != TYPES[attribute]:
        da, en = f"{attribute} er aldrig en {kind}", f"{attribute} is never a {kind}"
        yield Fault(place, "strange-entity", da, en)
    elif kind == "Office":
        for fault in office_faults(place, [name], asked.district):
            yield Fault(place, fault.rule, fault.da, fault.en)
    else:
        known = {"Category": CATEGORIES, "Action": ACTIONS, "Purpose": asked.purposes}[kind]
        yield from dangling(place, kind.lower(), name, known)


def _programme(place: Place, name: str, asked: Asked) -> Iterator[Fault]:
    if name in asked.programmes:
        da = f"{name} er et program: en regel taler om rum"
        yield Fault(place, "names-programme", da, f"{name} is a programme: policies name spaces")


def _day(place: Place, day: int) -> Iterator[Fault]:
    try:
        datetime.strptime(f"{day:08}", "%Y%m%d")  # noqa: DTZ007 - a civil date, no moment
    except ValueError:
        da, en = f"{day} er ingen dag, skrevet ååååmmdd", f"{day} is no day written yyyymmdd"
        yield Fault(place, "no-such-day", da, en)


def _too_far(place: Place, what: str) -> Fault:
    da = f"en regel kan ikke bruge dette: {what}"
    return Fault(place, "strange-form", da, f"a policy cannot use this: {what}")
