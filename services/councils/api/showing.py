"""The rules in force as one needs them to pick from: who there is, and what one may hold."""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel

from shared.api.labels import Administrative
from shared.rulebook.content import Rulebook
from shared.rulebook.district import District
from shared.rulebook.entries import Said
from shared.rulebook.programme import Programme
from shared.rulebook.purposes import Purposes


class Named(BaseModel):
    """Something of the rulebook, with its words."""

    id: Administrative[str]
    da: Administrative[str]
    en: Administrative[str]


class Office(Named):
    """An office, and the kinds of unit and forum that have it."""

    in_units: Administrative[list[str]]
    in_forums: Administrative[list[str]]


class AuthorityShown(BaseModel):
    """An authority of the district."""

    id: Administrative[str]
    name: Administrative[str]
    kind: Administrative[str]
    regime: Administrative[str]


class UnitShown(BaseModel):
    """A unit of an authority; without account it cannot be reached here."""

    id: Administrative[str]
    name: Administrative[str]
    kind: Administrative[str]
    authority: Administrative[str]
    account: Administrative[bool]


class ForumShown(BaseModel):
    """A forum; what is sent to it reaches its intake, ``unknown`` where the plan is silent."""

    id: Administrative[str]
    name: Administrative[str]
    kind: Administrative[str]
    intake: Administrative[str]
    units: Administrative[list[str]]


class DocketShown(BaseModel):
    """What can be said on the docket of every forum of one kind."""

    forum_kind: Administrative[str]
    postponement_reasons: Administrative[list[Named]]
    return_reasons: Administrative[list[Named]]


class PurposeShown(Named):
    """A purpose of reading, and the offices that may choose it when they open a case."""

    offices: Administrative[list[str]]


class RulebookShown(BaseModel):
    """What is in force today, as far as one needs it to pick from."""

    manifest: Administrative[str]
    district: Administrative[str]
    name: Administrative[str]
    programmes: Administrative[list[Named]]
    authorities: Administrative[list[AuthorityShown]]
    units: Administrative[list[UnitShown]]
    forums: Administrative[list[ForumShown]]
    unit_kinds: Administrative[list[Named]]
    offices: Administrative[list[Office]]
    purposes: Administrative[list[PurposeShown]]
    dockets: Administrative[list[DocketShown]]


def shown(rulebook: Rulebook, day: date) -> RulebookShown:
    """Give what of *rulebook* is in force on a civil *day*."""
    district = rulebook.district
    return RulebookShown(
        manifest=rulebook.manifest.hash,
        district=district.id,
        name=district.name,
        programmes=_named(rulebook.programmes.values()),
        authorities=_authorities(district, day),
        units=_units(district, day),
        forums=_forums(district, day),
        unit_kinds=_named(district.unit_kinds),
        offices=_offices(district),
        purposes=_purposes(rulebook.purposes),
        dockets=_dockets(district),
    )


def _named(entries: Iterable[Said | Programme]) -> list[Named]:
    return [Named(id=each.id, da=each.da, en=each.en) for each in entries]


def _authorities(district: District, day: date) -> list[AuthorityShown]:
    return [
        AuthorityShown(id=a.id, name=a.name, kind=a.kind, regime=a.regime)
        for a in district.authorities
        if a.holds_on(day)
    ]


def _units(district: District, day: date) -> list[UnitShown]:
    return [
        UnitShown(id=u.id, name=u.name, kind=u.kind, authority=u.authority, account=u.account)
        for u in district.units
        if u.holds_on(day)
    ]


def _forums(district: District, day: date) -> list[ForumShown]:
    return [
        ForumShown(id=f.id, name=f.name, kind=f.kind, intake=f.intake, units=[*f.unit_ids(day)])
        for f in district.forums
        if f.holds_on(day)
    ]


def _offices(district: District) -> list[Office]:
    return [
        Office(id=o.id, da=o.da, en=o.en, in_units=[*o.in_units], in_forums=[*o.in_forums])
        for o in district.offices
    ]


def _purposes(purposes: Purposes) -> list[PurposeShown]:
    return [
        PurposeShown(id=p.id, da=p.da, en=p.en, offices=[*p.offices])
        for p in purposes.tree
        if p.offices
    ]


def _dockets(district: District) -> list[DocketShown]:
    return [
        DocketShown(
            forum_kind=kind,
            postponement_reasons=_named(docket.postponement_reasons),
            return_reasons=_named(docket.return_reasons),
        )
        for kind, docket in district.dockets.items()
    ]
