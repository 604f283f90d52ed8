"""The rows as a table for people."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.rows import missed

VERDICTS = {True: "[green]ja[/]", False: "[red]nej[/]", None: ""}


def tell(console: Console, rows: Sequence[dict[str, Any]], left_out: Sequence[str]) -> None:
    """Print the rows, then each target that was missed and whatever was not measured."""
    console.print(table(rows))
    for sentence in missed(rows):
        console.print(f"[red]{sentence}[/]")
    for sentence in left_out:
        console.print(f"[yellow]Ikke målt (not measured): {sentence}[/]")


def table(rows: Sequence[dict[str, Any]]) -> Table:
    """Give the rows as a table: what, value, unit, target, met."""
    shown = Table(title="Målinger (measurements)")
    shown.add_column("Hvad (what)", overflow="fold")
    shown.add_column("Værdi (value)", justify="right")
    shown.add_column("Enhed (unit)")
    shown.add_column("Mål (target)", justify="right")
    shown.add_column("Nået (met)")
    for row in rows:
        target = row["target"] or ""
        shown.add_row(row["name"], f"{row['value']:,g}", row["unit"], target, VERDICTS[row["met"]])
    return shown
