"""Whether the policies can be read, say what they do, and decide by their attributes alone."""

import json
import re
from collections.abc import Collection, Iterator

import cedarpy

from shared.rulebook.cedar import SCHEMA, PolicyFiles, statements
from shared.rulebook.checking.expressions import Asked, Expression, policy_faults
from shared.rulebook.checking.investigating import investigating
from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.district import District
from shared.rulebook.loading import Place
from shared.rulebook.purposes import Purposes

ANNOTATIONS = ("id", "da", "en")
_READABLE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def policies_faults(
    files: PolicyFiles, purposes: Purposes, district: District, programmes: Collection[str]
) -> Iterator[Fault]:
    """Everything wrong with the schema and the policies; places end with a policy's number."""
    yield from _schema_faults(files.declared)
    if not files.files:
        da, en = "der er ingen regler om adgang", "there are no policies"
        yield Fault(("files",), "no-policies", da, en)
    asked, ids = Asked(district, purposes.by_id, programmes), set[str]()
    for name in sorted(files.files):
        for index, statement in enumerate(statements(files.files[name])):
            yield from _policy(("files", name, index), statement.text, asked, ids)


def _schema_faults(declared: str) -> Iterator[Fault]:
    try:
        same = str(cedarpy.Schema.from_str(declared)) == str(cedarpy.Schema.from_str(SCHEMA))
    except ValueError as wrong:
        da = "skemaet kan ikke læses"
        yield Fault(("schema",), "wrong-schema", da, f"the schema cannot be read: {wrong}")
        return
    if not same:
        da = "et spørgsmål består af andet, end skemaet siger"
        en = "a question consists of something else than the schema says"
        yield Fault(("schema",), "wrong-schema", da, en)


def _policy(place: Place, text: str, asked: Asked, ids: set[str]) -> Iterator[Fault]:
    try:
        parsed = json.loads(cedarpy.policies_to_json_str(text))
    except ValueError as wrong:
        da, en = "reglen kan ikke læses", f"the policy cannot be read: {wrong}"
        yield Fault(place, "cedar-syntax", da, en)
        return
    for policy in (*parsed["staticPolicies"].values(), *parsed["templates"].values()):
        annotations = policy.get("annotations", {})
        yield from _said(place, annotations, ids)
        faults = list(policy_faults(place, policy, asked))
        yield from faults or _invalid(place, text)


def _said(place: Place, annotations: Expression, ids: set[str]) -> Iterator[Fault]:
    said = {name: str(annotations.get(name) or "").strip() for name in ANNOTATIONS}
    for name in (name for name, words in said.items() if not words):
        yield Fault(place, "missing-text", f"@{name} mangler", f"@{name} is missing")
    if said["id"] and not _READABLE.fullmatch(said["id"]):
        yield Fault(place, "ill-written", "@id er skrevet forkert", "@id is not well written")
    if said["id"] in ids:
        da, en = f"{said['id']} findes allerede", f"{said['id']} is there already"
        yield Fault(place, "duplicate-id", da, en)
    ids.update(filter(None, [said["id"]]))
    yield from investigating(place, *said.values())


def _invalid(place: Place, text: str) -> Iterator[Fault]:
    """What the engine's own strict validation finds, once a policy is of the right form."""
    for error in cedarpy.validate_policies(text, SCHEMA).errors:
        da = "reglen passer ikke til skemaet"
        yield Fault(place, "policy-invalid", da, f"not valid against the schema: {error.error}")
