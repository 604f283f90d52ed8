"""The people of the story and what they do over HTTP, with real tokens, as often as it takes.

A request that got no answer is sent again under the same key: that is what every client should do,
and what makes the story survive any process being killed at any moment.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from time import monotonic
from typing import Any, Self
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx2
import yaml

from shared.api.idempotency import command_id_of
from shared.api.tokens import ANSWERED_IN, ASKED_IN
from shared.cli.clock import move
from shared.kernel.clock import ShiftedClock
from shared.platform.layout import LOGIN
from shared.platform.supervising import ROOT, Platform
from shared.testing.signing_in import OPERATOR, program_token, sign_in
from shared.vault.provider import FileKeys
from tests.journeys.kept import place

OPERATOR_UNIT = "operator"
"""In whose name councils takes what the operator's machine asks."""
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
PATIENCE = 60.0
AGAIN = frozenset({502, 503})
Json = Any
HTTP_ERROR = 400
HANDLING = "handling"
"""What most people open a case for; who oversees has purposes of their own."""


class StoryFailed(Exception):
    """A step did not go as the story tells."""


@dataclass
class Answer:
    """What a door answered."""

    status: int
    body: Json
    headers: Mapping[str, str]

    @property
    def problem(self) -> str:
        """The last word of the problem's type, such as ``age-not-taken``; empty without one."""
        kind = self.body.get("type", "") if isinstance(self.body, dict) else ""
        return str(kind).rpartition(":")[2]


Asked = Callable[[], Awaitable[Answer]]


@dataclass
class World:
    """One platform, its people, and what the story remembers."""

    platform: Platform
    say: Callable[[str], None] = lambda _line: None
    around: Callable[[Asked], Awaitable[Answer]] | None = None
    """What is done around each request for a change: where the faults come from."""
    http: httpx2.AsyncClient = field(default_factory=lambda: httpx2.AsyncClient(timeout=15))
    remembered: dict[str, Any] = field(default_factory=dict)
    keys: Iterator[str] = field(default_factory=lambda: _keys(uuid4()))
    """Keys for requests that no other world uses on the same platform."""
    acknowledged: list[UUID] = field(default_factory=list)
    """The command ids of all requests for a change that were answered with yes."""
    secrets: list[str] = field(default_factory=list)
    """Everything told in confidence: names, addresses, free text. Found nowhere but in answers."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    @property
    def clock(self) -> ShiftedClock:
        """The platform's clock."""
        return ShiftedClock(self.platform.var / "clock")

    def forward_to_friday(self) -> None:
        """Move the clock on to the next Friday, 15.40 Danish time."""
        now = self.clock.now().astimezone(COPENHAGEN)
        day = now + timedelta(days=(4 - now.weekday()) % 7)
        friday = datetime(day.year, day.month, day.day, 15, 40, tzinfo=COPENHAGEN)
        friday += timedelta(weeks=int(friday <= now))
        move(self.platform.var, friday - now)

    def person(self, who: str, purpose: str = HANDLING) -> "Person":
        """Give somebody of the made-up people, by what the story calls them, and why they look."""
        people = yaml.safe_load((ROOT / "infra/devlogin/people.yaml").read_text("utf-8"))["people"]
        found = next(each for each in people if each["who"] == who)
        return Person(self, found["sub"], _unit(who), purpose)

    def secret(self, what: str) -> str:
        """Give words told in confidence, unlike any others, and remember them."""
        self.secrets.append(f"Opdigtet {what} nr. {len(self.secrets)}: må kun læses af parterne")
        return self.secrets[-1]

    def operator(self) -> "Program":
        """Give the operator's machine."""
        return Program(self, OPERATOR, OPERATOR_UNIT)

    async def eventually(self, what: str, seen: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever the story asks or sees
        """Wait until *seen* gives something true, and give that."""
        last = monotonic() + PATIENCE
        while monotonic() < last:
            if found := await seen():
                return found
            await asyncio.sleep(0.02)
        raise StoryFailed(f"did not come about: {what}")

    async def request(
        self,
        method: str,
        where: tuple[str, str],
        headers: Mapping[str, str],
        body: Json = None,
    ) -> Answer:
        """Ask *where* (service and path) until there is an answer; what is away comes back."""
        last = monotonic() + PATIENCE
        while monotonic() < last:
            with suppress(httpx2.TransportError):
                url = self.platform.url(where[0]) + where[1]
                answer = await self.http.request(method, url, headers=dict(headers), json=body)
                if answer.status_code not in AGAIN:
                    is_json = "json" in answer.headers.get("content-type", "")
                    told = answer.json() if is_json else None
                    return Answer(answer.status_code, told, answer.headers)
            await asyncio.sleep(random.uniform(0.05, 0.2))  # noqa: S311 - only spreads retries
        raise StoryFailed(f"no answer from {where}")


def _keys(world: UUID) -> Iterator[str]:
    return (f"story-{world}-{number}" for number in count(1))


def _unit(who: str) -> str:
    head, _, tail = who.rpartition("-")
    return head if tail.isdigit() else who


@dataclass
class Asking:
    """Anybody who can ask: a person or a machine."""

    world: World
    subject: str
    unit: str
    purpose: str = HANDLING

    async def token(self) -> str:
        """Give a token that is good now."""
        raise NotImplementedError

    def _unit_header(self) -> dict[str, str]:
        return {}

    async def get(self, path: str, *, expect: int = 200, service: str = "referrals") -> Answer:
        """Read something, with everything in it that was written before."""
        headers = await self._headers()
        seen = self.world.remembered.get(f"position-{service}")
        if seen and service == "referrals":
            headers[ASKED_IN] = seen
        answer = await self.world.request("GET", (service, path), headers)
        return self._as_told(answer, expect, path)

    async def ask(  # noqa: PLR0913 - each is a part of a request
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        expect: int | None = None,
        service: str = "referrals",
        etag: str | None = None,
    ) -> Answer:
        """Ask for a change, under a key of its own."""
        key = next(self.world.keys)
        headers = {**await self._headers(), "Idempotency-Key": key}
        if etag is not None:
            headers["If-Match"] = etag
        once = partial(self.world.request, method, (service, path), headers, body)
        answer = await (self.world.around(once) if self.world.around else once())
        if ANSWERED_IN in answer.headers:
            own = FileKeys(place(self.world.platform, service) / "own.key")
            under = own.derive("request-mac")
            named = (self.unit, self.subject, method, path, key)
            self.world.acknowledged.append(command_id_of(under, *named))
            self.world.remembered[f"position-{service}"] = answer.headers[ANSWERED_IN]
        return self._as_told(answer, expect, path)

    async def post(self, path: str, body: Json = None, **how: Any) -> Answer:  # noqa: ANN401 - whatever the story asks or sees
        """Ask for a change by POST."""
        return await self.ask("POST", path, body, **how)

    async def put(self, path: str, body: Json = None, **how: Any) -> Answer:  # noqa: ANN401 - whatever the story asks or sees
        """Ask for a change by PUT."""
        return await self.ask("PUT", path, body, **how)

    async def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self.token()}", **self._unit_header()}

    @staticmethod
    def _as_told(answer: Answer, expect: int | None, path: str) -> Answer:
        good = answer.status < HTTP_ERROR if expect is None else answer.status == expect
        if not good:
            raise StoryFailed(f"{path} answered {answer.status}: {answer.body}")
        return answer


