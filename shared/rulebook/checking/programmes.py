"""Whether a programme agrees with itself and with the district it is used in."""

from collections.abc import Iterator
from itertools import combinations

from shared.rulebook.checking.disclosures import disclosure_faults
from shared.rulebook.checking.forms import form_faults
from shared.rulebook.checking.investigating import investigating
from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.names import all_dangling, dangling, repeated
from shared.rulebook.checking.safeguards import safeguard_faults
from shared.rulebook.district import District
from shared.rulebook.loading import Place
from shared.rulebook.programme import Addressee, Ages, Programme, Route

OLDEST = 150
LISTS = (
    "bases",
    "purposes",
    "routes",
    "gates",
    "let_in",
    "decline_reasons",
    "outcomes",
)


def programme_faults(programme: Programme, district: District) -> Iterator[Fault]:
    """Everything in the programme that contradicts or misses something."""
    for name in LISTS:
        yield from repeated((name,), getattr(programme, name))
    for index, route in enumerate(programme.routes):
        yield from _route_faults(("routes", index), route, programme, district)
    yield from _overlaps(programme)
    yield from _purposes(programme)
    yield from _consent(programme)
    yield from _gates(programme, district)
    yield from _let_in(programme, district)
    yield from form_faults(programme)


def sharing_faults(programme: Programme, district: District) -> Iterator[Fault]:
    """Everything wrong with who is shown what, which programmes have said since policies came."""
    yield from disclosure_faults(programme, district)
    yield from safeguard_faults(programme, district)


def _route_faults(
    place: Place, route: Route, programme: Programme, district: District
) -> Iterator[Fault]:
    kinds = {kind.id for kind in district.unit_kinds}
    bases, purposes = ({e.id for e in programme.bases}, {e.id for e in programme.purposes})
    yield from all_dangling((*place, "from"), "kind", route.senders, kinds)
    yield from all_dangling((*place, "bases"), "basis", route.bases, bases)
    yield from all_dangling((*place, "purposes"), "purpose", route.purposes, purposes)
    yield from _addressee((*place, "to"), route.to, district)
    for key in ("senders", "bases", "purposes"):
        if not getattr(route, key):
            named = "from" if key == "senders" else key
            da, en = f"{named} er tom, så vejen er lukket", f"{named} is empty: a closed route"
            yield Fault((*place, named), "closed-route", da, en)
    if route.ages is not None:
        yield from _age_faults((*place, "ages"), route.ages, programme)


def _addressee(place: Place, to: Addressee, district: District) -> Iterator[Fault]:
    if to.unit_kind is not None:
        kinds = {kind.id for kind in district.unit_kinds}
        yield from dangling((*place, "unit_kind"), "kind", to.unit_kind, kinds)
    if to.forum_kind is not None:
        forum_kinds = {forum.kind for forum in district.forums}
        yield from dangling((*place, "forum_kind"), "forum-kind", to.forum_kind, forum_kinds)
    if sum(end is not None for end in (to.unit_kind, to.forum_kind, to.outside)) != 1:
        da = "skriv enten unit_kind, forum_kind eller outside"
        en = "write either unit_kind, forum_kind or outside"
        yield Fault(place, "addressee-form", da, en)


def _age_faults(place: Place, ages: Ages, programme: Programme) -> Iterator[Fault]:
    """Every age is either taken or told a lawful way on, and none is both."""
    for age in range(OLDEST + 1):
        ways = sum(way.lowest <= age <= _top(way.highest) for way in ages.otherwise)
        if ways + ages.take(age) != 1:
            da = f"{age} år skal have præcis én vej: her eller under otherwise"
            en = f"age {age} must have exactly one way: here or under otherwise"
            yield Fault((*place, "otherwise"), "age-gap", da, en)
            break
    whole = programme.subject.ages
    if whole != "all" and not (
        whole.lowest <= ages.lowest and _top(ages.highest) <= _top(whole.highest)
    ):
        da, en = "uden for programmets aldre", "outside the ages of the programme"
        yield Fault(place, "ages-outside", da, en)


def _top(highest: int | None) -> int:
    return OLDEST if highest is None else highest


def _overlaps(programme: Programme) -> Iterator[Fault]:
    indexed = list(enumerate(programme.routes))
    for (_, first), (index, second) in combinations(indexed, 2):
        shared = set(first.senders) & set(second.senders)
        if shared and first.to == second.to:
            da = f"{', '.join(sorted(shared))} har allerede vejen {first.id}"
            en = f"{', '.join(sorted(shared))} have the route {first.id} already"
            yield Fault(("routes", index, "from"), "overlapping-routes", da, en)


def _purposes(programme: Programme) -> Iterator[Fault]:
    for name in ("purposes", "outcomes", "decline_reasons"):
        for index, each in enumerate(getattr(programme, name)):
            yield from investigating((name, index), each.id, each.da, each.en)


def _consent(programme: Programme) -> Iterator[Fault]:
    if programme.consent is not None:
        return
    for index, basis in enumerate(programme.bases):
        if basis.requires == "consent":
            da, en = "consent mangler: hvad er et samtykke?", "consent is missing: what is one?"
            yield Fault(("bases", index, "requires"), "missing-consent", da, en)


def _gates(programme: Programme, district: District) -> Iterator[Fault]:
    kinds = {kind.id for kind in district.unit_kinds}
    for index, gate in enumerate(programme.gates):
        place: Place = ("gates", index)
        yield from all_dangling((*place, "by"), "kind", gate.by, kinds)
        yield from repeated((*place, "results"), gate.results)
        if not any(result.passes for result in gate.results):
            da, en = "intet resultat åbner", "no result opens it"
            yield Fault((*place, "results"), "gate-never-opens", da, en)
    for (_, first), (index, second) in combinations(enumerate(programme.gates), 2):
        if set(first.before) & set(second.before):
            da, en = f"{first.id} står der allerede", f"{first.id} stands there already"
            yield Fault(("gates", index, "before"), "two-gates", da, en)


def _let_in(programme: Programme, district: District) -> Iterator[Fault]:
    kinds = {kind.id for kind in district.unit_kinds}
    bases = {basis.id for basis in programme.bases}
    for index, entry in enumerate(programme.let_in):
        place: Place = ("let_in", index)
        yield from all_dangling((*place, "unit_kinds"), "kind", entry.unit_kinds, kinds)
        yield from all_dangling((*place, "bases"), "basis", entry.bases, bases)
