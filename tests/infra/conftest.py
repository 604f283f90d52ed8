"""What a first start needs, made once for all tests that look at it."""

import pytest

from shared.kernel.clock import SystemClock
from shared.platform.first_start import PLACES, FirstStart, Target


@pytest.fixture(scope="session")
def first_start() -> FirstStart:
    """Give what is made for compose."""
    return FirstStart(PLACES[Target.COMPOSE], "oestjylland", SystemClock().now())


@pytest.fixture(scope="session")
def first_start_in_cluster() -> FirstStart:
    """Give what is made for Kubernetes."""
    return FirstStart(PLACES[Target.KUBERNETES], "oestjylland", SystemClock().now())
