"""What holds for every test: nothing leaves this machine and nothing is timed."""

import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

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
