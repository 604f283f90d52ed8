"""From what was read to what is said: the first fault of each source, and whose fault it is.

A signed head proves the ledger up to its size, so a store that differs there was changed. Between
the last head that holds and the first that does not, the ledger was changed. Where no head reaches,
nobody can tell, and that is said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from services.audit.ledger.reading import Entry
from services.audit.verifying.finding import Finding, Kind, Side
from services.audit.verifying.heads import Heads
from services.audit.verifying.origins import Lane, leaf_of
from services.audit.verifying.parting import Parting, Whole
from services.audit.verifying.scanning import Scan


class Judge:
    """Weighs one scan of a ledger against heads and stores."""

    def __init__(self, scan: Scan, heads: Heads, lanes: Mapping[str, Lane], whole: Whole) -> None:
        self._scan, self._heads, self._lanes, self._whole = scan, heads, lanes, whole
        self._trusted = heads.trusted(scan.roots)
        self._broken = heads.first_broken(scan.roots)
        self._newest = max(heads.sizes, default=0)

    def faults(self) -> list[Finding]:
        """Give the faults, those of entries first and in their order, each source named once."""
        parted = [
            each for source, lane in self._lanes.items() for each in self._parted(source, lane)
        ]
        alone = [each for each in self._alone() if not _told(each, parted)]
        entries = sorted({*parted, *alone}, key=lambda each: each.number or 0)
        if gap := self._gap(entries):
            entries.append(gap)
        if not any(each.side is Side.LEDGER for each in entries):
            entries.extend(self._tree())
        return entries

    def _parted(self, source: str, lane: Lane) -> Iterator[Finding]:
        if lane.difference is None:
            yield from self._heard_as_another(source, lane)
            return
        entry, fact = lane.difference
        parting = Parting(source, entry, fact, self._whole)
        if label := parting.label():
            yield label
            return
        side = self._side(entry, parting)
        kind = parting.seen_from_ledger() if side is Side.ORIGIN else parting.seen_from_store()
        position = entry.fact.position if fact is None or _extra(kind, side) else fact.position
        finding = Finding(kind, side, source, position, entry.number)
        if kind is Kind.DELETED and side is not Side.ORIGIN:
            finding = self._narrowed(finding, lane)
        yield self._hashed_anew(finding)

    def _heard_as_another(self, source: str, lane: Lane) -> Iterator[Finding]:
        """What seems not heard yet stands in the ledger under a source that nobody knows."""
        if lane.unheard and self._scan.positions.keys() - self._lanes.keys():
            entry = self._whole.entries.get(leaf_of(lane.unheard))
            if entry and entry.source != source:
                place = (entry.source, entry.fact.position, entry.number)
                said = f"the fact is at position {lane.unheard.position} of {source}"
                yield Finding(Kind.EDITED, Side.LEDGER, *place, detail=said)

    def _side(self, entry: Entry, parting: Parting) -> Side:
        number, broken = entry.number, self._broken
        if self._scan.gap is not None and number > self._scan.gap:
            return Side.LEDGER
        if number < self._trusted:
            return Side.ORIGIN
        changed = broken is not None and number < broken
        # A leaf that fits the fact and not the entry was made before the entry was changed.
        told_on = parting.fact is not None and entry.leaf == leaf_of(parting.fact)
        return Side.LEDGER if changed or told_on or number in self._scan.misfits else Side.EITHER

    def _narrowed(self, finding: Finding, lane: Lane) -> Finding:
        start = max(self._trusted, lane.last.number + 1 if lane.last else 0)
        end = finding.number or 0
        if self._scan.gap is not None and start <= self._scan.gap <= end:
            start = end = self._scan.gap
        return replace(finding, number=start, last=end)

    def _hashed_anew(self, finding: Finding) -> Finding:
        number = finding.number or 0
        proven = self._broken is not None and number < self._broken
        if finding.side is Side.LEDGER and proven and self._scan.fits_from(number):
            return replace(finding, kind=Kind.REHASHED, how=finding.kind)
        return finding

    def _alone(self) -> Iterator[Finding]:
        """What the ledger's own bytes show without any store."""
        seen: set[str] = set()
        for number, entry in sorted(self._scan.misfits.items()):
            if entry.source not in seen:
                seen.add(entry.source)
                place = (entry.source, entry.fact.position, number)
                said = "the entry does not fit its leaf"
                yield Finding(Kind.EDITED, Side.LEDGER, *place, detail=said)
        for source, entry in self._scan.backward.items():
            if source not in self._lanes:
                place = (source, entry.fact.position, entry.number)
                yield Finding(Kind.REORDERED, Side.LEDGER, *place)

    def _gap(self, entries: list[Finding]) -> Finding | None:
        gap = self._scan.gap
        if gap is None or any(each.number == gap and each.kind is Kind.DELETED for each in entries):
            return None
        source, position, said = self.lost()
        return Finding(Kind.DELETED, Side.LEDGER, source, position, gap, detail=said)

    def lost(self) -> tuple[str | None, int | None, str]:
        """Give the fact that the ledger lacks at its end, or all that it could be."""
        unheard = {s: lane.unheard.position for s, lane in self._lanes.items() if lane.unheard}
        if len(unheard) == 1:
            return *next(iter(unheard.items())), ""
        could_be = " or ".join(f"{source} {position}" for source, position in unheard.items())
        return None, None, f"the first fact lost is {could_be}" if could_be else ""

    def _tree(self) -> Iterator[Finding]:
        """What only the tree shows: an order across sources, an end that is gone, a new tree."""
        scan, broken, wrong = self._scan, self._broken, self._scan.wrong_from
        if broken is not None and scan.size < broken and wrong is None:
            source, position, said = self.lost()
            said = f"{self._newest} entries were signed for" + (f"; {said}" if said else "")
            yield Finding(Kind.TRUNCATED, Side.LEDGER, source, position, scan.size, detail=said)
        elif wrong is not None:
            swapped = scan.swapped() if broken is not None else None
            kind = Kind.EDITED if swapped is None else Kind.REORDERED
            number, last = (wrong.start, wrong.stop - 1) if swapped is None else (swapped, None)
            said = "a stored node does not fit the entries below it"
            yield Finding(kind, Side.LEDGER, None, None, number, last, detail=said)
        elif broken is not None:
            end = min(broken, scan.size) - 1
            yield Finding(Kind.REHASHED, Side.LEDGER, None, None, self._trusted, end)
        elif scan.surplus:
            yield Finding(
                Kind.INSERTED, Side.LEDGER, detail="nodes above entries that are not there"
            )


def _extra(kind: Kind, side: Side) -> bool:
    """Whether the fact in question is the ledger's and not the store's."""
    return kind is (Kind.DELETED if side is Side.ORIGIN else Kind.INSERTED)


def _told(finding: Finding, parted: list[Finding]) -> bool:
    """Whether the source's own first difference, or one at the same entry, says it already."""
    return any(
        each.number == finding.number
        or (each.source == finding.source and (each.number or 0) <= (finding.number or 0))
        for each in parted
    )
