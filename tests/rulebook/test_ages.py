"""Whom a route takes, by age, and the lawful way on for everybody else."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rulebook.ages import Eligible, NotEligible, Undecided, age_on, judge
from shared.rulebook.content import Rulebook
from shared.rulebook.programme import Ages

BIRTHS = st.dates(date(1920, 1, 1), date(2020, 12, 31))
LIVES = st.integers(min_value=0, max_value=36500).map(lambda days: timedelta(days=days))
POLICE, COURT = "politi-til-ukn", "ret-til-ukn"


def _ages(rulebook: Rulebook, route_id: str) -> Ages:
    routes = {r.id: r for p in rulebook.programmes.values() for r in p.routes}
    ages = {str(name): route.ages for name, route in routes.items()}[route_id]
    assert ages is not None
    return ages


def _of_age(age: int, on: date) -> date:
    return date(on.year - age, 1, 1)


@given(birth=BIRTHS, life=LIVES)
def test_a_year_is_full_on_the_birthday(birth: date, life: timedelta) -> None:
    """The age is the number of birthdays had since birth, the day itself included."""
    day = birth + life
    birthdays = [
        year for year in range(birth.year + 1, day.year + 1) if _birthday(birth, year) <= day
    ]
    assert age_on(birth, day) == len(birthdays)


def _birthday(birth: date, year: int) -> date:
    try:
        return birth.replace(year=year)
    except ValueError:  # 29 February in a common year
        return date(year, 3, 1)


@given(birth=BIRTHS, to_act=LIVES, to_referral=LIVES)
def test_police_refer_ten_to_fourteen(
    rulebook: Rulebook, birth: date, to_act: timedelta, to_referral: timedelta
) -> None:
    """Law §3: police 10-14; in on both dates yes, out on both no, else a person decides."""
    act, referral = birth + to_act, birth + to_act + to_referral
    inside = [10 <= age_on(birth, day) <= 14 for day in (act, referral)]
    answer = judge(_ages(rulebook, POLICE), "unknown", birth, act=act, referral=referral)
    expected = Eligible if all(inside) else Undecided if any(inside) else NotEligible
    assert isinstance(answer, expected)


@given(birth=BIRTHS, to_act=LIVES, to_referral=LIVES)
def test_no_age_may_be_referred_by_both(
    rulebook: Rulebook, birth: date, to_act: timedelta, to_referral: timedelta
) -> None:
    """Nobody is taken by the police's and the court's route alike."""
    act, referral = birth + to_act, birth + to_act + to_referral
    answers = [
        judge(_ages(rulebook, route), "unknown", birth, act=act, referral=referral)
        for route in (POLICE, COURT)
    ]
    assert sum(isinstance(answer, Eligible) for answer in answers) <= 1


@pytest.mark.parametrize(
    ("route", "age", "way_on"),
    [
        (POLICE, 9, "underretning til barnets kommune"),
        (POLICE, 0, "underretning til barnets kommune"),
        (POLICE, 15, "henvises af retten"),
        (POLICE, 17, "henvises af retten"),
        (POLICE, 18, "uden for nævnets område"),
        (COURT, 9, "underretning til barnets kommune"),
        (COURT, 10, "henvises af politiet"),
        (COURT, 14, "henvises af politiet"),
        (COURT, 18, "uden for nævnets område"),
    ],
)
def test_who_is_refused_is_told_the_lawful_way_on(
    rulebook: Rulebook, route: str, age: int, way_on: str
) -> None:
    """Too young: notify the municipality; 15-17: the court refers; 10-14: the police refer."""
    day = date(2026, 6, 1)
    answer = judge(_ages(rulebook, route), "unknown", _of_age(age, day), act=day, referral=day)
    assert isinstance(answer, NotEligible)
    assert answer.rule_id in {"ukn-politi-10-14", "ukn-ret-15-17"}
    assert way_on in answer.way_on_da
    assert answer.way_on_en


@pytest.mark.parametrize(
    ("age", "taken_by"), [(10, POLICE), (14, POLICE), (15, COURT), (17, COURT)]
)
def test_both_ends_are_included(rulebook: Rulebook, age: int, taken_by: str) -> None:
    """Ten, fourteen, fifteen and seventeen are all within (plan §6, law §3)."""
    day = date(2026, 6, 1)
    ages = _ages(rulebook, taken_by)
    answer = judge(ages, "unknown", _of_age(age, day), act=day, referral=day)
    assert answer == Eligible()


def test_a_birthday_between_act_and_referral_is_for_a_person_to_decide(rulebook: Rulebook) -> None:
    """Which date counts is unknown (law §3): with 14 at the act and 15 when sent, both are told."""
    birth, act, referral = date(2011, 5, 10), date(2026, 5, 9), date(2026, 5, 10)
    answer = judge(_ages(rulebook, POLICE), "unknown", birth, act=act, referral=referral)
    assert isinstance(answer, Undecided)
    assert (answer.age_at_act, answer.age_at_referral) == (14, 15)


@pytest.mark.parametrize(
    ("birth", "act"), [(None, date(2026, 1, 1)), (date(2014, 1, 1), None), (None, None)]
)
def test_a_missing_date_decides_nothing(
    rulebook: Rulebook, birth: date | None, act: date | None
) -> None:
    """Without a birth date, or without the act's, the platform does not guess an age."""
    answer = judge(_ages(rulebook, POLICE), "unknown", birth, act=act, referral=date(2026, 1, 2))
    assert isinstance(answer, Undecided)


def test_where_the_law_says_which_date_the_other_does_not_matter(rulebook: Rulebook) -> None:
    """Once a jurist has settled the date, only that one is measured."""
    birth, act, referral = date(2011, 5, 10), date(2026, 5, 9), date(2026, 5, 10)
    ages = _ages(rulebook, POLICE)
    assert judge(ages, "act", birth, act=act, referral=referral) == Eligible()
    assert isinstance(judge(ages, "referral", birth, act=None, referral=referral), NotEligible)


def test_under_eighteen_is_a_warning_in_the_exit_programme(rulebook: Rulebook) -> None:
    """The plan states no age for Bandeexit: under 18 a warning points to SSP, nobody is refused."""
    day = date(2026, 6, 1)
    ages = _ages(rulebook, "kriminalforsorg-til-exit")
    young = judge(ages, "referral", _of_age(17, day), act=None, referral=day)
    assert isinstance(young, Eligible)
    assert young.warning
    assert "SSP" in young.warning.way_on_da
    assert judge(ages, "referral", _of_age(18, day), act=None, referral=day) == Eligible()


def test_an_infohus_takes_every_age(rulebook: Rulebook) -> None:
    """Plan §13: both young people under 18 and adults."""
    for route in rulebook.programmes["infohus"].routes:
        answer = judge(route.ages, "referral", None, act=None, referral=date(2026, 1, 1))
        assert answer == Eligible()
