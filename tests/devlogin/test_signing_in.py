"""A made-up person signs in by the same steps as a real one will."""

import stat
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from joserfc import jws, jwt
from joserfc.jwk import KeySet

from services.devlogin.app import create_app
from services.devlogin.people import known
from services.devlogin.settings import Settings
from shared.api.edge import ForeignToken, TokenExpired
from shared.api.identity import Verifier
from shared.api.signing_keys import SigningKeys
from shared.kernel.clock import StandingClock
from shared.testing.signing_in import (
    CLIENT,
    OPERATOR,
    REDIRECT,
    challenge_of,
    operator_token,
    program_token,
    sign_in,
)

PEOPLE = Settings().people
ANNA = known(PEOPLE).people[0]
SYSTEM = "favrskov-fagsystem"
VERIFIER = "v" * 43
ASKED = {
    "client_id": CLIENT,
    "redirect_uri": REDIRECT,
    "response_type": "code",
    "scope": "openid directory",
    "state": "a state",
    "nonce": "a nonce",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}
WORTH = {
    "grant_type": "authorization_code",
    "client_id": CLIENT,
    "redirect_uri": REDIRECT,
    "code_verifier": VERIFIER,
}


@pytest.fixture
def verifier(issuer: str, http: httpx2.AsyncClient, clock: StandingClock) -> Verifier:
    """Give what a service would believe tokens with."""
    return Verifier(SigningKeys(issuer, http, clock), "kredslob", clock)


async def choose(
    http: httpx2.AsyncClient, issuer: str, asked: Mapping[str, str], sub: str = ANNA.sub
) -> dict[str, str]:
    """Give what comes back to the program when somebody is chosen."""
    answer = await http.post(f"{issuer}/authorize", params=asked, data={"sub": sub})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(asked["redirect_uri"])
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def redeem(http: httpx2.AsyncClient, issuer: str, **form: str) -> tuple[int, dict[str, Any]]:
    """Give the answer to a code that is brought with *form*."""
    answer = await http.post(f"{issuer}/token", data={**WORTH, **form})
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


async def test_a_person_signs_in(
    issuer: str, http: httpx2.AsyncClient, verifier: Verifier, clock: StandingClock
) -> None:
    """Choosing a person on the page ends with a token that the services believe."""
    identity = await verifier.identify(await sign_in(http, issuer, ANNA.sub))
    assert (identity.issuer, identity.subject, identity.client_id) == (issuer, ANNA.sub, CLIENT)
    assert identity.expires_at == clock.now() + timedelta(minutes=15)


async def test_a_token_lasts_a_quarter_of_an_hour_by_our_clock(
    issuer: str, http: httpx2.AsyncClient, verifier: Verifier, clock: StandingClock
) -> None:
    """Moving the platform's clock ends tokens as time would."""
    token = await sign_in(http, issuer, ANNA.sub)
    clock.forward(timedelta(minutes=15))
    with pytest.raises(TokenExpired):
        await verifier.identify(token)


async def test_the_page_says_loudly_what_it_is(issuer: str, http: httpx2.AsyncClient) -> None:
    """Nobody takes the page for a real login, and it runs no scripts."""
    page = await http.get(f"{issuer}/authorize", params=ASKED)
    assert "Dette er ikke et rigtigt login" in page.text
    assert all(person.name in page.text for person in known(PEOPLE).people)
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_persons_token_gives_no_scope_of_a_program(
    issuer: str, http: httpx2.AsyncClient, verifier: Verifier
) -> None:
    """A person who asks for the operator's scope does not get it."""
    code = (await choose(http, issuer, ASKED))["code"]
    told = (await redeem(http, issuer, code=code))[1]
    assert (await verifier.identify(told["access_token"])).scopes == {"openid"}


async def test_an_id_token_is_for_the_program_and_not_for_services(
    issuer: str, http: httpx2.AsyncClient, verifier: Verifier
) -> None:
    """The program learns the name for its page; no service takes that token for a sign-in."""
    code = (await choose(http, issuer, ASKED))["code"]
    told = (await redeem(http, issuer, code=code))[1]["id_token"]
    keys = KeySet.import_key_set((await http.get(f"{issuer}/jwks")).json())
    claims = jwt.decode(told, keys, algorithms=["ES256"]).claims
    assert (claims["aud"], claims["nonce"], claims["name"]) == (CLIENT, "a nonce", ANNA.name)
    with pytest.raises(ForeignToken):
        await verifier.identify(told)


async def test_a_code_works_once(issuer: str, http: httpx2.AsyncClient) -> None:
    """A code that has been used is worth nothing."""
    code = (await choose(http, issuer, ASKED))["code"]
    assert (await redeem(http, issuer, code=code))[0] == 200
    assert await redeem(http, issuer, code=code) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"client_id": OPERATOR},
        {"redirect_uri": "http://127.0.0.1:9/signed-in"},
        {"code": "made-up"},
    ],
)
async def test_a_code_is_worth_nothing_in_other_hands(
    wrong: dict[str, str], issuer: str, http: httpx2.AsyncClient
) -> None:
    """A code needs the verifier, the program and the address it was asked for with."""
    code = (await choose(http, issuer, ASKED))["code"]
    answer = await redeem(http, issuer, **{"code": code, **wrong})
    assert answer == (400, {"error": "invalid_grant"})


