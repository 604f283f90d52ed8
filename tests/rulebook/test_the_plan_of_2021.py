"""The directory says what the plan says, typed here a second time, and not one thing more."""

from datetime import date

import pytest

from shared.rulebook.content import Rulebook
from shared.rulebook.district import District, Forum

SIGNED = date(2021, 1, 26)
CODES = {
    "aarhus-kommune": "0751",
    "randers-kommune": "0730",
    "favrskov-kommune": "0710",
    "norddjurs-kommune": "0707",
    "syddjurs-kommune": "0706",
    "odder-kommune": "0727",
    "samsoe-kommune": "0741",
}
TOWNS = [municipality.removesuffix("-kommune") for municipality in CODES]
WITH_INFOHUS = {"aarhus", "norddjurs", "syddjurs", "randers"}
PSYCHIATRY = dict.fromkeys(TOWNS, "region-midtjylland-psykiatri") | {
    "odder": "region-syddanmark-psykiatri"
}


@pytest.fixture
def district(rulebook: Rulebook) -> District:
    """The shipped directory."""
    return rulebook.district


def _forums(district: District, kind: str) -> dict[str, Forum]:
    return {forum.id: forum for forum in district.forums if forum.kind == kind}


def test_seven_municipalities_with_their_codes(district: District) -> None:
    """The district has seven municipalities (plan §1), each with its code (law §16)."""
    found = {a.id: a.code for a in district.authorities if a.kind == "municipality"}
    assert found == CODES


def test_the_other_authorities_and_their_regimes(district: District) -> None:
    """Police, Kriminalforsorg and courts are under the law enforcement act, the rest under GDPR."""
    found = {a.id: a.regime for a in district.authorities if a.kind != "municipality"}
    assert found == {
        "oestjyllands-politi": "led",
        "region-midtjylland": "gdpr",
        "region-syddanmark": "gdpr",
        "kriminalforsorgen": "led",
        "ungekriminalforsorgen": "led",
        "domstolene": "led",
        "ungdomskriminalitetsnaevnet": "gdpr",
        "offerraadgivningen": "gdpr",
    }
    assert all(a.regime == "gdpr" for a in district.authorities if a.kind == "municipality")


def test_regions_carry_their_codes(district: District) -> None:
    """Midtjylland is region 1082 and Syddanmark 1083 (law §16)."""
    found = {a.id: a.code for a in district.authorities if a.kind == "region"}
    assert found == {"region-midtjylland": "1082", "region-syddanmark": "1083"}


@pytest.mark.parametrize("town", TOWNS)
def test_every_municipality_has_its_units(district: District, town: str) -> None:
    """Each has SSP consultants, a family department and an exit contact, in its own authority."""
    expected = {
        f"{town}-ssp": "ssp",
        f"{town}-familieafdeling": "family_department",
        f"{town}-exitkontakt": "exit_contact",
        f"{town}-tilsyn": "oversight",
    }
    if town in WITH_INFOHUS:
        expected[f"{town}-infohus"] = "infohus_municipal"
    found = {u.id: u.kind for u in district.units if u.authority == f"{town}-kommune"}
    assert found == expected


@pytest.mark.parametrize("town", TOWNS)
def test_each_psp_committee(district: District, town: str) -> None:
    """Plan §18: one committee and one police tovholder a municipality; Odder meets Syddanmark."""
    committee = district.forum_by_id[f"psp-{town}"]
    tovholder = f"oestjyllands-politi-psp-{town}"
    assert committee.intake == tovholder
    assert district.unit_by_id[tovholder].source.startswith("inferred: plan §18")
    members = {m.unit: m.role for m in committee.units if not isinstance(m, str)}
    assert members == {
        tovholder: "member",
        f"{town}-familieafdeling": "member",
        PSYCHIATRY[town]: "member",
        "kriminalforsorgen-oestjylland": "attached",
    }


def test_there_are_seven_committees_and_seven_local_councils(district: District) -> None:
    """Plan §5 and §18: one lokalråd and one PSP committee in each municipality."""
    assert set(_forums(district, "psp")) == {f"psp-{town}" for town in TOWNS}
    assert set(_forums(district, "lokalraad")) == {f"lokalraad-{town}" for town in TOWNS}


