"""The kinds of store that keep the promises of the port. A new kind joins with one line."""

from collections.abc import Callable, Mapping
from pathlib import Path

from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import EventStore
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import Clock

KINDS: Mapping[str, Callable[[Path, Clock], EventStore]] = {
    "memory": lambda _, clock: MemoryStore(clock),
    "sqlite": lambda folder, clock: SqliteStore.open(folder / "events.db", clock),
}
