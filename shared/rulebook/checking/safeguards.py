"""Whether emergencies, protected addresses and leaving section 115 stay within the law."""

from collections.abc import Iterator, Sequence

from shared.rulebook.checking.investigating import investigating
from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.names import dangling, repeated
from shared.rulebook.disclosing import LONGEST_GLASS
from shared.rulebook.district import District
from shared.rulebook.loading import Place
from shared.rulebook.programme import Programme
from shared.rulebook.vocabulary import CLOSED_SPACES


def safeguard_faults(programme: Programme, district: District) -> Iterator[Fault]:
    """Everything in the safeguards that goes beyond the law or names nobody."""
    yield from _open_exit(programme)
    yield from _glass(programme, district)
    named = programme.protection.named_offices
    yield from office_faults(("protection", "named_offices"), named, district)
    yield from _leaving(programme, district)


def office_faults(place: Place, offices: Sequence[str], district: District) -> Iterator[Fault]:
    """Offices that do not exist, and stand-ins, who count as the office they stand in for."""
    for index, office in enumerate(offices):
        at = (*place, index)
        yield from dangling(at, "office", office, district.office_by_id)
        known = district.office_by_id.get(office)
        if known and known.stands_in_for:
            da = f"{office} tæller som {known.stands_in_for}: nævn det hverv"
            en = f"{office} counts as {known.stands_in_for}: name that office"
            yield Fault(at, "named-stand-in", da, en)


def _open_exit(programme: Programme) -> Iterator[Fault]:
    if programme.space == "exit" and programme.existence != "secret":
        da, en = "i exit er sagens eksistens hemmelig", "in exit the existence of a case is secret"
        yield Fault(("existence",), "open-exit", da, en)


def _glass(programme: Programme, district: District) -> Iterator[Fault]:
    glass = programme.break_glass
    if glass is None:
        return
    yield from office_faults(("break_glass", "offices"), glass.offices, district)
    if glass.hours > LONGEST_GLASS:
        da, en = f"højst {LONGEST_GLASS} timer", f"at most {LONGEST_GLASS} hours"
        yield Fault(("break_glass", "hours"), "long-glass", da, en)
    if programme.existence == "secret" or programme.space in CLOSED_SPACES:
        da, en = "her er der aldrig nødadgang", "the glass is never broken here"
        yield Fault(("break_glass",), "glass-never", da, en)


def _leaving(programme: Programme, district: District) -> Iterator[Fault]:
    leaving = programme.leaving
    if leaving is None:
        if any(basis.section_115 for basis in programme.bases):
            da = "leaving mangler: hvordan kan noget forlade § 115?"
            en = "leaving is missing: how may something leave section 115?"
            yield Fault(("bases",), "missing-leaving", da, en)
        return
    yield from repeated(("leaving", "bases"), leaving.bases)
    for index, basis in enumerate(leaving.bases):
        yield from investigating(("leaving", "bases", index), basis.id, basis.da, basis.en)
    yield from office_faults(("leaving", "approver_offices"), leaving.approver_offices, district)
