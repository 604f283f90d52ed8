"""Reading the ledger once from end to end, and working out anew everything it says of itself."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.audit.ledger.reading import Entry
from services.audit.ledger.tables import ENTRIES
from services.audit.ledger.tree import Frontier, Node, joined
from services.audit.verifying.origins import UNREADABLE, Lane, id_of, leaf_of
from shared.eventstore.port import Stored

Progress = Callable[[int, int], None]
"""Is told how many entries have been read, of how many."""
STEP = 1000
IN_ORDER = f"{ENTRIES} NOT INDEXED ORDER BY number"
ENOUGH = 3
"""Pairs beyond the second: it was no exchange of two entries, and more need not be remembered."""


@dataclass
class Pair:
    """A lowest node that is not what its two leaves give: where it begins, what is stored."""

    start: int
    leaves: tuple[bytes, bytes]
    stored: bytes | None


@dataclass
class Scan:
    """What the ledger holds, worked out from its entries' bytes alone.

    ``size`` is one more than the last number, ``gap`` the first number that is missing, ``roots``
    the root at each size asked for, ``misfits`` the entries that do not fit their stored leaf,
    ``backward`` the first entry of each source whose position does not grow. ``wrong_from`` is the
    leaves under the first wrong node, ``wrong_to`` the end of those under any.
    """

    size: int = 0
    gap: int | None = None
    roots: dict[int, bytes] = field(default_factory=dict)
    misfits: dict[int, Entry] = field(default_factory=dict)
    backward: dict[str, Entry] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    wrong_from: range | None = None
    wrong_to: int = 0
    surplus: bool = False
    damage: str = ""

    def fits_from(self, number: int) -> bool:
        """Tell whether leaves and nodes agree with the entries from *number* on."""
        whole = self.gap is None and not self.surplus and self.wrong_to <= number
        return whole and not any(misfit >= number for misfit in self.misfits)

    def swapped(self) -> int | None:
        """Give the first of two entries that changed places, if that explains the nodes."""
        match self.pairs:
            case [pair] if joined(*reversed(pair.leaves)) == pair.stored:
                return pair.start
            case [pair, other]:
                return _exchanged(pair, other)
            case _:
                return None


def _exchanged(pair: Pair, other: Pair) -> int | None:
    for mine in (0, 1):
        for theirs in (0, 1):
            one, two = list(pair.leaves), list(other.leaves)
            one[mine], two[theirs] = two[theirs], one[mine]
            if joined(*one) == pair.stored and joined(*two) == other.stored:
                return pair.start + mine
    return None


class Scanner:
    """Goes through one open ledger; lanes are passed by, sizes have their roots noted."""

    def __init__(
        self, connection: sqlite3.Connection, sizes: set[int], lanes: Mapping[str, Lane]
    ) -> None:
        self._connection, self._sizes, self._lanes = connection, sizes, lanes
        self._nodes = _StoredNodes(connection)
        self._frontier = Frontier()
        self._before = b""
        self.found = Scan(roots={0: Frontier().root()})

    def run(self, progress: Progress | None = None) -> Scan:
        """Give what was found; reading ends, with ``damage``, where the file cannot be read on."""
        try:
            self._read(progress)
            self.found.surplus = self.found.gap is None and self._nodes.anything_left()
        except UNREADABLE as unreadable:
            self.found.damage = str(unreadable)
        for lane in self._lanes.values():
            lane.finish()
        return self.found

    def _read(self, progress: Progress | None) -> None:
        (total,) = self._connection.execute("SELECT count(*) FROM entry NOT INDEXED").fetchone()
        for done, row in enumerate(self._connection.execute(IN_ORDER), 1):
            self._take(readable(row))
            if progress and (done % STEP == 0 or done == total):
                progress(done, total)

    def _take(self, entry: Entry) -> None:
        found, own = self.found, leaf_of(entry.fact)
        if entry.number != found.size and found.gap is None:
            found.gap = found.size
        found.size = entry.number + 1
        if own != entry.leaf:
            found.misfits[entry.number] = entry
        if lane := self._lanes.get(entry.source):
            lane.pass_by(entry, own)
        if entry.fact.position <= found.positions.get(entry.source, 0):
            found.backward.setdefault(entry.source, entry)
        found.positions[entry.source] = entry.fact.position
        if found.gap is None:
            self._grow(own)

    def _grow(self, own: bytes) -> None:
        for node in self._frontier.add(own)[1:]:
            stored = self._nodes.at(node.level, node.number)
            if stored != node.hash:
                self._wrong(node, (self._before, own), stored)
        self._before = own
        if self._frontier.size in self._sizes:
            self.found.roots[self._frontier.size] = self._frontier.root()

    def _wrong(self, node: Node, leaves: tuple[bytes, bytes], stored: bytes | None) -> None:
        covers = range(node.number << node.level, (node.number + 1) << node.level)
        if self.found.wrong_from is None:
            self.found.wrong_from = covers
        self.found.wrong_to = max(self.found.wrong_to, covers.stop)
        if node.level == 1 and len(self.found.pairs) < ENOUGH:
            self.found.pairs.append(Pair(covers.start, leaves, stored))


class _StoredNodes:
    """The nodes as stored, read along with a growing tree, one cursor a level."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._levels: dict[int, Iterator[tuple[int, bytes]]] = {}
        self._next: dict[int, tuple[int, bytes] | None] = {}

    def at(self, level: int, number: int) -> bytes | None:
        """Give the stored hash of a node, ``None`` where there is none."""
        if level not in self._levels:
            asked = "SELECT number, hash FROM node WHERE level = ? ORDER BY number"
            self._levels[level] = iter(self._connection.execute(asked, (level,)))
            self._next[level] = next(self._levels[level], None)
        row = self._next[level]
        if row is None or row[0] != number:
            return None
        self._next[level] = next(self._levels[level], None)
        return row[1]

    def anything_left(self) -> bool:
        """Tell whether nodes are stored that the tree does not have."""
        levels = {level for (level,) in self._connection.execute("SELECT DISTINCT level FROM node")}
        return bool(levels - self._levels.keys()) or any(self._next.values())


def readable(row: tuple[Any, ...]) -> Entry:
    """Give the entry in *row* even where a column is not what it must be: it fits no leaf then."""
    number, source, position, stream, version, its_id, kind, metadata, data, its_leaf = row
    place = position if isinstance(position, int) else 0
    fact = Stored(place, stream, version, id_of(its_id), kind, metadata, data)
    return Entry(number, str(source), fact, its_leaf)
