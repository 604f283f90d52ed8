"""How far back a unit that is let in sees: the profile is the limit, letting in the decision."""

from typing import Literal

import pytest

from services.referrals.domain.referral.refusals import (
    GateNotPassed,
    MayNotBeLetIn,
    NotFromTheStart,
    NotTheAddressee,
    UnknownUnit,
)
from services.referrals.domain.referral.state import Stage
from shared.kernel.ids import AuthorityId, UnitId
from shared.kernel.personal import Hidden
from shared.rulebook.content import Rulebook
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After, with_disclosure
from tests.referrals.ways import ANSWERED_HERE, BANDEEXIT, INFOHUS, PSP, Way

SEES = ("joining", "start")
TO_PSYCHIATRY: dict[str, object] = {
    "role": "let_in",
    "unit_kinds": ("psychiatry",),
    "categories": ("administrative",),
    "source": "example",
}
FROM_START, FROM_JOINING = TO_PSYCHIATRY | {"from": "start"}, TO_PSYCHIATRY | {"from": "joining"}
TO_OTHERS = {**FROM_START, "unit_kinds": ("family_department", "psp_police")}
TO_THE_HOLDER = {**FROM_START, "role": "holder"}


@pytest.mark.parametrize("sees", SEES)
def test_where_the_profile_gives_the_start_the_holder_decides(
    after: After, sees: Literal["joining", "start"]
) -> None:
    """A profile is the limit and letting in the decision: the start may be given, or less."""
    received = after(PSP, Stage.RECEIVED)
    received.when(asking.let_in(PSP, sees=sees)).then(happened.let_in(PSP, sees=sees))
    checked = after(INFOHUS, Stage.RECEIVED, happened.checked(INFOHUS))
    checked.when(asking.let_in(INFOHUS, sees=sees)).then(happened.let_in(INFOHUS, sees=sees))


@pytest.mark.parametrize("counterpart", [False, True])
def test_nobody_decides_more_than_the_profile_gives(after: After, *, counterpart: bool) -> None:
    """Who is shown what is said from joining on is let in to no more, by whomever."""
    wider = happened.consented(
        BANDEEXIT, by=Hidden(BANDEEXIT.taker), receivers=Hidden((who.ODDER, who.RANDERS))
    )
    for way, party, before in (
        (PSP, who.PROBATION, ()),
        (INFOHUS, who.FAMILY_FAVRSKOV, (happened.checked(INFOHUS),)),
        (BANDEEXIT, BANDEEXIT.further, (wider,)),
    ):
        accepted = after(way, Stage.ACCEPTED, *before)
        start = asking.let_in(way, party, sees="start", counterpart=counterpart)
        accepted.when(start).then_refused(NotFromTheStart)
        joins = happened.let_in(way, party, acts_for_the_other_side=counterpart)
        accepted.when(asking.let_in(way, party, counterpart=counterpart)).then(joins)


def test_where_nothing_is_said_it_is_from_joining(after: After) -> None:
    """Neither a request nor a profile that is silent gives what was said before."""
    received = after(PSP, Stage.RECEIVED)
    received.when(asking.let_in(PSP)).then(happened.let_in(PSP, sees="joining"))
    silent = with_disclosure(received, TO_PSYCHIATRY)
    silent.when(asking.let_in(PSP, sees="start")).then_refused(NotFromTheStart)


@pytest.mark.parametrize(
    ("profile", "may"),
    [
        ((FROM_START,), True),
        ((FROM_JOINING,), False),
        ((FROM_JOINING, FROM_START), False),
        ((FROM_START, FROM_JOINING), True),
        (({**FROM_START, "unit_kinds": None},), True),
        ((TO_OTHERS, FROM_JOINING, {**FROM_START, "unit_kinds": None}), False),
        ((TO_OTHERS, TO_THE_HOLDER, {**TO_THE_HOLDER, "role": "sender"}), False),
        ((), False),
    ],
)
def test_the_first_entry_for_its_kind_is_the_limit(
    after: After, profile: tuple[dict[str, object], ...], *, may: bool
) -> None:
    """No later entry widens it, nor one for others or another role; without one it is narrow."""
    changed = with_disclosure(after(PSP, Stage.RECEIVED), *profile)
    asked = changed.when(asking.let_in(PSP, sees="start"))
    if may:
        asked.then(happened.let_in(PSP, sees="start"))
    else:
        asked.then_refused(NotFromTheStart)
    changed.when(asking.let_in(PSP)).then(happened.let_in(PSP))


def test_who_may_not_be_let_in_is_told_that_first(after: After) -> None:
    """Of a profile nothing is said to whom another rule stops."""
    stranger = asking.let_in(PSP, who.EXIT_CONTACT_ODDER, sees="start")
    after(PSP, Stage.RECEIVED).when(stranger).then_refused(MayNotBeLetIn)
    unchecked = asking.let_in(INFOHUS, who.FAMILY_FAVRSKOV, sees="start")
    after(INFOHUS, Stage.RECEIVED).when(unchecked).then_refused(GateNotPassed)
    unknown = asking.let_in(PSP, UnitId("nobody"), sees="start")
    after(PSP, Stage.RECEIVED).when(unknown).then_refused(UnknownUnit)
    elsewhere = asking.let_in(PSP, unit=PSP.sender, sees="start")
    after(PSP, Stage.RECEIVED).when(elsewhere).then_refused(NotTheAddressee)


@pytest.mark.parametrize("way", ANSWERED_HERE, ids=lambda way: way.programme)
def test_the_decision_goes_by_the_limit_that_rows_go_by(
    after: After, rulebook: Rulebook, way: Way
) -> None:
    """For each unit that a programme lets in, what may be decided is what its profile says."""
    every = happened.consented(
        way,
        by=Hidden(way.taker),
        receivers=Hidden(tuple(AuthorityId(each.id) for each in rulebook.district.authorities)),
    )
    before = (happened.checked(way),) if way is INFOHUS else ()
    case, limits = after(way, Stage.ACCEPTED, *before, every), set()
    for unit in rulebook.district.units:
        if unit.id == way.sender or case.rules.let_in(way.taker, unit.id, way.basis) is None:
            continue
        limit = rulebook.profiles.joins(way.programme, "let_in", unit.id)
        asked = case.when(asking.let_in(way, UnitId(unit.id), sees="start"))
        limits.add(limit)
        if limit == "joining":
            asked.then_refused(NotFromTheStart)
        else:
            party = happened.let_in(way, UnitId(unit.id), sees="start")
            asked.then(party.model_copy(update={"party_authority": Hidden(unit.authority)}))
    assert limits == ({"joining"} if way is BANDEEXIT else {"joining", "start"})
