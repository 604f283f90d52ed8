"""Signing in as a made-up person, by the same steps that a browser takes."""

import re
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

CLIENT, REDIRECT = "kredslob-demo", "http://127.0.0.1/signed-in"
OPERATOR = "kredslob-operator"


async def sign_in(http: httpx2.AsyncClient, issuer: str, subject: str) -> str:
    """Give an access token of *subject*: code with PKCE at the issuer's own page.

    Raises ``httpx2.HTTPStatusError`` or ``LookupError`` where the issuer does not go along.
    """
    known, verifier, state = await _discovered(http, issuer), *(_random() for _ in range(2))
    asked = _asked(verifier, state)
    page = await http.get(known["authorization_endpoint"], params=asked)
    if not re.search(f'value="{re.escape(subject)}"', page.raise_for_status().text):
        raise LookupError(f"{issuer} knows nobody called {subject}")
    chosen = await http.post(
        known["authorization_endpoint"], params=asked, data={"sub": subject}, follow_redirects=False
    )
    told = dict(parse_qsl(urlsplit(chosen.headers["location"]).query))
    if told.get("state") != state:
        raise LookupError("the answer is to another question")
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT,
        "redirect_uri": REDIRECT,
        "code": told["code"],
        "code_verifier": verifier,
    }
    return _token(await http.post(known["token_endpoint"], data=form))


async def operator_token(http: httpx2.AsyncClient, issuer: str, secret: str) -> str:
    """Give the access token of the operator's own program."""
    return await program_token(http, issuer, OPERATOR, secret)


async def program_token(http: httpx2.AsyncClient, issuer: str, client: str, secret: str) -> str:
    """Give the access token of a program that acts for itself (client credentials)."""
    known = await _discovered(http, issuer)
    form = {"grant_type": "client_credentials"}
    return _token(await http.post(known["token_endpoint"], data=form, auth=(client, secret)))


def challenge_of(verifier: str) -> str:
    """Give the S256 challenge of a PKCE verifier (RFC 7636 §4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _asked(verifier: str, state: str) -> dict[str, str]:
    return {
        "client_id": CLIENT,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": "openid",
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }


async def _discovered(http: httpx2.AsyncClient, issuer: str) -> dict[str, str]:
    response = await http.get(f"{issuer}/.well-known/openid-configuration")
    described: dict[str, str] = response.raise_for_status().json()
    return described


def _token(response: httpx2.Response) -> str:
    told: dict[str, Any] = response.raise_for_status().json()
    return str(told["access_token"])


def _random() -> str:
    return secrets.token_urlsafe(48)
