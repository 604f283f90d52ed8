"""What holds for every test: nothing leaves this machine, nothing is timed, towns are shared."""

import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir
from xdist.scheduler import LoadScopeScheduling

ASKS_THE_NETWORK = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


class LeavesTheMachine(RuntimeError):
    """A test reached for another machine: whatever it needs must run here."""


def _is_here(host: object) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host)
    if text in {"", "None", "localhost"} or text.startswith("/"):
        return True
    try:
        return ip_address(text).is_loopback or ip_address(text).is_unspecified
    except ValueError:
        return False


def _stay_here(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ASKS_THE_NETWORK:
        return
    asked = arguments[-1] if event in {"socket.connect", "socket.sendto"} else arguments[0]
    host = asked[0] if isinstance(asked, tuple) else asked
    if not _is_here(host):
        raise LeavesTheMachine(f"{event}: {host!r}")


sys.addaudithook(_stay_here)

# A slow machine is not a fault, so no example has a deadline.
set_hypothesis_home_dir(Path(__file__).parents[1] / "var" / "cache" / "hypothesis")
settings.register_profile(
    "kredslob", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("kredslob")

ONE_PLATFORM = ("tests/doors/", "tests/platform/", "tests/production/")
TOWNS_OF_THEIR_OWN = "test_killed.py"


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Keeps tests that share a platform on one worker; any other goes where there is room.

    ``--dist loadgroup`` of pytest-xdist 3.8 would do it by a mark, but pytest 9.2 keeps the names
    of tests elsewhere than it writes them.
    """

    def _split_scope(self, nodeid: str) -> str:
        if TOWNS_OF_THEIR_OWN in nodeid:
            return nodeid
        return next((folder for folder in ONE_PLATFORM if folder in nodeid), nodeid)


@pytest.hookimpl(optionalhook=True)  # nobody has to run the tests by several workers
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:  # noqa: ANN401 - xdist's own
    """Give who hands out the tests."""
    return Together(config, log)
