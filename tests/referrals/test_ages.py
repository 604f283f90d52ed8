"""Whom a route takes, by age: the law's ages, and the date nobody has decided on."""

import pytest

from services.referrals.domain.referral.refusals import AgeNotTaken, AgeUndecided, IntakeIncomplete
from services.referrals.domain.referral.state import Stage
from shared.kernel.ids import BasisId, RouteId
from shared.kernel.personal import Hidden, Personal
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After, Case
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP, UKN

NOTE = "Vi regner fra gerningen; statsadvokaten er spurgt."


def born(after: After, birth: str, act: str = "2021-02-20") -> Case:
    """Give a draft of the police about a child born on *birth*, for an act on *act*."""
    return after(UKN, Stage.DRAFT, happened.filled_in(UKN, birth_date=birth, act_date=act))


@pytest.mark.parametrize("birth", ["2011-02-20", "2008-06-01", "2006-03-06"])
def test_the_police_refer_from_10_to_14(after: After, birth: str) -> None:
    """A child who is 10 to 14, both included, on both dates is referred by the police (law §3)."""
    born(after, birth).when(asking.send(UKN)).then(happened.sent(UKN))


@pytest.mark.parametrize(
    ("birth", "way_on"),
    [
        ("2011-03-06", "A child under 10 is helped by a notification to the child's municipality."),
        ("2006-02-20", "A person aged 15-17 is referred by the court (s. 10)."),
        ("2004-06-01", "A person aged 15-17 is referred by the court (s. 10)."),
        ("2003-02-20", "From the age of 18 the case is outside the board's field."),
    ],
    ids=["9 on both dates", "15 on both dates", "16 on both dates", "18 on both dates"],
)
def test_other_ages_are_shown_the_lawful_way_on(after: After, birth: str, way_on: str) -> None:
    """A child of 9 or a youth of 16 is refused with the rule named and the lawful way on (law §3).

    No note changes that.
    """
    for note in (None, NOTE):
        refused = born(after, birth).when(asking.send(UKN, age_note=note)).then_refused(AgeNotTaken)
        assert refused.facts["rule"] == "ukn-politi-10-14"
        assert refused.facts["detail"].startswith(
            "The police may only refer children aged 10 to 14"
        )
        assert refused.facts["detail"].endswith(way_on)
        assert refused.facts["da"].startswith("Politiet kan kun henvise børn fra 10 til og med 14")


@pytest.mark.parametrize(
    ("birth", "act"),
    [("2011-03-01", "2021-02-20"), ("2006-03-01", "2021-02-20"), ("2006-03-05", "2021-03-04")],
    ids=["9 at the act, 10 now", "14 at the act, 15 now", "15 today"],
)
def test_dates_that_disagree_are_for_a_person_to_judge(after: After, birth: str, act: str) -> None:
    """No source says which date counts; where they disagree the sender says how it sees it."""
    draft = born(after, birth, act)
    refused = draft.when(asking.send(UKN)).then_refused(AgeUndecided)
    assert refused.facts["rule"] == "ukn-politi-10-14"
    noted = happened.sent(UKN, age_note=Personal(NOTE))
    draft.when(asking.send(UKN, age_note=NOTE)).then(noted)


def test_the_court_refers_from_15_to_17(after: After) -> None:
    """A youth of 15 to 17 is referred by the court, and a child of 12 is not (law §3, § 10)."""
    by_court = {"unit": who.COURT, "basis": BasisId("ukn-lov-10")}
    court = Hidden(who.COURT)
    youth = happened.filled_in(UKN, birth_date="2004-06-01")
    draft = after(UKN, None, happened.drafted(UKN, by=court), youth)
    draft.when(asking.send(UKN, **by_court)).then(
        happened.sent(
            UKN,
            by=court,
            route=Hidden(RouteId("ret-til-ukn")),
            basis=Hidden(BasisId("ukn-lov-10")),
            rule=Hidden("ukn-ret-15-17"),
        )
    )
    child = after(UKN, None, happened.drafted(UKN, by=court))
    refused = child.when(asking.send(UKN, **by_court)).then_refused(AgeNotTaken)
    assert refused.facts["detail"].endswith("A child aged 10-14 is referred by the police (s. 11).")


def test_the_board_cannot_do_without_the_dates(after: After) -> None:
    """Both the date of birth and that of the act are recorded: nobody knows which will count."""
    without = happened.filled_in(UKN, birth_date=None, act_date=None)
    refused = after(UKN, Stage.DRAFT, without).when(asking.send(UKN)).then_refused(IntakeIncomplete)
    assert {mistake["field"] for mistake in refused.facts["fields"]} == {"birth_date", "act_date"}


def test_bandeexit_warns_below_18_and_goes_on(after: After) -> None:
    """The plan names no age for the exit programme: under 18 is a warning, no refusal (law §6)."""
    young = happened.filled_in(BANDEEXIT, birth_date="2004-06-01")
    draft = after(BANDEEXIT, Stage.DRAFT, young)
    draft.when(asking.send(BANDEEXIT)).then(happened.sent(BANDEEXIT))


@pytest.mark.parametrize("birth", ["1950-01-01", "2019-12-31", None])
def test_programmes_without_ages_ask_for_none(after: After, birth: str | None) -> None:
    """The infohus and the PSP committee take the young and the old, and of unknown age too."""
    for way in (INFOHUS, PSP):
        draft = after(way, Stage.DRAFT, happened.filled_in(way, birth_date=birth))
        draft.when(asking.send(way)).then(happened.sent(way))
