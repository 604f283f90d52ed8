"""Who takes part in the histories: many people in many units, some with two hats, and systems.

Read from the rulebook's own files as they are written, and by nothing of the product.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

RULEBOOK: Final = Path(__file__).parents[2] / "rulebook"
TOVHOLDERS: Final = frozenset({"psp_police", "infohus_police", "infohus_municipal"})
WORKING: Final = frozenset({"caseworker", "leader", "tovholder", "stand_in"})
OVERSEEING: Final = frozenset({"dpo", "auditor"})
PURPOSE: Final = {"dpo": "insight", "auditor": "audit"}
UNITS: Final = (
    "favrskov-ssp",
    "favrskov-familieafdeling",
    "randers-infohus",
    "oestjyllands-politi-infohus-randers",
    "odder-ssp",
    "odder-familieafdeling",
    "odder-exitkontakt",
    "oestjyllands-politi-psp-odder",
    "region-syddanmark-psykiatri",
    "oestjyllands-politi-forebyggelse",
    "oestjyllands-politi-exit",
    "kriminalforsorgen-oestjylland",
    "aarhus-ssp",
)
OVERSIGHT: Final = (
    "favrskov-tilsyn",
    "randers-tilsyn",
    "odder-tilsyn",
    "aarhus-tilsyn",
    "oestjyllands-politi-tilsyn",
    "region-syddanmark-tilsyn",
    "kriminalforsorgen-tilsyn",
)
TWO_HATS: Final = "dobbelt"


@dataclass(frozen=True)
class Unit:
    """A unit as the rulebook has it."""

    id: str
    authority: str
    kind: str
    police: bool


@dataclass(frozen=True)
class Seat:
    """Somebody in an office in a unit; ``officer`` is whom a system names."""

    token: str
    unit: Unit
    office: str
    officer: str | None = None

    @property
    def person(self) -> str:
        """Give who acts."""
        return self.officer or self.token

    @property
    def acts_as(self) -> str:
        """Give the office that counts."""
        return "tovholder" if self.office == "stand_in" else self.office

    @property
    def works(self) -> bool:
        """Whether the office works on cases."""
        return self.office in WORKING

    @property
    def oversees(self) -> bool:
        """Whether the office looks on behalf of the whole authority."""
        return self.office in OVERSEEING

    @property
    def headers(self) -> Mapping[str, str]:
        """Give what it says at the door, for ``Hall.ask``."""
        said = {
            "Kredslob_Unit": self.unit.id,
            "Kredslob_Office": self.office,
            "Kredslob_Purpose": PURPOSE.get(self.office, "handling"),
        }
        return {**said, "Kredslob_Officer": self.officer} if self.officer else said


def written_district() -> Mapping[str, Unit]:
    """Give the units of the district as its file has them."""
    told: Any = yaml.safe_load((RULEBOOK / "oestjylland" / "district.yaml").read_text())
    police = {each["id"] for each in told["authorities"] if each["kind"] == "police"}
    return {
        each["id"]: Unit(each["id"], each["authority"], each["kind"], each["authority"] in police)
        for each in told["units"]
    }


def written_programmes() -> Mapping[str, Any]:
    """Give the programmes as their files have them."""
    files = sorted((RULEBOOK / "programmes").glob("*.yaml"))
    return {told["id"]: told for told in (yaml.safe_load(each.read_text()) for each in files)}


def entry_of(programme: Mapping[str, Any], role: str, unit: Unit) -> Mapping[str, Any]:
    """Give what a programme's file discloses to a party: its first entry for such a one."""
    for entry in programme["disclosure"]:
        kinds = entry.get("unit_kinds")
        if entry["role"] == role and (kinds is None or unit.kind in kinds):
            return dict(entry)
    return {"categories": ()}


def everybody(district: Mapping[str, Unit]) -> tuple[Seat, ...]:
    """Give all who take part, each at every seat they may take."""
    return tuple(_working(district)) + tuple(
        Seat(f"{office}.{name}", district[name], office)
        for name in OVERSIGHT
        for office in sorted(OVERSEEING)
    )


def _working(district: Mapping[str, Unit]) -> Iterator[Seat]:
    for name in UNITS:
        unit = district[name]
        yield Seat(f"anna.{name}", unit, "caseworker")
        yield Seat(f"bent.{name}", unit, "caseworker")
        yield Seat(f"lis.{name}", unit, "leader")
        if unit.kind in TOVHOLDERS:
            yield Seat(f"tom.{name}", unit, "tovholder")
            yield Seat(f"vera.{name}", unit, "stand_in")
        yield Seat(f"system:{name}", unit, "system")
        yield Seat(f"system:{name}", unit, "caseworker", f"anna.{name}")
    for name, office in (
        ("odder-ssp", "caseworker"),
        ("odder-exitkontakt", "leader"),
        ("oestjyllands-politi-psp-odder", "tovholder"),
        ("oestjyllands-politi-exit", "caseworker"),
    ):
        yield Seat(TWO_HATS, district[name], office)
