"""Asking the referrals service why somebody sees a case, and its answer in words."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import httpx2

from shared.cli.access.page import category

PATIENCE = 10.0


def ask_why(url: str, referral: UUID, person: str, headers: Mapping[str, str]) -> httpx2.Response:
    """Give what is answered about a person of one's own authority. Raises what httpx2 raises."""
    asked = f"{url}/referrals/{referral}/sight"
    return httpx2.post(asked, json={"subject": person}, headers=headers, timeout=PATIENCE)


def in_words(answer: httpx2.Response) -> Iterator[str]:
    """Give the answer, or why there is none, line by line."""
    if answer.is_error:
        yield _refused(answer)
        return
    told = answer.json()
    if not told["offices"]:
        yield "Har intet hverv hos jer (holds no office with you)."
    for each in told["offices"]:
        yield from _in_office(each)
    if told["marking"]:
        yield f"{told['marking']['da']} ({told['marking']['en']})"


def _refused(answer: httpx2.Response) -> str:
    """Give the title of a problem, which is the same for what is not there and not for you."""
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return f"Afvist (refused): {answer.status_code}"
    problem = answer.json()
    return f"{problem['title']} ({problem['en']['title']})"


def _in_office(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{told['office']}, {told['unit']}, {told['purpose']}: {told['da']} ({told['en']})"
    if told["categories"]:
        yield f"  ser (sees): {_named(told['categories'])}"
    if told["own"]:
        yield f"  kun det, egen myndighed skrev (only what your own wrote): {_named(told['own'])}"
    for policy in told["policies"]:
        yield f"  {policy['id']}: {policy['da']} ({policy['en']})"


def _named(names: list[str]) -> str:
    return ", ".join(map(category, names))