async def test_a_code_lasts_a_minute(
    issuer: str, http: httpx2.AsyncClient, clock: StandingClock
) -> None:
    """A code that is not used at once is worth nothing."""
    code = (await choose(http, issuer, ASKED))["code"]
    clock.forward(timedelta(seconds=60))
    assert (await redeem(http, issuer, code=code))[0] == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://127.0.0.1/elsewhere"},
        {"redirect_uri": "http://127.0.0.1.evil.example/signed-in"},
        {"redirect_uri": "http://127.0.0.1:80@evil.example/signed-in"},
        {"redirect_uri": "https://127.0.0.1/signed-in"},
        {"redirect_uri": "http://127.0.0.1/signed-in?a=b"},
        {"redirect_uri": ""},
        {"client_id": "unknown"},
        {"client_id": OPERATOR},
    ],
)
async def test_no_answer_goes_where_none_is_registered(
    changed: dict[str, str], issuer: str, http: httpx2.AsyncClient
) -> None:
    """An address or program that is not registered gets nothing, not even a refusal."""
    for method in ("GET", "POST"):
        asked = {**ASKED, **changed}
        answer = await http.request(method, f"{issuer}/authorize", params=asked)
        assert answer.status_code == 400
        assert "location" not in answer.headers


async def test_a_program_may_listen_on_any_port_of_this_machine(
    issuer: str, http: httpx2.AsyncClient
) -> None:
    """The demo's port is chosen when it starts (RFC 8252 §7.3)."""
    asked = {**ASKED, "redirect_uri": "http://127.0.0.1:40123/signed-in"}
    assert "code" in await choose(http, issuer, asked)


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge_method": ""},
        {"code_challenge": ""},
        {"response_type": "token"},
    ],
)
async def test_only_codes_and_only_with_s256(
    changed: dict[str, str], issuer: str, http: httpx2.AsyncClient
) -> None:
    """No token goes through the address bar, and no code without proof of who asked."""
    told = await choose(http, issuer, {**ASKED, **changed})
    assert told == {"error": "invalid_request", "state": "a state", "iss": issuer}


async def test_nobody_is_signed_in_who_is_not_there(issuer: str, http: httpx2.AsyncClient) -> None:
    """A person that is not in the file is not made up on the way."""
    told = await choose(http, issuer, ASKED, sub="somebody-else")
    assert told["error"] == "access_denied"
    with pytest.raises(LookupError):
        await sign_in(http, issuer, "somebody-else")


async def test_the_operators_program_acts_for_itself(
    issuer: str, http: httpx2.AsyncClient, verifier: Verifier, tmp_path: Path
) -> None:
    """The operator's program gets its scope for the secret that lies beside the platform."""
    secret = tmp_path / "devlogin" / f"{OPERATOR}.secret"
    identity = await verifier.identify(await operator_token(http, issuer, secret.read_text()))
    assert (identity.subject, identity.client_id) == (OPERATOR, OPERATOR)
    assert identity.scopes == {"directory", "operate"}
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


async def test_an_agencys_own_system_signs_in_as_itself(
    issuer: str, http: httpx2.AsyncClient, verifier: Verifier, tmp_path: Path
) -> None:
    """It is known by its own name and has no scope: what it may do is said by its offices."""
    secret = (tmp_path / "devlogin" / f"{SYSTEM}.secret").read_text()
    identity = await verifier.identify(await program_token(http, issuer, SYSTEM, secret))
    assert (identity.subject, identity.client_id) == (SYSTEM, SYSTEM)
    assert identity.scopes == frozenset()


@pytest.mark.parametrize("auth", [None, (OPERATOR, "wrong"), (CLIENT, ""), (OPERATOR, "")])
async def test_a_program_without_its_secret_gets_nothing(
    auth: tuple[str, str] | None, issuer: str, http: httpx2.AsyncClient
) -> None:
    """No secret, no token; and a program for people cannot act for itself."""
    basic = httpx2.BasicAuth(*auth) if auth else httpx2.Auth()
    form = {"grant_type": "client_credentials"}
    answer = await http.post(f"{issuer}/token", data=form, auth=basic)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


async def test_other_grants_are_unknown(issuer: str, http: httpx2.AsyncClient) -> None:
    """Passwords are not taken."""
    form = {"grant_type": "password", "username": "anna", "password": "secret"}
    answer = await http.post(f"{issuer}/token", data=form)
    assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})


async def test_the_key_outlives_the_process(
    issuer: str, http: httpx2.AsyncClient, clock: StandingClock, tmp_path: Path
) -> None:
    """Started again, the login signs with the key it had; its private half stays in its file."""
    published = (await http.get(f"{issuer}/jwks")).json()
    again = create_app(Settings(var=tmp_path, issuer=issuer), clock).state.granting.keys()
    assert again == published
    assert "d" not in published["keys"][0]
    token = await sign_in(http, issuer, ANNA.sub)
    assert jws.extract_compact(token.encode()).headers()["typ"] == "at+jwt"
    key = tmp_path / "devlogin" / "signing-key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", ["production", "Production"])
def test_it_never_runs_in_production(
    mode: str, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a production setting the development login does not start."""
    monkeypatch.setenv("KREDSLOB_MODE", mode)
    with pytest.raises(RuntimeError, match="never runs in production"):
        create_app(Settings(), clock)


def test_everybody_is_made_up() -> None:
    """Each person says so in their name, and no two are the same."""
    people = known(PEOPLE).people
    assert all(person.name.endswith("Opdigtet") for person in people)
    assert (
        len({person.sub for person in people}) == len({each.who for each in people}) == len(people)
    )
