"""Whether the forums and the coverage of a district are whole, and decided where they must be."""

from collections import Counter
from collections.abc import Iterator

from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.names import all_dangling, dangling
from shared.rulebook.district import CoverageLink, District, Forum
from shared.rulebook.loading import Place


def forum_faults(district: District) -> Iterator[Fault]:
    """Everything wrong with the forums, their members and the coverage links."""
    intakes: Counter[str] = Counter(forum.intake for forum in district.forums)
    for index, forum in enumerate(district.forums):
        place: Place = ("forums", index)
        yield from _references(place, forum, district)
        yield from _intake(place, forum, intakes)
        if forum.kind == "psp":
            yield from _committee(place, forum, district)
    yield from _one_committee_each(district)
    yield from _coverage(district)


def _references(place: Place, forum: Forum, district: District) -> Iterator[Fault]:
    territories = {district.id, *district.authority_by_id}
    yield from all_dangling((*place, "territory"), "territory", forum.territory, territories)
    for index, member in enumerate(() if forum.units == "unknown" else forum.units):
        at = (*place, "units", index, "unit")
        yield from dangling(at, "unit", member.unit, district.unit_by_id)
    for index, seat in enumerate(forum.seats):
        at = (*place, "seats", index)
        yield from dangling((*at, "office"), "office", seat.office, district.office_by_id)
        yield from dangling((*at, "of"), "authority", seat.of, district.authority_by_id)


def _intake(place: Place, forum: Forum, intakes: Counter[str]) -> Iterator[Fault]:
    if forum.intake == "unknown":
        return
    at = (*place, "intake")
    members = () if forum.units == "unknown" else forum.units
    if forum.intake not in {member.unit for member in members}:
        da, en = f"{forum.intake} er ikke medlem", f"{forum.intake} is not a member"
        yield Fault(at, "intake-not-member", da, en)
    if intakes[forum.intake] > 1:
        da = f"{forum.intake} tager imod for flere fora"
        yield Fault(at, "shared-intake", da, f"{forum.intake} is the intake of several forums")


def _committee(place: Place, forum: Forum, district: District) -> Iterator[Fault]:
    """Plan §18: each has its tovholder, the social authorities, one region's psychiatry."""
    members = () if forum.units == "unknown" else forum.units
    kinds = Counter(
        district.unit_by_id[member.unit].kind
        for member in members
        if member.unit in district.unit_by_id and member.valid_to is None
    )
    for kind, da in (("psychiatry", "psykiatri"), ("psp_police", "PSP-tovholder")):
        if kinds[kind] != 1:
            told = f"et PSP-udvalg har præcis én {da}, her er {kinds[kind]}"
            en = f"a PSP committee has exactly one {kind}, here are {kinds[kind]}"
            yield Fault((*place, "units"), "psp-members", told, en)
    intake = district.unit_by_id.get(forum.intake) if forum.intake != "unknown" else None
    if intake is None or intake.kind != "psp_police":
        da, en = "PSP-tovholderen tager imod", "the PSP coordinator is the intake"
        yield Fault((*place, "intake"), "psp-intake", da, en)


def _one_committee_each(district: District) -> Iterator[Fault]:
    committees = [f for f in district.forums if f.kind == "psp" and f.valid_to is None]
    for index, authority in enumerate(district.authorities):
        if authority.kind != "municipality":
            continue
        count = sum(authority.id in forum.territory for forum in committees)
        if count != 1:
            da = f"hver kommune har præcis ét PSP-udvalg, {authority.id} har {count}"
            en = f"each municipality has one PSP committee, {authority.id} has {count}"
            yield Fault(("authorities", index), "psp-count", da, en)


def _coverage(district: District) -> Iterator[Fault]:
    known = {"unknown", *(f.id for f in district.forums if f.kind == "infohus")}
    municipalities = {a.id for a in district.authorities if a.kind == "municipality"}
    for index, link in enumerate(district.coverage):
        place: Place = ("coverage", index)
        at = (*place, "municipality")
        yield from dangling(at, "municipality", link.municipality, municipalities)
        yield from dangling((*place, "forum"), "forum", link.forum, known)
        if link.forum in known and link.decision is None and not _planned(link, district):
            da = "planen siger det ikke: skriv en dateret beslutning (decision)"
            en = "the plan does not say so: write a dated decision"
            yield Fault((*place, "forum"), "undecided-coverage", da, en)
    for index, authority in enumerate(district.authorities):
        covered = any(link.municipality == authority.id for link in district.coverage)
        if authority.kind == "municipality" and not covered:
            da = f"dækningen af {authority.id} mangler; skriv unknown, hvis ingen ved det"
            en = f"coverage of {authority.id} is missing; write unknown if nobody knows"
            yield Fault(("authorities", index), "missing-coverage", da, en)


def _planned(link: CoverageLink, district: District) -> bool:
    """Whether the plan says it: a municipality's own infohus, there when the plan was signed."""
    if link.forum == "unknown":
        return True
    forum = district.forum_by_id[link.forum]
    own = {
        district.unit_by_id[unit].authority
        for unit in forum.unit_ids(district.valid_from)
        if unit in district.unit_by_id
    }
    return link.municipality in own and forum.valid_from <= district.valid_from
