"""A referral's item on the docket of a committee: proposed, screened, put on a meeting, or gone.

It holds ids and reasons from a list, never a word about the person. The unit that takes in what is
sent to the committee sees it; for everybody else it does not exist.
"""

from services.councils.domain.item.commands import ItemCommand
from services.councils.domain.item.decisions import decide
from services.councils.domain.item.events import ItemEvent
from services.councils.domain.item.state import Item, NotProposed, evolve
from services.councils.domain.rules import Rules
from shared.kernel.decider import Decider

decider: Decider[ItemCommand, Item, ItemEvent, Rules] = Decider(
    initial=NotProposed(), decide=decide, evolve=evolve
)
