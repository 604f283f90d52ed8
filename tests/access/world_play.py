"""One request being made up in the histories: by whom, of which case, in which words.

Every personal text is a canary. ``then`` says what became so in the model where it was granted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from tests.access.canaries import Canaries
from tests.access.world_model import Case, Party, Text, World
from tests.access.world_people import Seat
from tests.access.world_told import Scope

UNDERWAY: Final = frozenset({"sent", "delivered", "received", "accepted", "returned"})
AT_HOLDER: Final = frozenset({"delivered", "received", "accepted"})
OUT: Final = UNDERWAY | {"declined", "withdrawn", "closed"}
ALL: Final = OUT | {"draft"}
SENDER, HOLDER = frozenset({"sender"}), frozenset({"holder"})
PARTNERS, ANY = SENDER | HOLDER, frozenset({"sender", "holder", "let_in"})
Then = Callable[[Case, Seat, str], None]
LATELY: Final = "2026-11-01"
FIXED: Final[Mapping[str, Any]] = {
    "birth_date": "2013-06-01",
    "act_date": "2026-02-20",
    "category": "personfarlig",
    "statute": "straffeloven",
    "criteria": ["usynlig"],
    "in_custody": False,
}
"""Answers that no words are taken for."""
LEFT_OUT: Final = frozenset({"risk_assessment"})


@dataclass
class Play:
    """One request being made up: of which case, by whom, and what it says."""

    world: World
    case: Case
    seat: Seat
    dice: Random
    canaries: Canaries
    said: list[Text] = field(default_factory=list)

    def say(  # noqa: PLR0913 - each says what kind of text it is
        self,
        name: str,
        category: str = "free_text",
        *,
        scope: Scope = "parties",
        concern: bool = False,
        intake: bool = False,
        judged: bool = False,
    ) -> str:
        """Make up a text that can be found again."""
        number, text = self.canaries.fresh(name)
        told = Text(number, name, self.seat.unit, category, 0, scope, concern, intake, judged)
        self.said.append(told)
        return text

    def often(self, chance: float = 0.5) -> bool:
        """Throw the dice."""
        return self.dice.random() < chance

    def note(self, **how: Any) -> dict[str, str]:  # noqa: ANN401 - of say
        """Make up a note, or leave it out."""
        return {"note": self.say("note", **how)} if self.often(0.6) else {}

    def colleague(self) -> str:
        """Give somebody of the same unit."""
        return f"{self.dice.choice(('anna', 'bent', 'lis'))}.{self.seat.unit.id}"

    def intake(self) -> dict[str, Any]:
        """Fill in the form: every question that takes words gets a canary."""
        answers: dict[str, Any] = {}
        for asked in self.case.programme["intake"]["fields"]:
            name, kind = asked["id"], asked["category"]
            if name in LEFT_OUT or not (asked["required"] or self.often(0.8)):
                continue
            fixed = name in FIXED
            answers[name] = (
                FIXED[name] if fixed else self.say(name, kind, concern=True, intake=True)
            )
        return answers

    def join(self, unit: str, role: str, basis: str, **how: Any) -> None:  # noqa: ANN401 - of Party
        """Make a unit a party in the model, by what was told last.

        It is told of protections that the sender knows of.
        """
        case, sender = self.case, self.case.as_role("sender")
        if sender is None or case.last is None or unit in case.parties:
            return
        of = self.world.district[unit]
        party = Party(of, role, case.step, basis, guarded=sender.guarded, **how)
        party.told.join(sender.told.facts, case.last, from_start=party.from_start)
        case.parties[unit] = party


def nothing(_case: Case, _seat: Seat, _told: str) -> None:
    """Leave the model as it is."""


def stage(to: str) -> Then:
    """Give what moves a case."""

    def move(case: Case, _seat: Seat, _told: str) -> None:
        case.stage = to

    return move


@dataclass(frozen=True)
class Act:
    """What is asked for at a door."""

    method: str
    path: str
    body: object = None
    then: Then = nothing
    tells: str = ""
    """The type of the fact whose id ``then`` is told."""
    headers: Mapping[str, str] = field(default_factory=dict)


def said(path: str, *names: str, to: str | None = None, **how: Any) -> Callable[[Play], Act]:  # noqa: ANN401 - of say
    """Give what asks for something in some words, and moves the case if it is granted."""

    def made(play: Play) -> Act:
        body = {name: play.say(name, **how) for name in names}
        return Act("POST", path, body or None, stage(to) if to else nothing)

    return made


Made = tuple[frozenset[str], frozenset[str], Callable[[Play], Act]]
"""Who asks for it, at which stages, and how."""
