"""Listening to every call of one request to the service of referrals."""

import pytest

from shared.reads.log import ReadLog
from tests.access.hall import Hall
from tests.heard import hear, hear_database, hear_policies


def listen(here: Hall, patch: pytest.MonkeyPatch) -> None:
    """Hear what requests ask of a hall from here on; it is taken away with *patch*."""
    wiring = here.wiring
    facts = ("read_stream", "append", "head", "read_all")
    hear(patch, type(wiring.ground.store), facts, name="store")
    hear(patch, type(wiring.reads.store), ("append",), name="reads")
    hear(patch, ReadLog, ("recall", "note"), name="reads")
    hear(patch, type(wiring.vault), ("opened", "enrol", "seal"), name="vault")
    # As what a unit takes part, and in which class, is what only the case itself can say.
    hear_policies(patch, "action", "office", "purpose", "category")
    hear_database(wiring.views)
