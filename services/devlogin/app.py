"""The doors of the development login."""

from base64 import b64decode
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from services.devlogin.granting import FOR_PEOPLE, Granting, NotGranted
from services.devlogin.settings import Settings
from shared.api.doors import frame
from shared.kernel.clock import Clock

PAGE = Template((Path(__file__).parent / "sign_in.html").read_text("utf-8"))
BUTTON = '    <button name="sub" value="{}"><strong>{}</strong><br>{}</button>'
NOT_REGISTERED = "Ukendt program eller adresse. (Unknown client_id or redirect_uri.)"
SAFE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": SAFE}

router = APIRouter(include_in_schema=False)


def create_app(settings: Settings, clock: Clock) -> FastAPI:
    """Give the development login. Raises ``RuntimeError`` beside a production setting."""
    if settings.mode.casefold() == "production":
        raise RuntimeError("anybody can be anybody here: devlogin never runs in production")
    app = frame("Kredsløb: udviklingslogin", version="1", checks={})
    app.state.granting = Granting(settings, clock)
    app.include_router(router)
    return app


def _granting(request: Request) -> Granting:
    granting: Granting = request.app.state.granting
    return granting


Grants = Annotated[Granting, Depends(_granting)]


@router.get("/.well-known/openid-configuration")
async def describe(granting: Grants) -> dict[str, Any]:
    """Tell where the doors are and what they take (OpenID Connect Discovery 1.0)."""
    return {
        "issuer": granting.issuer,
        "authorization_endpoint": f"{granting.issuer}/authorize",
        "token_endpoint": f"{granting.issuer}/token",
        "jwks_uri": f"{granting.issuer}/jwks",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
        "scopes_supported": [FOR_PEOPLE],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }


@router.get("/jwks")
async def publish(granting: Grants) -> dict[str, Any]:
    """Give the public keys."""
    return granting.keys()


@router.api_route("/authorize", methods=["GET", "POST"])
async def choose(request: Request, granting: Grants) -> Response:
    """Show who there is; take who was chosen back to the program with a code."""
    asked = dict(request.query_params)
    if not granting.is_registered(asked):
        return Response(NOT_REGISTERED, 400, HEADERS, "text/plain; charset=utf-8")
    if error := granting.fault(asked):
        return RedirectResponse(granting.back(asked, error=error), 303, HEADERS)
    if request.method == "GET":
        return HTMLResponse(_page(granting), headers=HEADERS)
    code = granting.code(asked, (await _form(request)).get("sub", ""))
    told = {"code": code} if code else {"error": "access_denied"}
    return RedirectResponse(granting.back(asked, **told), 303, HEADERS)


@router.post("/token")
async def grant(request: Request, granting: Grants) -> Response:
    """Give tokens for a code or for a program's own secret."""
    try:
        told = _granted(granting, await _form(request), request.headers.get("authorization", ""))
    except NotGranted as no:
        status = 401 if no.error == "invalid_client" else 400
        return JSONResponse({"error": no.error}, status, HEADERS)
    return JSONResponse(told, headers=HEADERS)


def _page(granting: Granting) -> str:
    rows = ((person.sub, person.name, person.place) for person in granting.known.people)
    return PAGE.substitute(buttons="\n".join(BUTTON.format(*map(escape, row)) for row in rows))


def _granted(granting: Granting, form: Mapping[str, str], authorization: str) -> dict[str, Any]:
    match form.get("grant_type"):
        case "authorization_code":
            return granting.redeem(form)
        case "client_credentials":
            return granting.for_itself(*_basic(authorization))
        case _:
            raise NotGranted("unsupported_grant_type")


def _basic(header: str) -> tuple[str, str]:
    try:
        name, _, secret = b64decode(header.removeprefix("Basic ")).decode().partition(":")
    except ValueError as error:
        raise NotGranted("invalid_client") from error
    return unquote_plus(name), unquote_plus(secret)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
