"""Where the platform's folder is, said once for all commands."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Var: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--var",
        envvar="KREDSLOB_VAR",
        help="The folder in which everything that runs lives.",
    ),
]
