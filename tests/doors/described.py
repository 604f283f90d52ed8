"""What the services say of their own doors in OpenAPI, held against what they really answer."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

from shared.platform.layout import SERVICES
from shared.platform.supervising import Platform
from tests.journeys.scenes.telling import NEVER

MEDIA_TYPE = "application/problem+json"
SHOWING = frozenset({"/referrals/{referral_id}/address", "/referrals/{referral_id}/sight"})
"""Doors that change nothing, though not asked by GET: reasons and persons are told in no URL."""
OVERSEEING = frozenset(
    {
        "/referrals/{referral_id}/broken-glass/{glass}/review",
        "/referrals/{referral_id}/tries/{noticed}/seen",
    }
)
"""The few changes that who oversees is asked for as well."""
NOT_OF_A_DOOR = frozenset({"no-such-door", "method-not-allowed"})
"""Answered where there is no operation that could document it."""
LEFT_OUT = frozenset(
    {
        ("referrals: POST /referrals", "keys-down"),
        ("referrals: GET /referrals/{referral_id}", "keys-down"),
    }
)
"""Answered and not described yet; a test makes sure that what is mended is taken off again."""
FITTING: Mapping[str, str] = {
    "programme": "infohus",
    "addressee": "infohus-norddjurs",
    "basis": "rpl-115-1-1",
    "purpose": "forebygge-radikalisering",
    "party": "norddjurs-infohus",
    "gate": "police_check",
    "result": "intet_til_hinder",
    "outcome": "samtale",
    "reason": "andet_infohus",
    "subject": "opdigtet.samsoe-ssp",
}
"""What the rulebook takes in fields that OpenAPI can only call texts."""


@dataclass(frozen=True)
class Operation:
    """One door: a method at an address, as the service itself describes it."""

    service: str
    method: str
    template: str
    told: Mapping[str, Any] = field(repr=False)
    schemas: Mapping[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.service}: {self.method} {self.template}"

    @property
    def changes(self) -> bool:
        """Whether it is asked for a change."""
        return self.method != "GET" and self.template not in SHOWING

    @property
    def problems(self) -> frozenset[str]:
        """The slugs of the problems that it says it may answer with."""
        contents = (each.get("content", {}) for each in self.told["responses"].values())
        return frozenset(s for c in contents for s in c.get(MEDIA_TYPE, {}).get("examples", ()))

    @property
    def closed_to_overseers(self) -> bool:
        """Whether who oversees is told to look only."""
        return self.changes and self.template not in OVERSEEING

    def path(self, case: str) -> str:
        """Give its address for one referral, with made-up names for what else is in it."""
        fitting = {"referral_id": case, "stream": "never-was", "forum": "psp-odder"}
        return (
            re.sub(r"\{([^}]+)\}", lambda m: fitting.get(m[1], NEVER), self.template) + self.query
        )

    @property
    def query(self) -> str:
        """Give the query that it cannot do without, as it follows an address."""
        needed = (
            p for p in self.told.get("parameters", ()) if p["in"] == "query" and p["required"]
        )
        told = {each["name"]: self._filled(each["schema"], each["name"]) for each in needed}
        return f"?{urlencode(told)}" if told else ""

    def is_at(self, path: str) -> bool:
        """Say whether a path leads here."""
        parts = re.split(r"\{[^}]+\}", self.template)
        return re.fullmatch("[^/]+".join(map(re.escape, parts)), path) is not None

    def body(self) -> Any:  # noqa: ANN401 - JSON
        """Give a body that it takes, None where it takes none."""
        said = self.told.get("requestBody")
        return self._filled(said["content"]["application/json"]["schema"], "") if said else None

    def _filled(self, schema: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - JSON
        if "$ref" in schema:
            return self._filled(self.schemas[schema["$ref"].rpartition("/")[2]], name)
        if "enum" in schema:
            return schema["enum"][0]
        match schema.get("type"):
            case "object":
                wanted = [*schema.get("required", ()), *(set(schema.get("properties", ())) & OWN)]
                return {each: self._filled(schema["properties"][each], each) for each in wanted}
            case "array":
                return [self._filled(schema["items"], name)]
            case "boolean":
                return True
            case _:
                return FITTING.get(name) or FORMATS.get(schema.get("format", ""), "Opdigtet tekst.")


OWN = frozenset({"addressee"})
"""Fields that may be left out, though only in favour of another."""
FORMATS = {"date": "2021-03-05", "date-time": "2021-03-05T15:40:00+01:00"}


@dataclass
class Doors:
    """All doors of the platform, and which problems were seen at each of them."""

    operations: tuple[Operation, ...]
    addresses: Mapping[str, str]
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def of(cls, platform: Platform) -> "Doors":
        """Ask every service to describe itself."""
        return cls(
            tuple(each for service in SERVICES for each in _operations(platform, service)),
            {platform.url(service): service for service in SERVICES},
        )

    def at(self, service: str, method: str, path: str) -> Operation | None:
        """Give the operation that a request is for, None where there is none."""
        here = (e for e in self.operations if (e.service, e.method) == (service, method))
        return next((each for each in here if each.is_at(path)), None)

    async def check(self, response: httpx2.Response) -> None:
        """Hold an answer against the description: whatever problem comes must stand there.

        That something went wrong here is described at every door, and never good enough.
        """
        asked = response.request
        service = self.addresses.get(f"{asked.url.scheme}://{asked.url.netloc.decode()}")
        if service is None or response.headers.get("content-type") != MEDIA_TYPE:
            return
        await response.aread()
        slug = response.json()["type"].rpartition(":")[2]
        door = self.at(service, asked.method, asked.url.path)
        self.seen[str(door), slug] += 1
        assert slug != "internal-error", f"a fault of ours at {asked.method} {asked.url.path}"
        if slug not in NOT_OF_A_DOOR and (str(door), slug) not in LEFT_OUT:
            assert door is not None, f"{slug} at an address that is not described"
            assert slug in door.problems, f"{door} does not say that it answers {slug}"


def _operations(platform: Platform, service: str) -> Iterator[Operation]:
    told = httpx2.get(f"{platform.url(service)}/openapi.json").json()
    for template, methods in told["paths"].items():
        for method, operation in methods.items():
            schemas = told["components"]["schemas"]
            yield Operation(service, method.upper(), template, operation, schemas)