def test_four_infohuse_taken_in_by_the_police(district: District) -> None:
    """Plan §13: infohuse in four municipalities; the police tovholder is the intake of each."""
    infohuse = _forums(district, "infohus")
    assert set(infohuse) == {f"infohus-{town}" for town in WITH_INFOHUS}
    for town in WITH_INFOHUS:
        police = f"oestjyllands-politi-infohus-{town}"
        assert infohuse[f"infohus-{town}"].intake == police
        assert set(infohuse[f"infohus-{town}"].unit_ids(SIGNED)) == {police, f"{town}-infohus"}


@pytest.mark.parametrize("town", TOWNS)
def test_coverage_is_unknown_where_the_plan_is_silent(district: District, town: str) -> None:
    """Which infohus takes Favrskov's, Odder's and Samsø's cases is not stated: unknown."""
    expected = (f"infohus-{town}",) if town in WITH_INFOHUS else "unknown"
    assert district.coverage_of(f"{town}-kommune", SIGNED) == expected


def test_the_kredsraad_is_the_commissioner_and_seven_mayors(district: District) -> None:
    """Plan §4: the police commissioner in the chair, and one mayor of each municipality."""
    (council,) = _forums(district, "kredsraad").values()
    assert [(s.office, s.of) for s in council.seats if s.chair] == [
        ("police_commissioner", "oestjyllands-politi")
    ]
    assert {s.of for s in council.seats if s.office == "mayor"} == set(CODES)
    assert len(council.seats) == 8
    assert council.intake == "unknown"


def test_who_sits_in_a_lokalraad_is_unknown(district: District) -> None:
    """The plan does not say who sits in a lokalråd (plan §5): unknown, and nobody is guessed."""
    for council in _forums(district, "lokalraad").values():
        assert council.units == "unknown"
        assert council.unit_ids(SIGNED) == ()


def test_ssp_is_the_districts_network(district: District) -> None:
    """Plan §17: SSP Østjylland, coordinated by the police, over all seven municipalities."""
    (ssp,) = _forums(district, "ssp").values()
    assert ssp.intake == "oestjyllands-politi-forebyggelse"
    assert set(ssp.unit_ids(SIGNED)) == {ssp.intake, *(f"{town}-ssp" for town in TOWNS)}


def test_courts_and_the_boards_secretariat_have_no_account(district: District) -> None:
    """A court and the UKN secretariat are addressed by name: they do not use the platform."""
    assert {u.id for u in district.units if not u.account} == {"retskredsene", "ukn-sekretariat"}
    (board,) = _forums(district, "ukn").values()
    assert board.intake == "ukn-sekretariat"
    assert board.valid_from == date(2019, 1, 1)


def test_only_112_and_114_are_to_be_called(district: District) -> None:
    """No other number stands in the plan or the law (law §12)."""
    assert [call.phone for call in district.akut] == ["112", "114"]
    assert not any(unit.akut for unit in district.units)


def test_office_hours_are_marked_as_examples(district: District) -> None:
    """Opening hours are made up until the district decides, and say so; lost ones are unknown."""
    assert district.opening_hours[0].source == "example"
    staffed = [u for u in district.units if u.hours != "unknown"]
    assert all("example (åbningstid)" in u.source for u in staffed)
    assert district.unit_by_id["offerraadgivningen-oestjylland"].hours == "unknown"


def test_no_person_is_named(district: District) -> None:
    """The rulebook holds offices, never their holders: the plan's names are not in it."""
    words = district.model_dump_json()
    for name in ("Dyrman", "Bundsgaard", "Torben", "Borring", "Bollesen", "Uffe", "Meijer"):
        assert name not in words


def test_offices_are_held_where_they_belong(district: District) -> None:
    """A tovholder sits with a committee's intake, an auditor with the oversight; nowhere else."""
    assert district.may_hold("tovholder", "oestjyllands-politi-psp-odder", SIGNED)
    assert district.may_hold("stand_in", "psp-odder", SIGNED)
    assert district.may_hold("auditor", "favrskov-tilsyn", SIGNED)
    assert not district.may_hold("auditor", "favrskov-ssp", SIGNED)
    assert not district.may_hold("tovholder", "favrskov-ssp", SIGNED)
    assert not district.may_hold("caseworker", "retskredsene", SIGNED)
    assert not district.may_hold("mayor", "psp-odder", SIGNED)
    assert not district.may_hold("no-such-office", "psp-odder", SIGNED)
