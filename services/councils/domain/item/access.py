"""Who may ask anything of an item at all."""

from services.councils.domain.item.commands import ItemCommand
from services.councils.domain.item.state import Item, NotProposed
from shared.kernel.asking import Acting, Asked
from shared.kernel.refusals import DoesNotExist, OutOfDate


def guard(acting: Acting, asked: Asked, _command: ItemCommand, item: Item) -> None:
    """Refuse every unit but the committee's intake: for them there is nothing here."""
    if isinstance(item, NotProposed):
        return
    if acting.unit != item.intake:
        raise DoesNotExist
    if asked.if_match is not None and item.seen not in asked.if_match:
        raise OutOfDate
