"""``python -m tests.contracts.write``: schema and sample for each type of fact that has none yet.

A file that is there is never written again: a type is for ever, a new shape is a new type.
"""

import json
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.contracts.catalogue import SCHEMAS, WITHIN
from shared.kernel.events import Event
from tests.contracts import samples

ROOT = Path(__file__).parents[2]


def events() -> Iterator[type[Event]]:
    """Give every type of fact of every service, by its storage name."""
    files = sorted(ROOT.glob("services/*/domain/*/events.py")), ROOT.glob("shared/reads/events.py")
    for file in chain.from_iterable(files):
        module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Event) and _is_stored(value):
                yield value


def _is_stored(event: type[Event]) -> bool:
    return bool(event.model_fields["type"].default) and not event.model_fields["type"].is_required()


def type_of(event: type[Event]) -> str:
    """Give the storage name of a type of fact."""
    return str(event.model_fields["type"].default)


def schema_of(event: type[Event]) -> str:
    """Give the JSON Schema of what is stored of such a fact, as text."""
    schema = event.model_json_schema(mode="serialization")
    if (within := getattr(event, "within", "parties")) != "parties":
        schema[WITHIN] = within
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write the schemas and samples that are missing."""
    SCHEMAS.mkdir(exist_ok=True)
    for event in events():
        file = SCHEMAS / f"{type_of(event)}.json"
        if not file.exists():
            file.write_text(schema_of(event), "utf-8")
    with TemporaryDirectory() as folder:
        samples.write(samples.made_up(), samples.Codecs(Path(folder)))


if __name__ == "__main__":
    main()
