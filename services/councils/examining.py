"""Looking a rulebook's content through before anybody decides about it."""

from services.councils.domain.rulebook.commands import ActivateRulebook
from services.councils.domain.rulebook.decisions import Examined, Fault
from shared.rulebook.content import FaultyRulebook, parse


def examined(command: ActivateRulebook, _state: object) -> Examined:
    """Give the hash and the district of the content, or all its faults."""
    try:
        found = parse(command.content)
    except FaultyRulebook as faulty:
        faults = tuple(
            Fault(".".join(str(part) for part in f.place), f.rule, f.da, f.en)
            for f in faulty.faults
        )
        return Examined("", "", faults)
    return Examined(found.manifest.hash, found.district.id)
