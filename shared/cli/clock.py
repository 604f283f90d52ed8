"""Moving the clock of an embedded platform: for trying out what happens next week."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from shared.cli.places import Var
from shared.kernel.clock import ShiftedClock

app = typer.Typer(help="The platform's clock.", no_args_is_help=True)
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
LAST = datetime(2200, 1, 1, tzinfo=UTC)
"""Beyond it a due moment could fall where no calendar goes."""
_SPAN = re.compile(r"(?P<amount>[0-9]{1,6})(?P<unit>[smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_console = Console(soft_wrap=True)


class OutOfReach(ValueError):
    """The clock never goes back, and not beyond ``LAST``."""


@app.command()
def show(var: Var = Path("var")) -> None:
    """Show what time it is for the platform.

    Example: kredslob clock show
    """
    _tell(ShiftedClock(var / "clock"))


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
        _refuse(2, "Skriv fx 7d (write such as 7d).")
    _move(var, timedelta(**{_UNITS[read["unit"]]: int(read["amount"])}))


@app.command("to")
def until(
    moment: Annotated[str, typer.Argument(help="Danish time: 2026-11-27T15:40.")],
    var: Var = Path("var"),
) -> None:
    """Move the clock on to a moment. It never goes back.

    Example: kredslob clock to 2026-11-27T15:40
    """
    try:
        wanted = datetime.fromisoformat(moment)
    except ValueError:
        _refuse(2, "Skriv fx 2026-11-27T15:40 (write such as 2026-11-27T15:40).")
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=COPENHAGEN)
    _move(var, wanted - ShiftedClock(var / "clock").now())


def move(var: Path, by: timedelta) -> None:
    """Shift the clock of the platform in *var* on by a span. Raises ``OutOfReach``."""
    clock = ShiftedClock(var / "clock")
    if not timedelta() <= by <= LAST - clock.now():
        raise OutOfReach(str(by))
    shift = (clock.offset() + by).total_seconds()
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = clock.offset_file.with_suffix(".new")
    new.write_text(f"{shift}\n")
    new.replace(clock.offset_file)


def _move(var: Path, by: timedelta) -> None:
    try:
        move(var, by)
    except OutOfReach:
        back = "Uret går aldrig tilbage (the clock never goes back)."
        far = f"Uret går ikke længere end til {LAST.year} (the clock goes no further)."
        _refuse(1, back if by < timedelta() else far)
    _tell(ShiftedClock(var / "clock"))


def _tell(clock: ShiftedClock) -> None:
    here, shift = clock.now().astimezone(COPENHAGEN), clock.offset()
    rest = timedelta(seconds=shift.seconds)
    _console.print(
        f"{_DAYS[here.weekday()]} {here:%d-%m-%Y %H:%M:%S}"
        f" (uret er stillet {shift.days} dage {rest} frem: the clock is ahead)",
        highlight=False,
    )


def _refuse(code: int, sentence: str) -> NoReturn:
    _console.print(sentence, style="red", highlight=False)
    raise typer.Exit(code)
