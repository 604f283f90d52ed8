"""Why sharing does not end, or does not go on. Each sentence is what a person reads."""

from shared.kernel.refusals import NotAllowed, NotPossible, NotValid


class SharingEnded(NotPossible):
    """What your unit shared here has ended. (da: Delingen er ophørt for jeres enhed.)"""


class TookPart(NotPossible):
    """The unit took part before, and its view has closed: share anew in a new referral.

    (da: Enheden har været part, og delingen er ophørt: del på ny i en ny henvisning.)
    """


class NotLetIn(NotAllowed):
    """Only a unit that was let in may leave. (da: Kun en inddraget enhed kan udtræde.)"""


class UnknownConsent(NotValid):
    """No such consent is recorded here. (da: Der er ikke registreret et sådant samtykke her.)"""


class ConsentGone(NotPossible):
    """This consent was taken back already. (da: Det samtykke er allerede tilbagekaldt.)"""


class NoConsent(NotPossible):
    """No consent stands that could be taken back. (da: Der er intet samtykke at tilbagekalde.)"""


class WithdrawnInFuture(NotValid):
    """A consent cannot be taken back later than today, or before it was given.

    (da: Et samtykke kan ikke være tilbagekaldt efter i dag eller før, det blev givet.)
    """
