"""``kredslob``: start the platform, look after it, check its rules and prove its history."""

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.cli.access.commands import app as access
from shared.cli.clock import app as clock
from shared.cli.keeping import backup, restore
from shared.cli.places import Var
from shared.cli.preparing import prepare
from shared.cli.rules import app as rules
from shared.cli.starting import up
from shared.platform.layout import LOGIN, SERVICES

app = typer.Typer(
    help="Kredsløb: henvisninger mellem myndigheder, som uforanderlige hændelser.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
app.add_typer(clock, name="clock")
app.add_typer(rules, name="rulebook")
app.add_typer(access, name="access")
app.command()(up)
app.command()(prepare)
app.command()(backup)
app.command()(restore)
Program = Annotated[str, typer.Argument(help=f"One of: {', '.join((*SERVICES, LOGIN))}.")]
Service = Annotated[str, typer.Argument(help=f"One of: {', '.join(SERVICES)}.")]
_console = Console()


@app.command()
def serve(service: Program) -> None:
    """Run one service in this process, set up by the environment (``kredslob check`` shows how).

    Example: KREDSLOB_PORT=8401 kredslob serve referrals
    """
    _of_service(service)


@app.command()
def check(service: Service = "referrals") -> None:
    """Show what a service is set to, and ask everything it needs whether it answers.

    Example: kredslob check referrals
    """
    _of_service(service, "check")


@app.command()
def rebuild(service: Service) -> None:
    """Make a service's read models anew from the facts, beside the old, and switch when done.

    Example: kredslob rebuild referrals
    """
    _of_service(service, "rebuild")


parked = typer.Typer(help="Facts that a read model could not take in.", no_args_is_help=True)
app.add_typer(parked, name="parked")


@parked.command("list")
def parked_list(service: Service) -> None:
    """Show which streams wait, since when and why.

    Example: kredslob parked list referrals
    """
    _of_service(service, "parked", "list")


@parked.command("retry")
def parked_retry(
    service: Service, stream: Annotated[str, typer.Argument(help="The stream to take up again.")]
) -> None:
    """Take a stream up again, once its cause is mended.

    Example: kredslob parked retry referrals referral-018f6e0a-0000-7000-8000-000000000000
    """
    _of_service(service, "parked", "retry", stream)


audit = typer.Typer(help="Proving what happened.", no_args_is_help=True)
app.add_typer(audit, name="audit")


@audit.command("verify")
def audit_verify(
    var: Var = Path("var"),
) -> None:
    """Compare ledger, signed heads and the services' own stores; name the first place that differs.

    Ends with 0 where everything holds, with 1 where something does not.
    Example: kredslob audit verify --var /backup/of/var
    """
    _of_service("audit", "verify", "--var", str(var))


@audit.command("collect")
def audit_collect(
    to: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
) -> None:
    """Write ledger and facts to files for ``audit verify``, where the store is EventStoreDB.

    Run it where audit runs, with its settings. Nothing in the store is changed.
    Example: kredslob audit collect /backup/2026-11-22
    """
    _of_service("audit", "collect", str(to))


@app.command()
def demo() -> None:
    """Play the story of the Østjylland plan on the real platform, in a folder of its own.

    Ends with 0, or with 1 and the name of the step that failed.
    Example: kredslob demo
    """
    raise typer.Exit(subprocess.call([sys.executable, "-m", "tests.journeys.demo"]))


def _of_service(service: str, *arguments: str) -> None:
    if service not in SERVICES and (service != LOGIN or arguments):
        _console.print(f"Ukendt tjeneste (unknown service): {service}", style="red")
        raise typer.Exit(2)
    sys.argv = [f"kredslob {service}", *arguments]
    runpy.run_module(f"services.{service}", run_name="__main__", alter_sys=True)


def run() -> None:
    """Run the command line."""
    app()
