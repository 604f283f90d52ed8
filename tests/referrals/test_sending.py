"""Sending a referral: what must be in order, and what is written down."""

import pytest
from pydantic import JsonValue, ValidationError

from services.referrals.domain.referral.refusals import (
    BasisNotOfRoute,
    BasisReasonMissing,
    CoverageUnknown,
    IntakeIncomplete,
    NoSuchRoute,
    NotCovered,
    PurposeNotOfRoute,
    TwoReceivers,
    UnknownUnit,
)
from services.referrals.domain.referral.state import Stage
from shared.kernel.ids import BasisId, RouteId, UnitId
from shared.kernel.personal import ERASED, Hidden, Personal
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After
from tests.referrals.ways import INFOHUS, PSP, UKN, WAYS, Way


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.programme)
def test_a_referral_goes_its_way(after: After, way: Way) -> None:
    """What is sent says to whom, by which route, on what basis, for what and why it is needed.

    (law §2: every disclosure is an event with its basis, recipients, items and necessity)
    """
    after(way, Stage.DRAFT).when(asking.send(way)).then(happened.sent(way))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.programme)
def test_only_a_basis_of_the_route_carries_it(after: After, way: Way) -> None:
    """A basis of another programme, or an invented one, is refused with the bases of the route."""
    for foreign in ("forvaltningsloven-31", "ukn-lov-10", ""):
        asked = asking.send(way, basis=BasisId(foreign))
        refused = after(way, Stage.DRAFT).when(asked).then_refused(BasisNotOfRoute)
        assert way.basis in refused.facts["bases"]
        assert foreign not in refused.facts["bases"]


@pytest.mark.parametrize("purpose", ["efterforskning", "investigation", "hjaelp", ""])
def test_investigation_is_never_a_purpose(after: After, purpose: str) -> None:
    """A referral serves a purpose of its route, and investigating crime is none (law §2)."""
    asked = asking.send(INFOHUS, purpose=purpose)
    refused = after(INFOHUS, Stage.DRAFT).when(asked).then_refused(PurposeNotOfRoute)
    assert refused.facts["purposes"] == ["forebygge-radikalisering"]


@pytest.mark.parametrize("necessity", ["", "   ", "ja", None])
def test_the_necessity_is_said_in_words(necessity: str | None) -> None:
    """Why it is necessary is said in a sentence, each time (law §2)."""
    with pytest.raises(ValidationError):
        asking.send(INFOHUS, necessity=necessity)


def test_what_is_said_about_a_person_is_closed() -> None:
    """Necessity, reasons and the age note are about a person, so they are sealed."""
    sent = happened.sent(INFOHUS)
    assert isinstance(sent.necessity, Personal)
    assert isinstance(sent.chosen_because, Personal)


def test_a_forum_is_reached_through_its_intake(after: After) -> None:
    """What is sent to a forum reaches its intake unit, the same as if that had been named."""
    by_unit = asking.send(PSP, addressee=PSP.taker)
    after(PSP, Stage.DRAFT).when(by_unit).then(happened.sent(PSP))
    assert PSP.addressee != PSP.taker


@pytest.mark.parametrize("name", ["", "nobody", "kredsraad-oestjylland", "lokalraad-odder", None])
def test_only_who_takes_cases_is_addressed(after: After, name: str | None) -> None:
    """An unknown unit is refused, and so is a council, which never gets single cases (plan §4)."""
    asked = asking.send(PSP, addressee=name)
    after(PSP, Stage.DRAFT).when(asked).then_refused(UnknownUnit)


@pytest.mark.parametrize(
    "addressee",
    [who.PSYCHIATRY_SYDDANMARK, "infohus-aarhus", who.SSP_AARHUS, who.SSP_ODDER, who.EXIT_UNIT],
)
def test_a_referral_takes_a_way_of_its_programme(after: After, addressee: str) -> None:
    """A case for the PSP committee goes to a committee: not to a member, nor to oneself."""
    asked = asking.send(PSP, addressee=addressee)
    after(PSP, Stage.DRAFT).when(asked).then_refused(NoSuchRoute)


def test_a_referral_has_one_receiver(after: After) -> None:
    """Who names a unit and an outsider as well is asked which, so that neither is passed over."""
    asked = asking.send(INFOHUS, outside="Infohus Viborg")
    after(INFOHUS, Stage.DRAFT).when(asked).then_refused(TwoReceivers)


@pytest.mark.parametrize("infohus", ["infohus-aarhus", "infohus-norddjurs", "infohus-syddjurs"])
def test_unknown_coverage_needs_a_reason(after: After, infohus: str) -> None:
    """Nobody has decided which infohus covers Favrskov: the sender picks one and says why.

    (plan §13)
    """
    draft = after(INFOHUS, Stage.DRAFT)
    silent = asking.send(INFOHUS, addressee=infohus, chosen_because=None)
    draft.when(silent).then_refused(CoverageUnknown)
    taker = UnitId(f"oestjyllands-politi-{infohus}")
    draft.when(asking.send(INFOHUS, addressee=infohus)).then(
        happened.sent(INFOHUS, addressee=Hidden(taker))
    )


