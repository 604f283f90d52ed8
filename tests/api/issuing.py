"""An issuer that serves its keys over HTTP and signs whatever a test wants signed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from shared.kernel.clock import StandingClock
from shared.testing.serving import listening, serving

AUDIENCE = "kredslob"
NOON = datetime(2021, 6, 4, 12, tzinfo=UTC)


class Issuer:
    """Signs with ``keys``, publishes ``published``; counts how often it is asked."""

    def __init__(self, clock: StandingClock) -> None:
        self.clock = clock
        self.key: ECKey | OKPKey = ECKey.generate_key("P-256", {"kid": "first"})
        self.published: list[ECKey | OKPKey] = [self.key]
        self.address = ""
        self.asked = 0
        self.away = False

    @asynccontextmanager
    async def answering(self) -> AsyncIterator["Issuer"]:
        """Serve discovery and keys on a free port."""
        held, self.address = listening()
        app = FastAPI(openapi_url=None)

        @app.get("/.well-known/openid-configuration")
        async def describe() -> JSONResponse:
            self.asked += 1
            told = {"issuer": self.address, "jwks_uri": f"{self.address}/jwks"}
            return JSONResponse({} if self.away else told, 503 if self.away else 200)

        @app.get("/jwks")
        async def publish() -> dict[str, Any]:
            return {"keys": [key.as_dict(private=False) for key in self.published]}

        async with serving(app, held):
            yield self

    def claims(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON holds
        """Give the claims of a good token with *changes*; ``None`` leaves a claim out."""
        now = int(self.clock.now().timestamp())
        good = {
            "iss": self.address,
            "sub": "9dbdd26ffccd",
            "aud": AUDIENCE,
            "client_id": "kredslob-demo",
            "scope": "openid",
            "iat": now,
            "exp": now + int(timedelta(minutes=15).total_seconds()),
        }
        return {name: each for name, each in {**good, **changes}.items() if each is not None}

    def token(self, header: dict[str, Any] | None = None, /, **changes: Any) -> str:  # noqa: ANN401 - JSON
        """Give a signed token with *changes* in its claims and *header* in its header."""
        alg = "ES256" if isinstance(self.key, ECKey) else "Ed25519"
        whole = {"alg": alg, "typ": "at+jwt", "kid": self.key.kid, **(header or {})}
        told = {name: each for name, each in whole.items() if each is not None}
        claims, algorithms = self.claims(**changes), [told["alg"]]
        return jwt.encode(told, claims, self.key, algorithms=algorithms, default_type=None)
