"""Whether the dockets are kept by forums that the district has, with reasons to give on them."""

from collections.abc import Iterator

from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.names import dangling, repeated
from shared.rulebook.district import District
from shared.rulebook.loading import Place

INFOHUS = "infohus"
LISTS = ("postponement_reasons", "return_reasons")


def docket_faults(district: District) -> Iterator[Fault]:
    """Everything wrong with who keeps a docket, and with the reasons that can be given on it."""
    kinds = {forum.kind for forum in district.forums}
    for kind, docket in district.dockets.items():
        place: Place = ("dockets", kind)
        yield from dangling(place, "forum-kind", kind, kinds)
        if kind == INFOHUS:
            da = "en bekymring til et infohus forelægges aldrig et møde"
            en = "a concern to an infohus is never put before a meeting (law §5)"
            yield Fault(place, "infohus-docket", da, en)
        for name in LISTS:
            yield from repeated((*place, name), getattr(docket, name))
            if not getattr(docket, name):
                da, en = "uden en grund kan det aldrig ske", "without a reason it can never be done"
                yield Fault((*place, name), "no-reasons", da, en)
