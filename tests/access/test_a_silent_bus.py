"""An office that ends while the bus is silent ends everywhere: with real processes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
import yaml

from shared.platform.activating import activate, operate
from shared.platform.layout import BUS
from shared.platform.supervising import ROOT, Platform
from shared.testing.signing_in import sign_in

DEADLINE = 60.0
PEOPLE = yaml.safe_load((ROOT / "infra/devlogin/people.yaml").read_text("utf-8"))["people"]
LEAVING, COMING = "favrskov-ssp", "favrskov-ssp-2"
STAYING, AUDITOR = "odder-familieafdeling", "favrskov-tilsyn"
REPLAY = "/referrals/00000000-0000-4000-8000-000000000000/replay"


@dataclass
class District:
    """A running platform, and people who knock at its doors."""

    platform: Platform
    http: httpx2.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)

    def office(
        self, path: str, who: str, name: str = "caseworker", key: str | None = None
    ) -> tuple[int, list[str]]:
        """Let the operator give somebody an office in their unit, or end it.

        Gives the status and the services that do not know of it yet.
        """
        person = {"issuer": self.platform.running.issuer, "subject": _sub(who)}
        body = {**person, "place": who.removesuffix("-2"), "office": name}
        url = self.platform.url("councils") + path
        done = operate(self.platform, "POST", url, key or str(uuid4()), body)
        return done.status_code, done.json()["waiting_for"]

    async def is_known(self, path: str, who: str, key: str) -> None:
        """Wait until what was asked under this key is known to every service."""
        async with asyncio.timeout(DEADLINE):
            while True:
                if self.office(path, who, key=key) == (200, []):
                    return
                await asyncio.sleep(0.02)

    async def answers(
        self, status: int, who: str, path: str = "/inbox", service: str = "referrals"
    ) -> None:
        """Wait until a door answers somebody with this status."""
        async with asyncio.timeout(DEADLINE):
            while True:
                if await self._status(who, self.platform.url(service) + path) == status:
                    return
                await asyncio.sleep(0.02)

    async def feels(self, service: str) -> tuple[int, str]:
        """Give what a service says of itself."""
        answer = await self.http.get(f"{self.platform.url(service)}/readyz")
        return answer.status_code, answer.json()["status"]

    async def _status(self, who: str, url: str) -> int:
        if who not in self.tokens:
            issuer = self.platform.running.issuer
            self.tokens[who] = await sign_in(self.http, issuer, _sub(who))
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        return (await self.http.get(url, headers=headers)).status_code


def _sub(who: str) -> str:
    return str(next(each["sub"] for each in PEOPLE if each["who"] == who))


@pytest.fixture
async def district(tmp_path: Path) -> AsyncIterator[District]:
    """Give a platform on which no word for a second is a silence; the rulebook is in force."""
    platform = Platform.start(tmp_path / "var", silent_after="1")
    try:
        platform.wait_until_ready(within=90)
        activate(platform, ROOT / "rulebook")
        async with httpx2.AsyncClient(timeout=30) as http:
            yield District(platform, http)
    finally:
        platform.stop()


async def test_an_office_that_ends_in_silence_ends_everywhere(district: District) -> None:
    """With the bus down, councils are asked; with councils down too, the last view goes on.

    The end is answered with 202 and those who have not heard of it, and with 200 once they have.
    """
    for who in (LEAVING, STAYING):
        district.office("/offices", who)
        await district.answers(200, who)
    district.office("/offices", AUDITOR, "auditor")
    await district.answers(404, AUDITOR, REPLAY, "audit")

    district.platform.stop_program(BUS)
    ended = district.office("/offices/ending", LEAVING, key="leaving")
    assert ended == (202, ["referrals", "audit"])
    district.office("/offices/ending", AUDITOR, "auditor")
    district.office("/offices", COMING)
    await district.answers(403, LEAVING)
    await district.answers(200, COMING)
    await district.answers(403, AUDITOR, REPLAY, "audit")
    assert await district.feels("referrals") == (200, "degraded")

    district.platform.stop_program("councils")
    await district.answers(200, STAYING)
    assert await district.feels("referrals") == (200, "degraded")

    district.platform.start_program("councils")
    district.platform.start_program(BUS)
    district.platform.wait_until_ready(within=DEADLINE)
    await district.is_known("/offices/ending", LEAVING, "leaving")
    await district.answers(403, LEAVING)
    await district.answers(200, COMING)
