"""Starting the platform in the foreground."""

import signal
from pathlib import Path
from threading import Event
from types import FrameType

import typer
from rich.console import Console

from shared.cli.places import Var
from shared.platform.activating import activate
from shared.platform.layout import LOGIN, SERVICES
from shared.platform.supervising import AlreadyRunning, NotReady, Platform

_console = Console(soft_wrap=True)


def up(var: Var = Path("var"), rulebook: Path = Path("rulebook")) -> None:
    """Start the platform on free ports of this machine and keep it running until Ctrl-C.

    Each process is started again when it ends. Where everything answers stands in var/run.json.
    Example: kredslob up
    """
    try:
        platform = Platform.start(var)
    except AlreadyRunning:
        _console.print(f"Kører allerede i {var} (is already running there).", style="red")
        raise typer.Exit(1) from None
    stopping = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        _start(platform, rulebook)
        while not stopping.wait(1.0):
            continue
    except NotReady as problem:
        _console.print(f"Blev ikke klar (did not become ready): {problem}", style="red")
        raise typer.Exit(1) from None
    finally:
        _console.print("Stopper (stopping) …")
        platform.stop()


def _start(platform: Platform, rulebook: Path) -> None:
    with _console.status("Starter (starting) …"):
        for service in (LOGIN, *SERVICES):
            platform.wait_until_ready(service)
        activate(platform, rulebook)
    for service in (*SERVICES, LOGIN):
        _console.print(f"{service:10} {platform.url(service)}")
    _console.print("Klar (ready). Udviklingslogin: enhver kan være enhver. Ctrl-C stopper.")
