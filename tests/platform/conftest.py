"""One platform of real processes, used by people, for all tests of a process."""

from collections.abc import Iterator

import pytest

from shared.platform.supervising import Platform
from tests.platform.town import Town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Give a platform with referrals on it; each test leaves it running. Its path is a Dane's."""
    var = tmp_path_factory.mktemp("en større platform på prøve") / "var"
    running = Town(Platform.start(var))
    try:
        running.found()
        yield running
    finally:
        running.platform.stop()
