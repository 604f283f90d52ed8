"""Why an item answers no. Each sentence is what a person reads."""

from shared.kernel.refusals import NotAllowed, NotPossible, NotValid


class ItemElsewhere(NotPossible):
    """The item is not where this can be done with it.

    (da: Punktet er ikke dér, hvor det kan lade sig gøre.)
    """


class AgendaGone(NotAllowed):
    """The agenda has gone out; only the coordinator puts more on it now.

    (da: Dagsordenen er sendt ud; nu kan kun tovholderen sætte mere på.)
    """


class KeepsNoDocket(NotValid):
    """This forum keeps no docket of referrals. (da: Det forum fører ingen sagsliste.)"""


class AnotherDocket(NotValid):
    """It belongs to the docket of another committee.

    (da: Det hører til et andet udvalgs sagsliste.)
    """


class UnknownReason(NotValid):
    """The rulebook has no such reason for this docket.

    (da: Regelbogen har ikke den grund til den sagsliste.)
    """


class JoinedWithNobody(NotPossible):
    """The other item does not stand on the docket by itself.

    (da: Det andet punkt står ikke selv på sagslisten.)
    """
