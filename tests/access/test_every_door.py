"""The matrix grows with the platform: a door, a stage or a word that is no row of it fails here.

What each door of referrals and audit is asked as, in the words of the law's page of doors. A door
that shows something is held by ``test_matrix.py``, one that changes something by ``test_acts.py``.
Councils know of no case, and so have no row there: each of their doors names what is asked of the
policies, if anything, and the test that holds it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, get_args

import pytest
from fastapi.dependencies.models import Dependant

from services.audit.app import DOORS as OF_AUDIT
from services.councils.api.operating import operator, reader
from services.councils.app import DOORS as COUNCILS
from services.councils.seeing import seeing
from services.referrals.app import DOORS as OF_REFERRALS
from services.referrals.doing import DOES
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.sharing.state import Closed
from services.referrals.domain.stage import Stage
from shared.api.identity import signed_in
from shared.rulebook.vocabulary import CATEGORIES
from tests.access import everybody as every
from tests.access import oracle_pages as law
from tests.access import test_matrix as matrix
from tests.access.acting_on import ACTS
from tests.access.labelled import named, routes_of

ASKED_AS: Final = {
    "follow": "GET /referrals/{referral_id}",
    "reveal": "POST /referrals/{referral_id}/address",
    "why": "POST /referrals/{referral_id}/sight",
    "inbox": "GET /inbox",
    "sent": "GET /sent",
    "due": "GET /due",
    "changes": "GET /changes",
    "tasks": "GET /tasks",
    "replay": "GET /referrals/{referral_id}/replay",
    "reads": "GET /reads, GET /reads/of/{referral_id}, GET /reads/extract",
    "break_glass": "POST /referrals/{referral_id}/broken-glass",
    "review_glass": "POST /referrals/{referral_id}/broken-glass/{glass}/review",
    "approve_leaving": """
        POST /referrals/{referral_id}/leavings/{leaving}/approval,
        POST /referrals/{referral_id}/leavings/{leaving}/refusal""",
    "change": """
        POST /referrals,
        PUT /referrals/{referral_id}/draft,
        POST /referrals/{referral_id}/consents,
        POST /referrals/{referral_id}/consents/{consent}/withdrawal,
        POST /referrals/{referral_id}/sending,
        POST /referrals/{referral_id}/resending,
        POST /referrals/{referral_id}/withdrawal,
        POST /referrals/{referral_id}/error,
        POST /referrals/{referral_id}/calls,
        POST /referrals/{referral_id}/dispatches,
        POST /referrals/{referral_id}/receipts,
        POST /referrals/{referral_id}/reception,
        POST /referrals/{referral_id}/claim,
        POST /referrals/{referral_id}/assignment,
        PUT /referrals/{referral_id}/acceptance,
        POST /referrals/{referral_id}/decline,
        POST /referrals/{referral_id}/return,
        POST /referrals/{referral_id}/closing,
        POST /referrals/{referral_id}/reopening,
        POST /referrals/{referral_id}/parties,
        POST /referrals/{referral_id}/gates,
        POST /referrals/{referral_id}/messages,
        PUT /referrals/{referral_id}/case-number,
        POST /referrals/{referral_id}/leaving,
        POST /referrals/{referral_id}/staff,
        POST /referrals/{referral_id}/exclusions,
        POST /referrals/{referral_id}/readmissions,
        POST /referrals/{referral_id}/tries/{noticed}/seen,
        PUT /referrals/{referral_id}/address-protection,
        POST /referrals/{referral_id}/address-protection/end,
        POST /referrals/{referral_id}/leavings,
        POST /referrals/{referral_id}/tasks,
        POST /referrals/{referral_id}/tasks/{task}/done""",
}
OF_NO_CASE: Final = {
    "GET /reads/mine": "one's own looks, whoever one is (tests/audit/test_controlling.py)",
    "GET /heads": "how long the ledger is, for who controls (tests/audit/test_proving.py)",
    "GET /proofs/inclusion": "hashes over heads, for who controls (tests/audit/test_proving.py)",
    "GET /proofs/consistency": "hashes over heads, for who controls (tests/audit/test_proving.py)",
}
OF_COUNCILS: Final = {
    ("docket: see", "test_who_sees.py"): """
        GET /forums/{forum}/docket,
        GET /items/{item},
        GET /meetings/{meeting},
        GET /forums/{forum}/meetings""",
    ("docket: change", "test_existence.py"): """
        POST /items/{item}/screening,
        POST /items/{item}/placement,
        POST /items/{item}/postponement,
        POST /items/{item}/joining,
        POST /items/{item}/return,
        POST /forums/{forum}/meetings,
        POST /meetings/{meeting}/agenda""",
    ("directory: for the operator", "test_directory_doors.py"): """
        PUT /rulebook,
        POST /offices,
        POST /offices/ending,
        GET /offices""",
    ("directory: for anybody signed in", "test_directory_doors.py"): """
        GET /rulebook,
        GET /offices/mine""",
}
"""What is asked about each door of councils, and which of their tests holds it."""
NEVER_A_PARTY: Final = frozenset({"court", "ukn_secretariat"})
"""Kinds of unit that the law's pages have no row for: they have no account (see below)."""
STANDS_IN: Final = frozenset({"stand_in", "mayor_stand_in"})
"""Who stands in is asked about as who they stand in for (``test_who_acts.py``)."""