@dataclass
class Person(Asking):
    """Somebody with a login, acting for one unit, in the office named where there are several."""

    office: str | None = None

    async def token(self) -> str:
        """Sign in with code and PKCE; a token is used until it runs out."""
        return await _kept(self.world, self.subject, self._sign_in)

    async def _sign_in(self) -> str:
        return await _patiently(
            lambda: sign_in(self.world.http, self.world.platform.url(LOGIN), self.subject)
        )

    def _unit_header(self) -> dict[str, str]:
        office = {"Kredslob-Office": self.office} if self.office else {}
        return {"Kredslob-Unit": self.unit, "Kredslob-Purpose": self.purpose, **office}


@dataclass
class Program(Asking):
    """A program with its own sign-in: the operator's machine, or an agency's own system."""

    async def token(self) -> str:
        """Get a token by client credentials."""
        return await _kept(self.world, self.subject, self._sign_in)

    async def _sign_in(self) -> str:
        http, issuer, client = self.world.http, self.world.platform.url(LOGIN), self.subject
        secret = (self.world.platform.var / LOGIN / f"{client}.secret").read_text()
        return await _patiently(lambda: program_token(http, issuer, client, secret))


async def _kept(world: World, who: str, sign_in_now: Callable[[], Awaitable[str]]) -> str:
    now = world.clock.now()
    token, since = world.remembered.get(f"token-{who}", ("", None))
    if since is None or now - since > timedelta(minutes=10):
        token = await sign_in_now()
        world.remembered[f"token-{who}"] = token, world.clock.now()
    return str(token)


async def _patiently(sign_in_now: Callable[[], Awaitable[str]]) -> str:
    last = monotonic() + PATIENCE
    while True:
        try:
            return await sign_in_now()
        except (httpx2.HTTPError, KeyError):
            if monotonic() > last:
                raise
            await asyncio.sleep(0.1)
