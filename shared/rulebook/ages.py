"""Whether a person is of an age that a route takes, also where nobody knows which date counts."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.rulebook.entries import Unknown
from shared.rulebook.programme import Ages


@dataclass(frozen=True, slots=True)
class NotEligible:
    """The route does not take this age: the rule, in words, and the lawful way on."""

    rule_id: str
    da: str
    en: str
    way_on_da: str
    way_on_en: str


@dataclass(frozen=True, slots=True)
class Eligible:
    """The route takes this age; a ``warning`` is shown, and an authorised person may go on."""

    warning: NotEligible | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """The dates disagree, or one is missing: both ages are recorded and a person decides."""

    rule_id: str
    da: str
    en: str
    age_at_act: int | None
    age_at_referral: int | None


def age_on(birth: date, day: date) -> int:
    """Full years on *day*; born on 29 February, a year is full on 1 March of a common year."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def judge(
    ages: Ages | None,
    measured_on: Literal["act", "referral"] | Unknown,
    birth: date | None,
    *,
    act: date | None,
    referral: date,
) -> Eligible | NotEligible | Undecided:
    """Compare a person's age with the ages a route takes, on the date or dates that may count."""
    if ages is None:
        return Eligible()
    at_act = age_on(birth, act) if birth and act else None
    at_referral = age_on(birth, referral) if birth else None
    by_date = {"act": [at_act], "referral": [at_referral], "unknown": [at_act, at_referral]}
    found = by_date[measured_on]
    known = [age for age in found if age is not None]
    if len(known) < len(found) or len({ages.take(age) for age in known}) > 1:
        return Undecided(ages.id, ages.da, ages.en, at_act, at_referral)
    if ages.take(known[0]):
        return Eligible()
    outside = _outside(ages, known)
    return outside if ages.mode == "enforce" else Eligible(warning=outside)


def _outside(ages: Ages, found: list[int]) -> NotEligible:
    ways = {way.id: way for age in found if (way := ages.way_on(age))}.values()
    return NotEligible(
        rule_id=ages.id,
        da=ages.da,
        en=ages.en,
        way_on_da=" ".join(way.da for way in ways),
        way_on_en=" ".join(way.en for way in ways),
    )
