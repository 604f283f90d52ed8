"""Starting the platform in the foreground."""

import signal
from pathlib import Path
from threading import Event
from types import FrameType
from typing import NoReturn

import typer
from rich.console import Console

from shared.cli.places import Var
from shared.cli.rules import refuse_mistakes
from shared.platform.activating import activate
from shared.platform.layout import LOGIN, SERVICES, PortTaken
from shared.platform.plainly import plainly
from shared.platform.supervising import AlreadyRunning, NotReady, Platform

_console = Console(soft_wrap=True)


def up(var: Var = Path("var"), rulebook: Path = Path("rulebook")) -> None:
    """Start the platform on free ports of this machine and keep it running until Ctrl-C.

    Each process is started again when it ends. Where everything answers stands in var/run.json.
    Example: kredslob up
    """
    refuse_mistakes(rulebook)
    stopping = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    platform = _begun(var)
    try:
        with plainly():
            _start(platform, rulebook)
        while not stopping.wait(1.0):
            if not Platform.runs_in(var):
                _refuse("Platformen er holdt op (the platform has ended).")
    except NotReady as problem:
        _refuse(f"Blev ikke klar (did not become ready): {problem}")
    finally:
        _console.print("Stopper (stopping) …")
        platform.stop()


def _begun(var: Path) -> Platform:
    try:
        return Platform.start(var)
    except AlreadyRunning:
        _refuse(f"Kører allerede i {var} (is already running there).")
    except PortTaken as port:
        _refuse(f"Loginnets port {port} er optaget (the login's port is taken).")


def _refuse(sentence: str) -> NoReturn:
    _console.print(sentence, style="red")
    raise typer.Exit(1)


def _start(platform: Platform, rulebook: Path) -> None:
    with _console.status("Starter (starting) …"):
        for service in (LOGIN, *SERVICES):
            platform.wait_until_ready(service)
        activate(platform, rulebook)
    for service in (*SERVICES, LOGIN):
        _console.print(f"{service:10} {platform.url(service)}")
    _console.print("Klar (ready). Udviklingslogin: enhver kan være enhver. Ctrl-C stopper.")
