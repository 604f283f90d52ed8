"""Looking a rulebook's content through before anybody decides about it."""

from services.councils.domain.rulebook.commands import ActivateRulebook
from services.councils.domain.rulebook.decisions import Examined, Fault
from shared.rulebook.content import FaultyRulebook, parse
from shared.rulebook.parts import PARTS


def examined(command: ActivateRulebook, _state: object) -> Examined:
    """Give the hash and the district of the content, or all its faults.

    What was activated before there were policies is still read; nothing is activated without.
    """
    if missing := tuple(_missing(part) for part in PARTS if part not in command.content):
        return Examined("", "", missing)
    try:
        found = parse(command.content)
    except FaultyRulebook as faulty:
        faults = tuple(
            Fault(".".join(str(part) for part in f.place), f.rule, f.da, f.en)
            for f in faulty.faults
        )
        return Examined("", "", faults)
    return Examined(found.manifest.hash, found.district.id)


def _missing(part: str) -> Fault:
    return Fault(part, "missing-key", f"{part} mangler", f"{part} is missing")
