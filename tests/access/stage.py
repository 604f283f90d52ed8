"""Councils and the login as they really run, for who asks them directly and not over the bus."""

import math
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from pydantic import SecretStr

from services.councils.app import create_app
from services.councils.settings import Settings
from services.devlogin.app import create_app as create_login
from services.devlogin.settings import Settings as LoginSettings
from shared.access.asking_councils import AskingCouncils
from shared.access.machine_token import MachineToken
from shared.kernel.clock import ShiftedClock
from shared.kernel.ids import ActorId
from shared.platform.layout import LOGIN
from shared.rulebook.content import Rulebook
from shared.testing.nats import NatsServer, nats_server
from shared.testing.serving import listening, serving
from shared.testing.signing_in import OPERATOR, operator_token

FOLLOWS = {"councils": (("referrals", "docket"), ("audit", "heads"))}
CLIENT = "kredslob-referrals"
SOMEBODY = ActorId("5e" * 32)
UNIT = "favrskov-ssp"
ASKED = re.compile(r'^kredslob_http_requests_total{.*"GET".*"/offices".*} (\S+)$', re.MULTILINE)


@dataclass
class Stage:
    """Councils, the login, and who asks them."""

    var: Path
    issuer: str
    councils: str
    http: httpx2.AsyncClient
    _operator: str = field(default="")

    @property
    def clock(self) -> Path:
        """The file that moves the clock of both."""
        return self.var / "clock"

    def token(self, client: str = CLIENT) -> MachineToken:
        """Give a program's own sign-in, with what it needs for it on disk."""
        secret = self.var / LOGIN / f"{client}.secret"
        return MachineToken(self.http, self.issuer, client, secret.read_text)

    def asking(self, url: str | None = None, **how: Any) -> AskingCouncils:  # noqa: ANN401 - fields
        """Give what asks councils, in endless silence and at each question unless *how* differs."""
        usual: dict[str, Any] = {
            "token": self.token(),
            "heard_ago": lambda: math.inf,
            "silent_after": 60.0,
            "kept_for": 0.0,
            "patience": 20.0,
        }
        return AskingCouncils(http=self.http, url=url or self.councils, **{**usual, **how})

    async def operate(self, method: str, path: str, **body: Any) -> httpx2.Response:  # noqa: ANN401 - JSON
        """Ask councils for a change as the operator."""
        if not self._operator:
            secret = (self.var / LOGIN / f"{OPERATOR}.secret").read_text()
            self._operator = await operator_token(self.http, self.issuer, secret)
        return await self.ask(method, path, self._operator, **body)

    async def ask(self, method: str, path: str, token: str, **body: Any) -> httpx2.Response:  # noqa: ANN401 - JSON
        """Ask councils something with *token*."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        sent = body or None
        return await self.http.request(method, f"{self.councils}{path}", headers=headers, json=sent)

    async def appoint(self, path: str = "") -> None:
        """Let somebody hold an office, or with ``/ending`` no longer."""
        done = await self.operate(
            "POST", f"/offices{path}", holder=SOMEBODY, place=UNIT, office="caseworker"
        )
        assert done.is_success, done.text

    async def times_asked(self) -> int:
        """Give how often councils were asked who holds what."""
        told = (await self.http.get(f"{self.councils}/metrics")).text
        return sum(int(float(times)) for times in ASKED.findall(told))


@asynccontextmanager
async def stage(var: Path, rulebook: Rulebook) -> AsyncIterator[Stage]:
    """Run both, with *rulebook* in force and the office of somebody given."""
    held, issuer = listening()
    login = create_login(LoginSettings(var=var, issuer=issuer), ShiftedClock(var / "clock"))
    async with (
        nats_server(var, FOLLOWS) as bus,
        serving(login, held),
        serving(create_app(_settings(var, issuer, bus))) as url,
        httpx2.AsyncClient(timeout=30) as http,
    ):
        here = Stage(var, issuer, url, http)
        done = await here.operate("PUT", "/rulebook", content=rulebook.content)
        assert done.is_success, done.text
        await here.appoint()
        yield here


def _settings(var: Path, issuer: str, bus: NatsServer) -> Settings:
    to = bus.address("councils")
    return Settings(var=var, issuer=issuer, bus_url=to.url, bus_password=SecretStr(to.password))
