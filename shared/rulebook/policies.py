"""Whether somebody with an office may do or see something: what the policies answer, and why.

The answer is yes only where a policy permits, none forbids and the engine met no error; whatever
else happens, it is no. Who is a party, what was consented to and what is protected now are facts
about one case: they are asked elsewhere, each time, beside this.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import cedarpy

from shared.kernel.words import Words
from shared.rulebook.cedar import ACTIONS, PolicyFiles, statements
from shared.rulebook.hashing import hash_of
from shared.rulebook.purposes import Purposes
from shared.rulebook.vocabulary import CATEGORIES, EXISTENCES, NO_PARTY, ROLES, SPACES

REMEMBERED = 16_384
"""Answers kept: more than a district's offices, purposes, categories, roles and spaces on a day."""


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a class policy may depend on, and nothing about any one case or person.

    ``office`` is never a stand-in: that counts as the office it stands in for. ``role`` is
    ``none`` where the asker's unit is no party.
    """

    action: str
    office: str
    purpose: str
    category: str
    role: str
    space: str
    existence: str
    day: date


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and the ids of the policies that allowed or forbade it; none: by default."""

    allowed: bool
    policies: tuple[str, ...] = ()


REFUSED = Decision(allowed=False)


class ClassPolicies:
    """The policies of one version of the rulebook, parsed once, with the answers given so far.

    Two are equal when they hold the same policies, purposes and offices.
    """

    def __init__(self, files: PolicyFiles, purposes: Purposes, offices: Iterable[str]) -> None:
        text = "\n".join(files.files[name] for name in sorted(files.files))
        self._known: Mapping[str, frozenset[str]] = {
            "action": frozenset(ACTIONS),
            "office": frozenset(offices),
            "purpose": purposes.leaves,
            "category": frozenset(CATEGORIES),
            "role": frozenset({*ROLES, NO_PARTY}),
            "space": frozenset(SPACES),
            "existence": frozenset(EXISTENCES),
        }
        self.hash = hash_of(
            {
                "policies": files.normal,
                "purposes": purposes.model_dump(mode="json"),
                "offices": [*sorted(self._known["office"])],
            }
        )
        self._schema = cedarpy.Schema.from_str(files.declared)
        self._policies = cedarpy.PolicySet.from_str(text)
        self._purposes = cedarpy.Entities.from_json_str(json.dumps(_entities(purposes)))
        self._words = dict(_spoken(files))
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._ask)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClassPolicies) and other.hash == self.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the policies, file by file in the order of their names."""
        return tuple(self._words)

    @property
    def asked(self) -> int:
        """How many questions the engine has been asked: those that were not asked before."""
        return self._remembered.cache_info().misses

    def decide(self, question: Question) -> Decision:
        """Answer a question; one that cannot be answered is refused, and nothing is raised."""
        try:
            return self._remembered(question)
        except Exception:  # noqa: BLE001 - whatever fails in the engine, the answer is no
            return REFUSED

    def words(self, policy_id: str) -> Words:
        """What a policy says, in both languages. Raises ``KeyError`` for an id that none has."""
        return self._words[policy_id]

    def _ask(self, question: Question) -> Decision:
        if any(getattr(question, name) not in known for name, known in self._known.items()):
            return REFUSED
        result = cedarpy.is_authorized(
            _request(question), self._policies, self._purposes, self._schema
        )
        told = result.diagnostics
        allowed = result.decision is cedarpy.Decision.Allow and not told.errors
        return Decision(allowed, tuple(sorted(told.id_annotations_by_reason.values())))


NO_POLICIES = PolicyFiles(declared="", files={})
"""What a rulebook from before there were policies has: every question is refused."""


def _request(question: Question) -> dict[str, Any]:
    day = question.day
    return {
        "principal": {"type": "Office", "id": question.office},
        "action": {"type": "Action", "id": question.action},
        "resource": {"type": "Category", "id": question.category},
        "context": {
            "role": question.role,
            "purpose": {"type": "Purpose", "id": question.purpose},
            "space": question.space,
            "existence": question.existence,
            "day": day.year * 10_000 + day.month * 100 + day.day,
        },
    }


def _entities(purposes: Purposes) -> list[dict[str, Any]]:
    return [
        {
            "uid": {"type": "Purpose", "id": purpose.id},
            "attrs": {},
            "parents": [{"type": "Purpose", "id": purpose.within}] if purpose.within else [],
        }
        for purpose in purposes.tree
    ]


def _spoken(files: PolicyFiles) -> Iterable[tuple[str, Words]]:
    for name in sorted(files.files):
        for statement in statements(files.files[name]):
            parsed = json.loads(cedarpy.policies_to_json_str(statement.text))
            for policy in parsed["staticPolicies"].values():
                said = policy["annotations"]
                yield said["id"], Words(said["en"], said["da"])
