"""The names of the rules: SHA-256 of the RFC 8785 form of what was parsed, not of the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import rfc8785
from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Manifest:
    """The hash (64 hexadecimal digits) of each part of a rulebook, and one over them all.

    A part that the rulebook does not have, being older, has an empty one.
    """

    district: str
    programmes: Mapping[str, str]
    purposes: str
    policies: str
    hash: str


def hash_of(content: JsonValue) -> str:
    """The hash of one part; key order, comments and layout of the file do not matter."""
    return sha256(rfc8785.dumps(content)).hexdigest()


def manifest_of(
    district: JsonValue,
    programmes: Mapping[str, JsonValue],
    *,
    purposes: JsonValue = None,
    policies: JsonValue = None,
) -> Manifest:
    """The hashes of all parts and, over these, the manifest hash.

    Purposes and policies that are not there leave no trace in it, so that a rulebook from before
    there were any keeps its name.
    """
    by_programme = {name: hash_of(content) for name, content in programmes.items()}
    later = {"purposes": purposes, "policies": policies}
    said = {name: hash_of(part) for name, part in later.items() if part is not None}
    parts: JsonValue = {"district": hash_of(district), "programmes": dict(by_programme), **said}
    return Manifest(
        district=hash_of(district),
        programmes=by_programme,
        purposes=said.get("purposes", ""),
        policies=said.get("policies", ""),
        hash=hash_of(parts),
    )
