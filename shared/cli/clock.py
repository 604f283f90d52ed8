"""Moving the clock of an embedded platform: for trying out what happens next week."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from shared.cli.places import Var
from shared.kernel.clock import ShiftedClock

app = typer.Typer(help="The platform's clock.", no_args_is_help=True)
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_SPAN = re.compile(r"(?P<amount>\d+)(?P<unit>[smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_console = Console()


@app.command()
def show(var: Var = Path("var")) -> None:
    """Show what time it is for the platform."""
    clock = ShiftedClock(var / "clock")
    _tell(clock)


@app.command()
def forward(
    span: Annotated[str, typer.Argument(help="How far: 90s, 15m, 4h, 7d, 2w.")],
    var: Var = Path("var"),
) -> None:
    """Move the clock on, for every process at once. It never goes back.

    Example: kredslob clock forward 7d
    """
    read = _SPAN.fullmatch(span)
    if read is None:
        _console.print("Skriv fx 7d (write such as 7d).", style="red")
        raise typer.Exit(2)
    _move(var, timedelta(**{_UNITS[read["unit"]]: int(read["amount"])}))


@app.command("to")
def until(
    moment: Annotated[str, typer.Argument(help="Danish time: 2026-11-27T15:40.")],
    var: Var = Path("var"),
) -> None:
    """Move the clock on to a moment. It never goes back.

    Example: kredslob clock to 2026-11-27T15:40
    """
    wanted = datetime.fromisoformat(moment)
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=COPENHAGEN)
    by = wanted - ShiftedClock(var / "clock").now()
    if by < timedelta():
        _console.print("Uret går aldrig tilbage (the clock never goes back).", style="red")
        raise typer.Exit(1)
    _move(var, by)


def move(var: Path, by: timedelta) -> None:
    """Shift the clock of the platform in *var* on by a span."""
    clock = ShiftedClock(var / "clock")
    shift = (clock.offset() + by).total_seconds()
    new = clock.offset_file.with_suffix(".new")
    new.write_text(f"{shift}\n")
    new.replace(clock.offset_file)


def _move(var: Path, by: timedelta) -> None:
    move(var, by)
    _tell(ShiftedClock(var / "clock"))


def _tell(clock: ShiftedClock) -> None:
    here = clock.now().astimezone(COPENHAGEN)
    shift = clock.offset()
    now = datetime.now(UTC).astimezone(COPENHAGEN)
    _console.print(f"{here:%A %d-%m-%Y %H:%M:%S} (uret er stillet {shift} frem; nu er {now:%H:%M})")
