"""Which party of which programme is shown which categories: one value, read from its own text."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final, NamedTuple, Self

import rfc8785
from pydantic import JsonValue

from shared.rulebook.disclosing import Start

NO_PROFILES: Final = '{"kinds":{},"programmes":{}}'
"""The text of profiles that show nobody anything: what holds before any rulebook is in force."""
_NOTHING: Mapping[str, JsonValue] = {}


class _Entry(NamedTuple):
    role: str
    kinds: frozenset[str] | None
    categories: frozenset[str]
    starts: Start


class _Shown(NamedTuple):
    categories: frozenset[str]
    starts: Start


_NOBODY = _Shown(frozenset(), "joining")


@dataclass(frozen=True)
class Profiles:
    """All that decides which tokens a party's row gets, of one version of the rulebook.

    ``text`` is the value: the RFC 8785 form of what a row depends on, and of nothing else, so a
    change that moves no row has the same ``hash``. What is not said shows nothing.
    """

    text: str

    @classmethod
    def of(cls, content: Mapping[str, JsonValue]) -> Self:
        """The profiles in the content of an activation; parts it does not have show nothing."""
        district, programmes = _mapping(content, "district"), _mapping(content, "programmes")
        kept: JsonValue = {
            "kinds": {str(u.get("id")): u.get("kind") for u in _mappings(district, "units")},
            "programmes": {name: _kept(_mapping(programmes, name)) for name in programmes},
        }
        return cls(rfc8785.dumps(kept).decode())

    @classmethod
    def read(cls, text: str) -> Self:
        """The profiles that were written down as ``text``; raises ValueError if it is no JSON."""
        json.loads(text)
        return cls(text)

    @cached_property
    def hash(self) -> str:
        """The name of this value: 64 hexadecimal digits."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def programmes(self) -> tuple[str, ...]:
        """The ids of the programmes, in the order of the alphabet."""
        return tuple(self._programmes)

    def sees(self, programme: str, role: str, unit: str) -> frozenset[str]:
        """The categories that a party is shown: nothing where no entry is for it."""
        return self._shown(programme, role, unit).categories

    def joins(self, programme: str, role: str, unit: str) -> Start:
        """Whether a party may see what is said from the start, or from its joining on at most."""
        return self._shown(programme, role, unit).starts

    def category_of(self, programme: str, field: str) -> str | None:
        """The category of a field of the form; None: nobody but who wrote it may see it."""
        fields = _mapping(self._programmes.get(programme, _NOTHING), "fields")
        found = fields.get(field)
        return found if isinstance(found, str) else None

    def of_kind(self, programme: str, role: str, kind: str) -> frozenset[str]:
        """The categories that a party in a unit of this kind is shown."""
        return self._fitting(programme, role, kind).categories

    def asked_in(self, programme: str) -> frozenset[str]:
        """Every category that the programme's form asks for."""
        fields = _mapping(self._programmes.get(programme, _NOTHING), "fields")
        return frozenset(str(category) for category in fields.values())

    def space(self, programme: str) -> str:
        """The class of the programme; ``unknown``, for which no policy is, where it says none."""
        return self._said(programme, "space", "unknown")

    def existence(self, programme: str) -> str:
        """Whether its cases are ``open`` or ``secret``: secret where it does not say."""
        return self._said(programme, "existence", "secret")

    def members(self, programme: str) -> str:
        """Whether the ``named`` or the whole ``unit`` see a case: the named, if it says nothing."""
        return self._said(programme, "members", "named")

    @cached_property
    def _parsed(self) -> dict[str, JsonValue]:
        parsed = json.loads(self.text)
        return parsed if isinstance(parsed, dict) else {}

    @cached_property
    def _programmes(self) -> dict[str, Mapping[str, JsonValue]]:
        programmes = _mapping(self._parsed, "programmes")
        return {name: _mapping(programmes, name) for name in sorted(programmes)}

    @cached_property
    def _entries(self) -> dict[str, tuple[_Entry, ...]]:
        return {name: tuple(_entries(part)) for name, part in self._programmes.items()}

    @cached_property
    def _found(self) -> dict[tuple[str, str, str], _Shown]:
        return {}  # grows with programmes × roles × units of the district, and no further

    def _shown(self, programme: str, role: str, unit: str) -> _Shown:
        asked = (programme, role, unit)
        shown = self._found.get(asked)
        if shown is None:
            kind = _mapping(self._parsed, "kinds").get(unit)
            shown = _NOBODY if kind is None else self._fitting(programme, role, str(kind))
            if shown is not _NOBODY:
                self._found[asked] = shown
        return shown

    def _fitting(self, programme: str, role: str, kind: str) -> _Shown:
        for entry in self._entries.get(programme, ()):
            if entry.role == role and (entry.kinds is None or kind in entry.kinds):
                return _Shown(entry.categories, entry.starts)
        return _NOBODY

    def _said(self, programme: str, key: str, otherwise: str) -> str:
        said = self._programmes.get(programme, _NOTHING).get(key)
        return said if isinstance(said, str) else otherwise


def _kept(programme: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    fields = _mappings(_mapping(programme, "intake"), "fields")
    kept: dict[str, JsonValue] = {
        "fields": {str(field.get("id")): field.get("category") for field in fields},
        "disclosure": [_kept_entry(entry) for entry in _mappings(programme, "disclosure")],
    }
    said = {k: programme[k] for k in ("space", "existence", "members") if k in programme}
    return kept | said


def _kept_entry(entry: Mapping[str, JsonValue]) -> JsonValue:
    joins = "joining" if entry.get("role") == "let_in" else "start"
    return {
        "role": entry.get("role"),
        "unit_kinds": None if entry.get("unit_kinds") is None else _texts(entry, "unit_kinds"),
        "categories": _texts(entry, "categories"),
        "from": entry.get("from") or joins,
    }


def _entries(programme: Mapping[str, JsonValue]) -> Iterator[_Entry]:
    for entry in _mappings(programme, "disclosure"):
        every = entry.get("unit_kinds") is None
        kinds = None if every else _set(entry, "unit_kinds")
        starts: Start = "start" if entry.get("from") == "start" else "joining"
        yield _Entry(str(entry.get("role")), kinds, _set(entry, "categories"), starts)


def _mapping(part: Mapping[str, JsonValue], key: str) -> Mapping[str, JsonValue]:
    found = part.get(key)
    return found if isinstance(found, dict) else _NOTHING


def _mappings(part: Mapping[str, JsonValue], key: str) -> Iterator[Mapping[str, JsonValue]]:
    found = part.get(key)
    yield from (each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def _texts(part: Mapping[str, JsonValue], key: str) -> list[JsonValue]:
    found = part.get(key)
    return [*sorted(str(each) for each in found)] if isinstance(found, list) else []


def _set(part: Mapping[str, JsonValue], key: str) -> frozenset[str]:
    return frozenset(str(each) for each in _texts(part, key))