def rows(table: Iterable[str] = ASKED_AS.values()) -> Iterator[str]:
    """Give every door that is a row, once for each time it is named."""
    for doors in table:
        yield from (door.strip() for door in doors.split(","))


def test_every_door_is_a_row() -> None:
    """A new door fails the build until somebody says what the law is asked about it."""
    doors = [named(route) for route in routes_of((*OF_REFERRALS, *OF_AUDIT))]
    assert sorted([*rows(), *OF_NO_CASE]) == sorted(doors)


def test_every_door_of_councils_is_a_row() -> None:
    """A new door of theirs fails the build as well."""
    doors = [named(route) for route in routes_of(COUNCILS)]
    assert sorted(rows(OF_COUNCILS.values())) == sorted(doors)


@pytest.mark.parametrize("asked", OF_COUNCILS, ids=lambda asked: asked[0])
def test_a_door_of_councils_is_asked_about_as_it_says(asked: tuple[str, str]) -> None:
    """A docket's door asks the policies, the directory's ask who it is; and the test names each."""
    what, file = asked
    held = (Path(__file__).parents[1] / "councils" / file).read_text("utf-8")
    routes = {named(route): route for route in routes_of(COUNCILS)}
    for door in rows([OF_COUNCILS[asked]]):
        called = set(calls_of(routes[door].dependant))
        assert (seeing in called) is what.startswith("docket"), door
        assert bool(called & {operator, reader}) is what.endswith("operator"), door
        assert signed_in in called, door
        assert [word for word in door.split("/") if "{" not in word][-1] in held, door


def calls_of(dependant: Dependant) -> Iterator[object]:
    """Give everything that is called before a door answers."""
    yield dependant.call
    for each in dependant.dependencies:
        yield from calls_of(each)


def test_every_row_is_asked_about() -> None:
    """What a door is asked as is a row of the law's page, and a test of the platform asks it."""
    assert set(ASKED_AS) == set(law.FOR_ROLES) == {*matrix.ENDPOINTS, *ACTS}


def test_every_kind_of_act_is_asked_about() -> None:
    """The actions that the policies are asked for by requests are those of the acts."""
    assert {*DOES.values(), "change"} == set(ACTS.values())


def test_every_stage_and_every_closing_is_a_situation() -> None:
    """A new stage, or a new way in which a view closes, fails the build until it is played."""
    assert {each.stage for each in every.SITUATIONS} == set(law.STAGES) == {*Stage}
    views = {each.view for each in every.SITUATIONS}
    assert views == set(law.VIEWS) == {"open", *get_args(Closed)} - {"entered_in_error"}


@pytest.mark.parametrize("space", every.PROGRAMMES)
def test_every_closing_of_a_situation_is_real(space: str) -> None:
    """The situations close views as they say: each way is met somewhere."""
    met = {
        line.closed.kind if line.closed else "open"
        for role in law.ROLES
        for situation in every.SITUATIONS
        if (line := every.line_of(every.Place(space, role, every.kind_in(space, role)), situation))
    }
    assert met == {"open", *get_args(Closed)}


def test_every_word_of_the_rulebook_is_on_the_laws_pages() -> None:
    """A new role, office, purpose, kind of unit, kind of data or programme fails it as well."""
    rules = every.rulebook()
    district = rules.district
    assert {office.id for office in district.offices} - STANDS_IN == {
        *law.OFFICES,
        *law.COUNCIL_OFFICES,
    }
    assert {each.id for each in rules.purposes.tree if each.offices} <= set(law.PURPOSES)
    assert {kind.id for kind in district.unit_kinds} - NEVER_A_PARTY == set(law.UNITS)
    assert set(CATEGORIES) == set(law.CATEGORIES)
    assert {role.value for role in Role} == set(law.ROLES)
    spaces = {programme.id: programme.space for programme in rules.programmes.values()}
    assert spaces == {programme: space for space, programme in every.PROGRAMMES.items()}


def test_who_is_no_party_has_nobody_here() -> None:
    """In a unit of a kind that the law has no row for nobody works on this platform."""
    units = [unit for unit in every.rulebook().district.units if unit.kind in NEVER_A_PARTY]
    assert [unit.id for unit in units if unit.account] == []
