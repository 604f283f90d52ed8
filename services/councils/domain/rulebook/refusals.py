"""Why a rulebook is not put in force."""

from shared.kernel.refusals import NotPossible, NotValid


class RulebookFaulty(NotValid):
    """The rulebook has mistakes, so the old one stays in force.

    (da: Regelbogen har fejl, så den gamle er fortsat i kraft.)
    """


class AlreadyInForce(NotPossible):
    """This very rulebook is already in force. (da: Netop den regelbog er allerede i kraft.)"""
