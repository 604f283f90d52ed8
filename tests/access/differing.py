"""Whether the platform answers anything otherwise than the law, where most is shared.

For who breaks something on purpose and wants to know whether the matrix and the acts see it.
"""

from tests.access import everybody as every
from tests.access import oracle
from tests.access import test_acts as acts
from tests.access import test_matrix as matrix
from tests.access.everybody import NO_PARTY, Place


def differs(space: str) -> bool:
    """Tell whether anything is answered otherwise than the law says, where most is shared."""
    for role in (*every.ROLES, NO_PARTY):
        usual = every.STRANGER if role == NO_PARTY else every.kind_in(space, role)
        place = Place(space, role, usual)
        if _shows_otherwise(place) or _lets_otherwise(place):
            return True
    return False


def _shows_otherwise(place: Place) -> bool:
    shown = matrix.cases(place, (every.MOST_SHARED,))
    return any(matrix.says(case) not in {None, is_shown} for case, is_shown in shown)


def _lets_otherwise(place: Place) -> bool:
    lets: dict[oracle.Case, bool] = {}
    for case, command, is_let in acts.acts(place, (every.MOST_SHARED,)):
        lets[case] = lets.get(case, False) or is_let
        if is_let and oracle.law_lets(case) is False and not acts.is_known(case, command):
            return True
    return any(acts.is_owed(case) and not is_let for case, is_let in lets.items())
