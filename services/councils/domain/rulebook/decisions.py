"""What follows when a rulebook is to be put in force."""

from dataclasses import dataclass

from services.councils.domain.rulebook.commands import ActivateRulebook
from services.councils.domain.rulebook.events import RulebookActivated
from services.councils.domain.rulebook.refusals import AlreadyInForce, RulebookFaulty
from services.councils.domain.rulebook.state import NoRulebook, RulebookInForce


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that the content breaks, where in it, and the sentence about it in two languages."""

    place: str
    rule: str
    da: str
    en: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What the check of a rulebook's content found. With faults it has no hash and no district."""

    manifest_hash: str
    district: str
    faults: tuple[Fault, ...] = ()


def decide(
    command: ActivateRulebook, rulebook: NoRulebook | RulebookInForce, examined: Examined
) -> tuple[RulebookActivated]:
    """Put the content in force, if it is sound and not what is in force already."""
    if examined.faults:
        raise RulebookFaulty(
            faults=[
                {"place": f.place, "rule": f.rule, "da": f.da, "en": f.en} for f in examined.faults
            ]
        )
    if rulebook == RulebookInForce(examined.manifest_hash):
        raise AlreadyInForce(manifest=examined.manifest_hash)
    return (
        RulebookActivated(
            district=examined.district,
            manifest=examined.manifest_hash,
            content=command.content,
        ),
    )
