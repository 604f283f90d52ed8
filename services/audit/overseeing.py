"""Who may look at what an authority has done, and for which purpose they do so."""

from shared.access.caller import Caller
from shared.access.noting import Why
from shared.kernel.refusals import NotAllowed


class NotAnAuditor(NotAllowed):
    """Only an auditor or data protection officer may look at this.

    (da: Det kan kun en revisor eller databeskyttelsesrådgiver se.)
    """


def control(by: Caller, *, insight: bool = False) -> Why:
    """Give why *by* looks: for control, or to answer who asks for *insight* into their own file.

    The log of reads is used for nothing else (law enforcement directive, article 25(2)).
    """
    if by.acts_as != "dpo":
        return Why(purpose="audit")
    return Why(purpose="insight" if insight else "data_protection")
