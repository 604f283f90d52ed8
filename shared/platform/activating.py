"""What an operator's machine may do over HTTP: put a rulebook in force, give and end offices."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from shared.api.tokens import ANSWERED_IN
from shared.platform.layout import LOGIN
from shared.platform.supervising import Platform
from shared.rulebook.content import load

OPERATOR = "kredslob-operator"


class Refused(Exception):
    """A service did not do what the operator asked; the text is its problem's type."""


def operator_token(platform: Platform) -> str:
    """Give a token of the operator's machine, from the development login."""
    secret = (platform.var / LOGIN / f"{OPERATOR}.secret").read_text()
    answer = httpx2.post(
        f"{platform.url(LOGIN)}/token",
        data={"grant_type": "client_credentials"},
        auth=(OPERATOR, secret),
    )
    token: str = answer.raise_for_status().json()["access_token"]
    return token


def operate(
    platform: Platform, method: str, url: str, key: str, body: Mapping[str, Any] | None = None
) -> httpx2.Response:
    """Ask a service something as the operator. Raises ``Refused``."""
    headers = {"Authorization": f"Bearer {operator_token(platform)}", "Idempotency-Key": key}
    answer = httpx2.request(method, url, headers=headers, json=body, timeout=30)
    if answer.is_error:
        raise Refused(str(answer.json().get("type", answer.status_code)))
    return answer


def activate(platform: Platform, directory: Path) -> bool:
    """Put the rulebook of *directory* in force, and say whether it was not before."""
    rulebook = load(directory)
    url = f"{platform.url('councils')}/rulebook"
    try:
        answer = operate(platform, "PUT", url, str(uuid4()), {"content": rulebook.content})
    except Refused as refused:
        if str(refused).endswith(":already-in-force"):
            return False
        raise
    return ANSWERED_IN in answer.headers
