"""Who can sign in, and through which programs: read from a file, made up throughout."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Entry):
    """A made-up person; ``who`` is what the story calls them, ``sub`` what tokens call them."""

    who: str
    sub: str
    name: str
    place: str


class Client(_Entry):
    """A program: one that people sign in through, or one that acts for itself.

    The ``scope`` of the latter may be empty, as an agency's own system has it.
    """

    redirects: tuple[str, ...] = ()
    scope: str | None = None

    def takes(self, redirect: str) -> bool:
        """Say whether *redirect* is registered; on 127.0.0.1 any port will do (RFC 8252 §7.3)."""
        parts = urlsplit(redirect)
        if re.fullmatch(r"http://127\.0\.0\.1(:\d{1,5})?", f"{parts.scheme}://{parts.netloc}"):
            return parts._replace(netloc="127.0.0.1").geturl() in self.redirects
        return redirect in self.redirects


class Known(_Entry):
    """Everybody the development login knows."""

    people: tuple[Person, ...]
    clients: dict[str, Client]


def known(path: Path) -> Known:
    """Read the file of people and clients."""
    return Known.model_validate(yaml.safe_load(path.read_text("utf-8")))


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Give what a file holds that only its owner may read, made on the first day."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(make())
        new.replace(path)
    return path.read_bytes()
