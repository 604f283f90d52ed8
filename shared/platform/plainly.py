"""What an operator is told where a command cannot do its work: a sentence, and the end with 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import typer
from rich.console import Console

from shared.platform.activating import Refused
from shared.platform.layout import NotRunning

_console = Console(soft_wrap=True)


@contextmanager
def plainly() -> Iterator[None]:
    """Let a command end with 1 and a sentence where no platform runs, answers or agrees."""
    try:
        yield
    except NotRunning as where:
        _stop(f"Ingen platform kører i (no platform runs in) {where}. Start: kredslob up")
    except Refused as refused:
        _stop(f"Afvist (refused): {refused}")
    except httpx2.HTTPError as silence:
        _stop(f"Platformen svarer ikke (does not answer): {type(silence).__name__}")


def _stop(sentence: str) -> None:
    _console.print(sentence, style="red", highlight=False, markup=False)
    raise typer.Exit(1)
