"""``python -m tests.contracts.describe``: docs/events.md, every fact that can be stored."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, get_args, get_origin

from shared.kernel.events import Event
from shared.kernel.personal import Hidden, Personal
from shared.kernel.words import spoken
from shared.reads.events import AlwaysHidden
from tests.contracts.write import ROOT, events, type_of

PAGE = ROOT / "docs" / "events.md"
TOP = """# Every fact that can be stored

Made by `python -m tests.contracts.describe` from the classes in `services/*/domain/*/events.py` and
`shared/reads/events.py`; a test holds page and code together. A storage name is for ever: a new
shape is a new name.

* **sealed**: personal. Stored as a token that opens only with a key from the vault.
* **hidden**: says where a case went. Sealed where the programme says `existence: secret`, in clear
  elsewhere; **hidden always**: sealed whatever the programme says.
* **own unit**: nobody outside the unit that acted is shown the fact.

Each has a JSON Schema in `shared/contracts/schemas` that is never written again. What travels with
each fact (who, when, why) is in [architecture.md](architecture.md#4-how-a-fact-travels).
"""
HEAD = "\n| storage name | på dansk | what happened | fields |\n|---|---|---|---|"


def page(described: Iterable[type[Event]]) -> str:
    """Give the page as Markdown: a heading for each service and aggregate, a row for each fact."""
    return "\n".join([TOP, *_sections(described)]).replace("\n\n\n", "\n\n") + "\n"


def _sections(described: Iterable[type[Event]]) -> Iterator[str]:
    for place, facts in groupby(described, key=_place):
        yield f"\n## {place}"
        yield HEAD
        yield from (_row(fact) for fact in facts)


def _place(event: type[Event]) -> str:
    where, *path, aggregate, _ = event.__module__.split(".")
    return f"{'every service' if where == 'shared' else path[0]}: {aggregate}"


def _row(event: type[Event]) -> str:
    words = spoken(event)
    within = getattr(event, "within", "parties")
    apart = "" if within == "parties" else f" (own {within})"
    fields = ", ".join(_field(event, name) for name in event.model_fields if name != "type")
    return f"| `{type_of(event)}` | {words.da} | {words.en}{apart} | {fields} |"


def _field(event: type[Event], name: str) -> str:
    kinds = set(_kinds(event.model_fields[name].annotation))
    if Personal in kinds:
        return f"{name} (sealed)"
    if AlwaysHidden in kinds:
        return f"{name} (hidden always)"
    return f"{name} (hidden)" if Hidden in kinds else name


def _kinds(annotation: Any) -> Iterator[Any]:  # noqa: ANN401 - whatever a field is annotated with
    yield get_origin(annotation) or annotation
    for part in get_args(annotation):
        yield from _kinds(part)


if __name__ == "__main__":
    PAGE.write_text(page(events()), "utf-8")
