"""What a programme says about closing, emergencies, protected addresses and leaving § 115."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from shared.rulebook.content import Rulebook
from shared.rulebook.disclosing import Lapse
from shared.rulebook.slices import Rules

AT = datetime(2026, 11, 13, 14, 40, tzinfo=UTC)
Slice = Callable[[str], Rules]


@pytest.fixture
def rules(rulebook: Rulebook) -> Slice:
    """The slice of a programme."""

    def of(programme: str) -> Rules:
        found = rulebook.rules(programme, AT)
        assert found
        return found

    return of


def test_each_programme_is_of_its_class(rulebook: Rulebook, rules: Slice) -> None:
    """Policies speak of spaces: every programme says which it is in, and who of a unit sees."""
    found = {name: (rules(name).space, rules(name).members) for name in rulebook.programmes}
    assert found == {
        "infohus": ("radicalisation", "named"),
        "psp": ("psychiatry_social", "named"),
        "bandeexit": ("exit", "named"),
        "ukn": ("youth_board", "unit"),
    }


def test_only_a_handover_to_the_police_is_a_takeover(rulebook: Rulebook, rules: Slice) -> None:
    """Law §5: when the police take the case out, the shared view closes; no other outcome does."""
    taken = {
        (name, str(outcome.id))
        for name, programme in rulebook.programmes.items()
        for outcome in programme.outcomes
        if rules(name).takeover(outcome.id)
    }
    assert taken == {("infohus", "overdraget_til_politiet")}
    assert not rules("infohus").takeover("no-such-outcome")


def test_every_basis_in_section_115_is_marked(rulebook: Rulebook, rules: Slice) -> None:
    """Law §2: what rests on § 115 is known as such; an unknown basis is taken for one."""
    for name, programme in rulebook.programmes.items():
        for basis in programme.bases:
            assert rules(name).section_115(basis.id) == basis.id.startswith("rpl-115-")
    assert rules("ukn").section_115("no-such-basis")


@pytest.mark.parametrize(
    ("programme", "office", "hours"),
    [
        ("infohus", "leader", 3),
        ("infohus", "tovholder", 3),
        ("psp", "tovholder", 3),
        ("ukn", "leader", 3),
        ("ukn", "tovholder", None),
        ("infohus", "caseworker", None),
        ("infohus", "stand_in", None),
        ("bandeexit", "leader", None),
    ],
)
def test_the_glass_is_broken_by_few(
    rules: Slice, programme: str, office: str, hours: int | None
) -> None:
    """Only an office that the programme names, at most three hours, never where it is secret."""
    assert rules(programme).glass_hours(office) == hours


def test_leaving_needs_a_basis_of_its_own(rules: Slice) -> None:
    """Law §2: out of § 115 on its own basis with a second person's yes, soon at the latest."""
    infohus, ukn = rules("infohus"), rules("ukn")
    assert (basis := infohus.leaving_basis("afvaerge-forbrydelse"))
    assert "§ 141" in basis.da
    assert infohus.leaving_basis("rpl-115-1-1") is None
    assert infohus.approver("leader")
    assert not infohus.approver("caseworker")
    assert infohus.approval_hours == 24
    assert ukn.leaving_basis("afvaerge-forbrydelse") is None
    assert not ukn.approver("leader")
    assert ukn.approval_hours == 0


def test_a_protected_address_is_looked_at_again_after_a_year(
    rulebook: Rulebook, rules: Slice
) -> None:
    """Law §16: it lapses after a year; under a threat the offices named see it, nobody else."""
    for name in rulebook.programmes:
        protection = rules(name).protection
        assert protection.field_categories == ("contact",)
        assert protection.named_offices == ("leader",)
        assert protection.lapses_after.after(date(2027, 3, 1)) == date(2028, 3, 1)


@pytest.mark.parametrize(
    ("amount", "unit", "since", "until"),
    [
        (12, "calendar_months", date(2028, 2, 29), date(2029, 2, 28)),
        (1, "calendar_months", date(2026, 12, 31), date(2027, 1, 31)),
        (1, "calendar_months", date(2027, 1, 31), date(2027, 2, 28)),
        (24, "calendar_months", date(2026, 11, 30), date(2028, 11, 30)),
        (365, "calendar_days", date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_a_month_without_that_date_ends_on_its_last_day(
    amount: int, unit: str, since: date, until: date
) -> None:
    """Months are calendar months: the same date, or the last there is."""
    assert Lapse.model_validate({"amount": amount, "unit": unit}).after(since) == until
