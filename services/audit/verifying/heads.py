"""The signed heads one has to go by: what each says, and which of them cannot be believed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.audit.verifying.finding import Finding, Kind, Side
from services.audit.verifying.origins import UNREADABLE
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.keeping import kept_heads
from shared.transparency.note import NoteKey, NotSigned


@dataclass
class Heads:
    """Roots by size, ``kept`` by others or the ledger's ``own``, and what is wrong with them."""

    kept: dict[int, bytes] = field(default_factory=dict)
    own: dict[int, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def sizes(self) -> list[int]:
        """Every size that a root was signed for, in order."""
        return sorted({*self.kept, *self.own})

    def first_broken(self, roots: dict[int, bytes]) -> int | None:
        """Give the smallest size whose signed root is not in *roots*, the roots as they are now."""
        return next((size for size in self.sizes if not self._holds(size, roots)), None)

    def trusted(self, roots: dict[int, bytes]) -> int:
        """Give how many entries are certainly as they were: a head that others kept says so."""
        broken = self.first_broken(roots)
        sound = [size for size in self.kept or self.own if broken is None or size < broken]
        return max(sound, default=0)

    def _holds(self, size: int, roots: dict[int, bytes]) -> bool:
        signed = {heads[size] for heads in (self.kept, self.own) if size in heads}
        return signed == {roots.get(size)}


def kept_in(files: Sequence[Path], key: NoteKey) -> Heads:
    """Give the heads that others have kept in *files*."""
    heads = Heads()
    for path in files:
        try:
            notes = [(head.position, head.note) for head in kept_heads(path)]
        except UNREADABLE as unreadable:
            heads.findings.append(_unreadable(path, unreadable))
        else:
            _take(heads, heads.kept, notes, (Side.HEADS, key))
    if not heads.kept:
        said = "no kept head: a ledger cut short or rewritten by who holds its key cannot be told"
        heads.findings.append(Finding(Kind.NOT_CHECKED, Side.HEADS, detail=said))
    return heads


def add_own(heads: Heads, own: Sequence[tuple[int, object]], key: NoteKey) -> None:
    """Add the heads in the ledger's own file, each with its number."""
    _take(heads, heads.own, own, (Side.LEDGER, key))
    heads.findings.extend(_missing(number for number, _ in own))


def _take(
    heads: Heads,
    into: dict[int, bytes],
    notes: Iterable[tuple[int, object]],
    by: tuple[Side, NoteKey],
) -> None:
    side, key = by
    for place, note in notes:
        try:
            head = Checkpoint.verified(str(note), key)  # a number or bytes are nobody's note
        except NotSigned as why:
            said = f"head {place}: {why}"
            heads.findings.append(Finding(Kind.NOT_SIGNED, side, detail=said))
            continue
        known = heads.kept.get(head.size, into.get(head.size, head.root))
        if known != head.root:
            said = f"head {place}: another root was signed for size {head.size}"
            heads.findings.append(Finding(Kind.CONTRADICTED, side, detail=said))
        into.setdefault(head.size, head.root)


def _missing(numbers: Iterable[int]) -> Iterator[Finding]:
    for expected, number in enumerate(numbers):
        if number != expected:
            yield Finding(Kind.DELETED, Side.LEDGER, detail=f"head {expected} of the ledger's own")
            return


def _unreadable(path: Path, why: Exception) -> Finding:
    missing = not path.exists()
    kind = Kind.NOT_CHECKED if missing else Kind.DAMAGED
    return Finding(kind, Side.HEADS, detail=f"{path.name}: {'missing' if missing else why}")
