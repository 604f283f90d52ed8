"""Copies of a whole embedded platform, and bringing one back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.cli.places import Var
from shared.platform.copying import NotEmpty, NothingThere, NotWhole, copy_all, put_back
from shared.platform.supervising import Platform

_console = Console(soft_wrap=True)


def backup(
    to: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    var: Var = Path("var"),
) -> None:
    """Copy everything that cannot be made anew, while the platform runs.

    The copy holds the keys: keep it as safe as the platform itself.
    Example: kredslob backup /safe/place/2026-11-22
    """
    try:
        with _console.status("Kopierer (copying) …"):
            copy_all(var, to)
    except (NotEmpty, NothingThere) as problem:
        _console.print(str(problem), style="red")
        raise typer.Exit(1) from None
    _console.print(f"Kopien ligger i (the copy is in) {to}")


def restore(
    copy: Annotated[Path, typer.Argument(help="A folder that `kredslob backup` made.")],
    var: Var = Path("var"),
) -> None:
    """Bring a copy back into an empty folder. Read models and bus are filled anew at the start.

    Keys destroyed since the copy was made are destroyed again: give --var the folder in which
    the newest list of them still lies, or lay that list there first.
    Example: kredslob restore /safe/place/2026-11-22 --var var
    """
    if Platform.runs_in(var):
        _console.print("Stop platformen først (stop the platform first).", style="red")
        raise typer.Exit(1)
    try:
        put_back(copy, var)
    except (NotEmpty, NotWhole) as problem:
        _console.print(str(problem), style="red")
        raise typer.Exit(1) from None
    _console.print(f"Lagt tilbage i (restored to) {var}. Start: kredslob up")