def test_the_infohus_that_covers_needs_no_reason(after: After) -> None:
    """Where the plan says which infohus covers a municipality, choosing it explains itself."""
    taker = UnitId("oestjyllands-politi-infohus-aarhus")
    from_aarhus = after(INFOHUS, None, happened.drafted(INFOHUS, by=Hidden(who.SSP_AARHUS)))
    its_own = asking.send(
        INFOHUS, unit=who.SSP_AARHUS, addressee="infohus-aarhus", chosen_because=None
    )
    by, addressee = Hidden(who.SSP_AARHUS), Hidden(taker)
    sent = happened.sent(INFOHUS, by=by, addressee=addressee, chosen_because=None)
    from_aarhus.when(its_own).then(sent)


def test_another_infohus_is_refused_whatever_the_reason(after: After) -> None:
    """Where the plan says which infohus covers a municipality, it does not turn to another."""
    from_aarhus = after(INFOHUS, None, happened.drafted(INFOHUS, by=Hidden(who.SSP_AARHUS)))
    from_aarhus.when(asking.send(INFOHUS, unit=who.SSP_AARHUS)).then_refused(NotCovered)


@pytest.mark.parametrize(
    ("way", "answers", "wrong"),
    [
        (INFOHUS, {"name": None}, ["name"]),
        (INFOHUS, {"name": None, "concern": None}, ["concern", "name"]),
        (INFOHUS, {"birth_date": "15/1 2006"}, ["birth_date"]),
        (INFOHUS, {"birth_date": "0000-01-15"}, ["birth_date"]),
        (INFOHUS, {"birth_date": "2021-03-06"}, ["birth_date"]),
        (PSP, {"criteria": []}, ["criteria"]),
        (PSP, {"criteria": ["noget andet"]}, ["criteria"]),
        (UKN, {"act_date": "0000-02-20"}, ["act_date"]),
        (UKN, {"act_date": "2021-03-06"}, ["act_date"]),
        (UKN, {"act_date": "2008-05-31"}, ["act_date"]),
        (UKN, {"statute": "faerdselsloven"}, ["statute"]),
        (UKN, {"statute": "vaabenloven"}, ["statute"]),
        (UKN, {"category": "anden_alvorlig"}, ["risk_assessment"]),
        (UKN, {"risk_assessment": "Høj."}, ["risk_assessment"]),
    ],
)
def test_the_form_is_filled_in(
    after: After, way: Way, answers: dict[str, JsonValue], wrong: list[str]
) -> None:
    """What is missing or wrong is named field by field, in both languages, without the answers.

    The board's test of particular risk applies to other serious crime and to nothing else (law §3).
    A date is one that can be: not tomorrow, and no act before birth.
    """
    incomplete = after(way, Stage.DRAFT, happened.filled_in(way, **answers))
    refused = incomplete.when(asking.send(way)).then_refused(IntakeIncomplete)
    fields = refused.facts["fields"]
    assert sorted({mistake["field"] for mistake in fields}) == wrong
    assert all(mistake["da"] and mistake["en"] for mistake in fields)
    assert not any(str(said) in repr(fields) for said in answers.values() if said)


def test_other_serious_crime_is_sent_with_its_risk(after: After) -> None:
    """Other serious crime goes to the board under one of four laws and with the risk assessed."""
    answers = {
        "category": "anden_alvorlig",
        "statute": "knivloven",
        "risk_assessment": "Har båret kniv to gange i år.",
    }
    sent = happened.sent(UKN, categories=Hidden(("assessment", "crime", "free_text", "identity")))
    after(UKN, Stage.DRAFT, happened.filled_in(UKN, **answers)).when(asking.send(UKN)).then(sent)


def test_what_was_erased_is_as_good_as_missing(after: After) -> None:
    """A draft about a person whose key was destroyed cannot be sent, and that is no fault."""
    erased = {name: Personal[object](ERASED) for name in PSP.answers}
    draft = after(PSP, None, happened.drafted(PSP, intake=erased))
    refused = draft.when(asking.send(PSP)).then_refused(IntakeIncomplete)
    assert {mistake["field"] for mistake in refused.facts["fields"]} >= {"name", "concern"}


def test_probation_may_choose_the_other_basis_with_a_reason(after: After) -> None:
    """No. 2 may not cover the Prison Service, so no. 3 is there, with a reason (law §21)."""
    by = {"unit": who.PROBATION, "basis": BasisId("rpl-115-1-3")}
    draft = after(PSP, None, happened.drafted(PSP, by=Hidden(who.PROBATION)))
    draft.when(asking.send(PSP, **by)).then_refused(BasisReasonMissing)
    reason = "Er løsladt i går og kendt af os alene."
    draft.when(asking.send(PSP, **by, basis_reason=reason)).then(
        happened.sent(
            PSP,
            by=Hidden(who.PROBATION),
            route=Hidden(RouteId("kriminalforsorg-til-psp")),
            basis=Hidden(BasisId("rpl-115-1-3")),
            basis_reason=Personal(reason),
        )
    )
