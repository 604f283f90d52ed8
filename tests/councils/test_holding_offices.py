"""Giving and ending offices."""

import pytest

from services.councils.domain import office
from services.councils.domain.office.commands import EndOffice, GrantOffice
from services.councils.domain.office.events import OfficeEnded, OfficeEvent, OfficeGranted
from services.councils.domain.office.refusals import (
    OfficeAlreadyHeld,
    OfficeNotForPlace,
    OfficeNotHeld,
)
from services.councils.domain.office.state import Held, Vacant
from services.councils.domain.rules import Rules
from shared.testing.scenario import Scenario
from tests.councils.saying import INFOHUS, ODDER, PSP_ODDER, SOMEBODY, end, grant

AnOffice = Scenario[GrantOffice | EndOffice, Vacant | Held, OfficeEvent, Rules]
GRANTED = OfficeGranted(holder=SOMEBODY, place=ODDER, office="tovholder")
ENDED = OfficeEnded(holder=SOMEBODY, place=ODDER, office="tovholder")


@pytest.fixture
def an_office(rules: Rules) -> AnOffice:
    """An office that nobody has been given yet."""
    return Scenario(office.decider, rules)


def test_an_office_is_given_where_the_rulebook_has_it(an_office: AnOffice) -> None:
    """A person becomes tovholder of a unit that has one (plan §18)."""
    an_office.when(grant("tovholder", ODDER)).then(GRANTED)


@pytest.mark.parametrize(
    ("held", "place"),
    [
        ("tovholder", "favrskov-ssp"),
        ("auditor", ODDER),
        ("tovholder", "ukn-oestjylland"),
        ("king", ODDER),
        ("tovholder", "no-such-place"),
    ],
)
def test_no_office_where_the_rulebook_has_none(an_office: AnOffice, held: str, place: str) -> None:
    """An office is held only in the kinds of unit and forum that the rulebook names for it."""
    an_office.when(grant(held, place)).then_refused(OfficeNotForPlace)


@pytest.mark.parametrize("forum", [PSP_ODDER, INFOHUS])
def test_an_office_may_be_of_a_forum(an_office: AnOffice, forum: str) -> None:
    """A forum has offices of its own though it has no staff."""
    granted = OfficeGranted(holder=SOMEBODY, place=forum, office="stand_in")
    an_office.when(grant("stand_in", forum)).then(granted)


def test_nobody_is_given_what_they_hold(an_office: AnOffice) -> None:
    """Giving an office twice is refused, and tells that it is held."""
    an_office.given(GRANTED).when(grant("tovholder", ODDER)).then_refused(OfficeAlreadyHeld)


def test_an_office_ends(an_office: AnOffice) -> None:
    """An office that is held can be ended, and then given again."""
    an_office.given(GRANTED).when(end("tovholder", ODDER)).then(ENDED)
    an_office.given(GRANTED, ENDED).when(grant("tovholder", ODDER)).then(GRANTED)


def test_an_office_can_end_after_its_place(an_office: AnOffice) -> None:
    """Ending asks no rule: a unit that the rulebook has dropped must still let go of its people."""
    gone = OfficeGranted(holder=SOMEBODY, place="closed-unit", office="caseworker")
    ended = OfficeEnded(holder=SOMEBODY, place="closed-unit", office="caseworker")
    an_office.given(gone).when(end("caseworker", "closed-unit")).then(ended)


def test_nothing_ends_that_is_not_held(an_office: AnOffice) -> None:
    """Ending an office that was never given, or has ended, is refused."""
    an_office.when(end("tovholder", ODDER)).then_refused(OfficeNotHeld)
    an_office.given(GRANTED, ENDED).when(end("tovholder", ODDER)).then_refused(OfficeNotHeld)
