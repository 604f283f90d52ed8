"""One reading: who asked, for which purpose, on what basis, and every object that was shown."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.kernel.ids import ActorId, AuthorityId, UnitId

MOST_OBJECTS = 2_000
"""Of one record: a list page has 200 at most, and an export of any size is several records."""


class Kind(StrEnum):
    """What was asked for."""

    SHOW = "show"
    LIST = "list"
    SEARCH = "search"
    FEED = "feed"
    REVEAL = "reveal"
    EXPORT = "export"
    REPLAY = "replay"
    READS = "reads"
    CHANGE = "change"
    BREAK_GLASS = "break_glass"


class Outcome(StrEnum):
    """Whether it was shown. What may not be seen and what never was are denied alike."""

    SHOWN = "shown"
    DENIED = "denied"


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Who(_Kept):
    """The person at the door, as whom they acted, and the client that acted for them, if any.

    ``issuer`` and ``subject`` are what the login knows them by: a trail that ends at a code leads
    to nobody (law enforcement directive, article 25(1): the identity of the person who consulted).
    """

    actor: ActorId
    issuer: str
    subject: str
    unit: UnitId
    authority: AuthorityId
    regime: str
    office: str
    on_behalf: str | None = None


class Seen(_Kept):
    """Objects, such as ``referral:<uuid>``, of which these fields were shown: names, no values.

    ``purpose`` and ``basis`` are theirs where they are not those of the whole reading: a list may
    hold cases on several bases, and one that is seen through broken glass.
    """

    ids: tuple[str, ...]
    fields: tuple[str, ...] = ()
    purpose: str | None = None
    basis: str | None = None


class Reading(_Kept):
    """What somebody saw, or tried to see.

    ``door`` is the template of the route, ``view_age`` the seconds for which nothing had been heard
    of who holds which office, ``policies`` the ids of those that decided.
    """

    who: Who
    kind: Kind
    outcome: Outcome = Outcome.SHOWN
    at: AwareDatetime
    door: str
    objects: tuple[Seen, ...] = ()
    purpose: str | None = None
    basis: str | None = None
    reason: str | None = None
    policies: tuple[str, ...] = ()
    rulebook: str = ""
    view_age: float | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Every object named in it."""
        return tuple(each for seen in self.objects for each in seen.ids)


def alike(reading: Reading) -> Reading:
    """Give *reading*; one that was denied says nothing of what there would have been to see.

    So whoever reads it later, the asker included, cannot tell what is hidden from what never was.
    """
    if reading.outcome is Outcome.SHOWN:
        return reading
    bare = tuple(Seen(ids=seen.ids) for seen in reading.objects)
    return reading.model_copy(update={"objects": bare, "policies": (), "basis": None})


class Object(NamedTuple):
    """One object shown, the names of its fields, and what of ``Seen`` is its own."""

    id: str
    fields: Sequence[str]
    purpose: str | None = None
    basis: str | None = None


def gathered(shown: Iterable[Object | tuple[str, Sequence[str]]]) -> tuple[Seen, ...]:
    """Give objects with equal fields, purpose and basis said once.

    A page of fifty alike weighs a fifth of fifty lists of fields.
    """
    alike: dict[tuple[tuple[str, ...], str | None, str | None], list[str]] = {}
    for each in shown:
        its_id, fields, purpose, basis = Object(*each)
        alike.setdefault((tuple(fields), purpose, basis), []).append(its_id)
    return tuple(
        Seen(ids=tuple(ids), fields=fields, purpose=purpose, basis=basis)
        for (fields, purpose, basis), ids in alike.items()
    )


def parts(reading: Reading) -> Iterator[Reading]:
    """Give *reading* as readings of at most ``MOST_OBJECTS`` objects each."""
    if len(reading.ids) <= MOST_OBJECTS:
        yield reading
        return
    objects = [
        Object(each, seen.fields, seen.purpose, seen.basis)
        for seen in reading.objects
        for each in seen.ids
    ]
    for start in range(0, len(objects), MOST_OBJECTS):
        some = gathered(objects[start : start + MOST_OBJECTS])
        yield reading.model_copy(update={"objects": some})
