"""The names of the rules: SHA-256 of the RFC 8785 form of what was parsed, not of the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import rfc8785
from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Manifest:
    """The hash (64 hexadecimal digits) of each part of a rulebook, and one over them all."""

    district: str
    programmes: Mapping[str, str]
    hash: str


def hash_of(content: JsonValue) -> str:
    """The hash of one part; key order, comments and layout of the file do not matter."""
    return sha256(rfc8785.dumps(content)).hexdigest()


def manifest_of(district: JsonValue, programmes: Mapping[str, JsonValue]) -> Manifest:
    """The hashes of all parts and, over these, the manifest hash."""
    by_programme = {name: hash_of(content) for name, content in programmes.items()}
    parts: JsonValue = {"district": hash_of(district), "programmes": dict(by_programme)}
    return Manifest(hash_of(district), by_programme, hash_of(parts))
