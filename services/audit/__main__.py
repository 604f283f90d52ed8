"""The audit service on the command line: ``python -m services.audit [COMMAND]``."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bar

from services.audit.app import HEARD, create_app, reads
from services.audit.collecting import NothingToCollect, collect
from services.audit.settings import Settings
from services.audit.verifying.verify import verify
from services.audit.wiring import SERVICE
from shared.eventstore.port import StoreProblem
from shared.kernel.starting import CannotStart
from shared.platform.layout import READS, store_in
from shared.serving.commands import Service, commands
from shared.serving.told import told
from shared.transparency.note import NoteKey

app = commands(Service(SERVICE, Settings, create_app, reads, (SERVICE, "councils", *READS)))
_console = Console(soft_wrap=True, highlight=False)


@app.command("verify")
def prove(var: Annotated[Path, typer.Option()] = Path("var")) -> None:
    """Compare ledger, signed heads and stores; name the first place that differs."""
    public = var / SERVICE / "ledger.pub"
    if not public.exists():
        _console.print(f"Her er ingen log (there is no log here): {public}", style="red")
        raise typer.Exit(2)
    key = NoteKey.read(public.read_text())
    origins = {each: store_in(var, each) for each in HEARD}
    kept = [var / "councils" / "heads.db"]
    with Bar(transient=True) as bar:
        task = bar.add_task("Efterprøver (verifying)", total=None)
        found = list(
            verify(
                var / SERVICE / "ledger.db",
                origins,
                kept,
                key,
                lambda done, total: bar.update(task, completed=done, total=total),
            )
        )
    for finding in found:
        words = finding.words()
        style = "red" if finding.fault else None
        _console.print(words.da, words.en, sep="\n", style=style, markup=False)
    if any(finding.fault for finding in found):
        raise typer.Exit(1)
    _console.print("Alt passer sammen (all of it holds together).")


@app.command("collect")
def bring_together(to: Annotated[Path, typer.Argument()]) -> None:
    """Write ledger and facts to files that ``verify`` reads, where the store is no file."""
    try:
        asyncio.run(collect(to, HEARD, told(Settings)))
    except (NothingToCollect, FileExistsError) as missing:
        _console.print(f"Intet samlet (nothing collected): {missing}", style="red")
        raise typer.Exit(2) from None
    except CannotStart as refused:
        words = refused.words()
        _console.print(words.da, words.en, refused.found, sep="\n", style="red", markup=False)
        raise typer.Exit(2) from None
    except (StoreProblem, OSError, sqlite3.Error) as problem:
        _console.print(f"Ikke færdig (not finished): {problem}", style="red", markup=False)
        raise typer.Exit(1) from None
    _console.print(f"Samlet i (collected in) {to}; nu (now): kredslob audit verify --var {to}")


if __name__ == "__main__":
    app()
