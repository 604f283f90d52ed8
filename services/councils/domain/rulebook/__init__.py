"""The rulebook in force: its activation is a fact, with all of it inside."""

from services.councils.domain.rulebook.commands import ActivateRulebook
from services.councils.domain.rulebook.decisions import Examined, decide
from services.councils.domain.rulebook.events import RulebookActivated
from services.councils.domain.rulebook.state import NoRulebook, RulebookInForce, evolve
from shared.kernel.decider import Decider

decider: Decider[ActivateRulebook, NoRulebook | RulebookInForce, RulebookActivated, Examined] = (
    Decider(initial=NoRulebook(), decide=decide, evolve=evolve)
)
