"""Checking the rulebook, and putting it in force."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.cli.places import Var
from shared.platform.activating import activate
from shared.platform.plainly import plainly
from shared.platform.supervising import Platform
from shared.rulebook.checking import check as checked
from shared.rulebook.content import load

app = typer.Typer(help="The rules, as data.", no_args_is_help=True)
Directory = Annotated[Path, typer.Argument(help="The folder of the rulebook.")]
_console = Console(soft_wrap=True)


@app.command()
def check(directory: Directory = Path("rulebook")) -> None:
    """Name file, line and rule of every mistake; end with 0 where there is none.

    Example: kredslob rulebook check
    """
    refuse_mistakes(directory)
    manifest = load(directory).manifest.hash
    _console.print(f"Ingen fejl (no mistakes). Regelsættet hedder (its hash is) {manifest}")


@app.command("activate")
def put_in_force(directory: Directory = Path("rulebook"), var: Var = Path("var")) -> None:
    """Put the rulebook in force on the platform that runs here.

    Example: kredslob rulebook activate
    """
    refuse_mistakes(directory)
    with plainly():
        changed = activate(Platform.found(var), directory)
    _console.print(
        "Sat i kraft (now in force)."
        if changed
        else "Var i kraft i forvejen (was in force already)."
    )


def refuse_mistakes(directory: Path, *, ending: int = 1) -> None:
    """Name every mistake of a rulebook, and end with *ending* where there is one."""
    mistakes = checked(directory)
    for mistake in mistakes:
        _console.print(str(mistake), highlight=False, markup=False)
    if mistakes:
        _console.print(f"{len(mistakes)} fejl (mistakes)", style="red")
        raise typer.Exit(ending)
