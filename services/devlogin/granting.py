"""What is granted: codes that work once, and RFC 9068 tokens that last a quarter of an hour."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, NamedTuple
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import ECKey

from services.devlogin.people import Known, Person, kept, known
from services.devlogin.settings import Settings
from shared.kernel.clock import Clock

TOKEN_LASTS, CODE_LASTS = timedelta(minutes=15), timedelta(seconds=60)
S256_LENGTH = 43
FOR_PEOPLE = "openid"


class NotGranted(Exception):
    """Nothing is granted, and the OAuth error that says why (RFC 6749 §5.2)."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


def _new_key() -> bytes:
    return ECKey.generate_key("P-256").as_pem(private=True)


class _Code(NamedTuple):
    asked: Mapping[str, str]
    person: Person
    until: datetime


class Granting:
    """Answers the two questions of OAuth: may this person go there, and what is this code worth."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.known: Known = known(settings.people)
        self.issuer, self._audience, self._clock = settings.issuer, settings.audience, clock
        folder = settings.var / "devlogin"
        self._key = ECKey.import_key(kept(folder / "signing-key.pem", _new_key))
        self._key.ensure_kid()
        self._secrets = {
            name: kept(folder / f"{name}.secret", lambda: secrets.token_urlsafe(32).encode())
            for name, client in self.known.clients.items()
            if client.scope is not None
        }
        self._codes: dict[str, _Code] = {}

    def keys(self) -> dict[str, Any]:
        """Give the public key set."""
        return {"keys": [{**self._key.as_dict(private=False), "use": "sig", "alg": "ES256"}]}

    def is_registered(self, asked: Mapping[str, str]) -> bool:
        """Say whether an answer, even a refusal, may be sent where *asked* wants it."""
        client = self.known.clients.get(asked.get("client_id", ""))
        return client is not None and client.takes(asked.get("redirect_uri", ""))

    def fault(self, asked: Mapping[str, str]) -> str | None:
        """Give the OAuth error of what is asked, if it has one: only codes, only with S256."""
        kind = asked.get("response_type"), asked.get("code_challenge_method")
        is_whole = len(asked.get("code_challenge", "")) == S256_LENGTH
        return None if kind == ("code", "S256") and is_whole else "invalid_request"

    def back(self, asked: Mapping[str, str], **told: str) -> str:
        """Give the address that takes an answer back to who asked (with ``iss``, RFC 9207)."""
        state = {"state": asked["state"]} if "state" in asked else {}
        query = urlencode({**told, **state, "iss": self.issuer})
        return f"{asked['redirect_uri']}{'&' if '?' in asked['redirect_uri'] else '?'}{query}"

    def code(self, asked: Mapping[str, str], sub: str) -> str | None:
        """Give a code for a person of the file, good once and for a minute."""
        now, code = self._clock.now(), secrets.token_urlsafe(32)
        self._codes = {key: each for key, each in self._codes.items() if each.until > now}
        person = next((each for each in self.known.people if each.sub == sub), None)
        if person is None:
            return None
        self._codes[code] = _Code(asked, person, now + CODE_LASTS)
        return code

    def redeem(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Give the tokens that a code is worth to who can show the verifier."""
        code = self._codes.pop(form.get("code", ""), None)
        challenge = sha256(form.get("code_verifier", "").encode()).digest()
        if (
            code is None
            or code.until <= self._clock.now()
            or any(code.asked[name] != form.get(name) for name in ("client_id", "redirect_uri"))
            or urlsafe_b64encode(challenge).rstrip(b"=").decode() != code.asked["code_challenge"]
        ):
            raise NotGranted("invalid_grant")
        client, sub = code.asked["client_id"], code.person.sub
        told = {"name": code.person.name, "nonce": code.asked.get("nonce", "")}
        id_token = self._signed("JWT", sub=sub, aud=client, **told)
        return {**self._answer(sub, client, FOR_PEOPLE), "id_token": id_token}

    def for_itself(self, client: str, secret: str) -> dict[str, Any]:
        """Give a program the token for its own scope."""
        expected = self._secrets.get(client)
        if expected is None or not compare_digest(expected, secret.encode()):
            raise NotGranted("invalid_client")
        return self._answer(client, client, self.known.clients[client].scope or "")

    def _answer(self, sub: str, client: str, scope: str) -> dict[str, Any]:
        told = {"sub": sub, "aud": self._audience, "client_id": client, "scope": scope}
        token = self._signed("at+jwt", **told, jti=secrets.token_urlsafe(16))
        lasts = int(TOKEN_LASTS.total_seconds())
        return {"access_token": token, "token_type": "Bearer", "expires_in": lasts}

    def _signed(self, kind: str, **claims: str) -> str:
        now = self._clock.now()
        header = {"alg": "ES256", "typ": kind, "kid": self._key.kid}
        dated: dict[str, Any] = {"iss": self.issuer, "iat": now, "exp": now + TOKEN_LASTS}
        return jwt.encode(header, {**dated, **claims}, self._key)
