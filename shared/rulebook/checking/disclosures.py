"""Whether a programme's disclosure profile gives what was sent to those who must read it."""

from collections.abc import Iterator

from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.names import all_dangling
from shared.rulebook.disclosing import Disclosure
from shared.rulebook.district import District
from shared.rulebook.programme import Addressee, Programme


def disclosure_faults(programme: Programme, district: District) -> Iterator[Fault]:
    """Everything in the profile that names nothing, never applies, or hides what was sent."""
    kinds = {kind.id for kind in district.unit_kinds}
    for index, entry in enumerate(programme.disclosure):
        at = ("disclosure", index, "unit_kinds")
        yield from all_dangling(at, "kind", entry.unit_kinds or (), kinds)
        if _shadowed(entry, programme.disclosure[:index]):
            da, en = "en tidligere post gælder altid før", "an earlier entry always applies first"
            yield Fault(("disclosure", index), "shadowed-disclosure", da, en)
    yield from _hidden_form(programme)
    yield from _without_envelope(programme)
    yield from _blind_sender(programme, district)
    yield from _blind_holder(programme, district)
    yield from _blind_guest(programme)


def _shadowed(entry: Disclosure, earlier: tuple[Disclosure, ...]) -> bool:
    before = [each.unit_kinds for each in earlier if each.role == entry.role]
    if None in before:
        return True
    taken = {kind for kinds in before for kind in kinds or ()}
    return entry.unit_kinds is not None and taken >= set(entry.unit_kinds)


def _hidden_form(programme: Programme) -> Iterator[Fault]:
    """What was sent must be read where it was sent to; what a sender wrote it reads in any case."""
    asked = {field.category for field in programme.intake.fields}
    for index, entry in enumerate(programme.disclosure):
        hidden = asked - set(entry.categories) if entry.role == "holder" else set()
        if hidden:
            names = ", ".join(sorted(hidden))
            da = f"den, der har sagen, skal se {names}, som skemaet spørger om"
            en = f"whoever holds the case must see {names}, which the form asks for"
            yield Fault(("disclosure", index), "hidden-form", da, en)


def _without_envelope(programme: Programme) -> Iterator[Fault]:
    """Who is shown nothing of how a case stands cannot know that it is there."""
    for index, entry in enumerate(programme.disclosure):
        if "administrative" not in entry.categories:
            da, en = "sagens gang (administrative) mangler", "administrative is missing"
            yield Fault(("disclosure", index, "categories"), "no-envelope", da, en)


def _blind_sender(programme: Programme, district: District) -> Iterator[Fault]:
    """Who may send here must see how it goes: otherwise it would be gone for them once sent."""
    here = {unit.kind for unit in district.units if unit.account}
    for number, route in enumerate(programme.routes):
        for index, kind in enumerate(route.senders):
            if kind in here and not _is_shown(programme, "sender", kind):
                da = f"{kind} ser intet af det, de sender: giv dem kuverten, eller luk vejen"
                en = f"{kind} sees nothing of what it sends: give the envelope or close the route"
                yield Fault(("routes", number, "from", index), "blind-sender", da, en)


def _blind_holder(programme: Programme, district: District) -> Iterator[Fault]:
    """Who takes in what is sent must see it, or it would lie where nobody can answer it."""
    for number, route in enumerate(programme.routes):
        for kind in sorted(_holding(route.to, district)):
            if not _is_shown(programme, "holder", kind):
                da = f"{kind} får det, der sendes, men ser intet: giv dem det, eller luk vejen"
                en = f"{kind} is sent this, but sees nothing: give what is sent or close the route"
                yield Fault(("routes", number, "to"), "blind-holder", da, en)


def _holding(to: Addressee, district: District) -> set[str]:
    """The kinds of units with an account that a route ends at, directly or as an intake."""
    intakes = {forum.intake for forum in district.forums if forum.kind == to.forum_kind}
    here = (unit for unit in district.units if unit.account)
    return {unit.kind for unit in here if unit.kind == to.unit_kind or unit.id in intakes}


def _blind_guest(programme: Programme) -> Iterator[Fault]:
    """Who is let in by their kind must be shown something, or they are let in to nothing."""
    for number, entry in enumerate(programme.let_in):
        for index, kind in enumerate(entry.unit_kinds):
            if not _is_shown(programme, "let_in", kind):
                da = f"{kind} kan inddrages, men ser intet: giv dem kuverten, eller tag dem ud"
                en = f"{kind} can be let in, but sees nothing: give the envelope or take it out"
                yield Fault(("let_in", number, "unit_kinds", index), "blind-guest", da, en)


def _is_shown(programme: Programme, role: str, kind: str) -> bool:
    return any(each.is_for(role, kind) for each in programme.disclosure)
