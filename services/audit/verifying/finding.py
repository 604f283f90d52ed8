"""What verifying can find, and how it is said to people."""

from dataclasses import dataclass
from enum import Enum

from shared.kernel.words import Words


class Kind(Enum):
    """What was found at a place. The last three are no faults: they say what is open."""

    EDITED = Words("edited", "ændret")
    DELETED = Words("deleted", "slettet")
    INSERTED = Words("inserted", "indsat")
    REORDERED = Words("moved out of its order", "flyttet ud af sin rækkefølge")
    TRUNCATED = Words("cut off from here on", "afkortet herfra")
    REHASHED = Words("rewritten and hashed anew", "omskrevet og hashet på ny")
    CONTRADICTED = Words(
        "two signed heads contradict each other", "to loghoveder modsiger hinanden"
    )
    NOT_SIGNED = Words("not signed with the log's key", "ikke underskrevet med loggens nøgle")
    DAMAGED = Words("damaged", "beskadiget")
    UNGUARDED = Words("no longer refuses changes", "afviser ikke længere ændringer")
    NOT_CHECKED = Words("not checked", "ikke kontrolleret")
    NOT_YET_HEARD = Words("not yet heard by the ledger", "endnu ikke hørt af loggen")
    NOT_YET_KEPT = Words("younger than every kept head", "yngre end ethvert gemt loghoved")


OPEN = {Kind.NOT_CHECKED, Kind.NOT_YET_HEARD, Kind.NOT_YET_KEPT}


class Side(Enum):
    """Where it was found."""

    LEDGER = Words("the ledger", "loggen")
    ORIGIN = Words("the store of the service", "tjenestens eget lager")
    HEADS = Words("the kept heads", "de gemte loghoveder")
    EITHER = Words(
        "the ledger or the store (no kept head covers it)",
        "loggen eller lageret (intet gemt loghoved dækker det)",
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: what, where, and how exactly it can be said.

    ``source`` and ``position`` name the fact in the store it came from, ``number`` the entry of the
    ledger from 0; where only a range can be named, ``last`` is its other end. ``how`` says what was
    done to an entry before it was hashed anew. ``detail`` is for the technician, in English.
    """

    kind: Kind
    side: Side
    source: str | None = None
    position: int | None = None
    number: int | None = None
    last: int | None = None
    how: Kind | None = None
    detail: str = ""

    @property
    def fault(self) -> bool:
        """Whether this is wrong, and not merely open."""
        return self.kind not in OPEN

    def words(self) -> Words:
        """Give the finding as one sentence in each language."""
        how = self.how.value if self.how else Words("", "")
        english = [self.kind.value.en, how.en and f"({how.en})", f"in {self.side.value.en}"]
        danish = [self.kind.value.da, how.da and f"({how.da})", f"i {self.side.value.da}"]
        return Words(
            _sentence(english, self._where("entry", "entries"), self.detail),
            _sentence(danish, self._where("post", "post"), self.detail),
        )

    def _where(self, one: str, several: str) -> list[str]:
        where = []
        if self.number is not None:
            ranged = self.last is not None and self.last != self.number
            where.append(
                f"{several} {self.number}–{self.last}" if ranged else f"{one} {self.number}"
            )
        if self.source is not None:
            where.append(self.source.encode("utf-8", "backslashreplace").decode())
        if self.position is not None:
            where.append(f"position {self.position}")
        return where


def _sentence(said: list[str], where: list[str], detail: str) -> str:
    text = " ".join(word for word in said if word)
    place = f": {', '.join(where)}" if where else ""
    return f"{text[0].upper()}{text[1:]}{place}" + (f" [{detail}]" if detail else "")
