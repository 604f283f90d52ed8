"""An office that a person holds in a unit or forum: granted, and some day ended."""

from services.councils.domain.office.commands import EndOffice, GrantOffice
from services.councils.domain.office.decisions import decide
from services.councils.domain.office.events import OfficeEvent
from services.councils.domain.office.state import Held, Vacant, evolve
from services.councils.domain.rules import Rules
from shared.kernel.decider import Decider

decider: Decider[GrantOffice | EndOffice, Vacant | Held, OfficeEvent, Rules] = Decider(
    initial=Vacant(), decide=decide, evolve=evolve
)
