"""Why a meeting answers no."""

from shared.kernel.refusals import NotAllowed, NotPossible, NotValid


class NotYourCommittee(NotAllowed):
    """Only the unit that takes in what is sent to the committee convenes it.

    (da: Kun den enhed, der modtager udvalgets henvendelser, indkalder det.)
    """


class StartsInPast(NotValid):
    """A meeting begins later than now. (da: Et møde begynder senere end nu.)"""


class StartsTooLate(NotValid):
    """A meeting begins within five years. (da: Et møde begynder inden for fem år.)"""


class AlreadyConvened(NotPossible):
    """This meeting has been convened. (da: Mødet er indkaldt.)"""


class AgendaAlreadySent(NotPossible):
    """The agenda has gone out already. (da: Dagsordenen er allerede sendt ud.)"""
