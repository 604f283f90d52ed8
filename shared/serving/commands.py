"""What every service can be told on the command line: serve, check, rebuild, parked."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import httpx2
import typer
from fastapi import FastAPI
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table

from shared.eventstore.sqlite_log import SqliteLog
from shared.platform.activating import operate
from shared.platform.supervising import Platform
from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.projections.rebuild import Progress, Rebuild
from shared.projections.views import Reader, Views
from shared.serving.ground import Keys, clock_of
from shared.serving.serve import serve
from shared.serving.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)
_console = Console(soft_wrap=True)


@dataclass(frozen=True)
class Service(Generic[S]):
    """What a service is made of, as far as its commands need it."""

    name: str
    settings: type[S]
    create_app: Callable[[S], FastAPI]
    reads: Callable[[Keys], tuple[Sequence[Projection], Decode]]
    sources: tuple[str, ...]
    """Whose facts its read models are made of: its own and those of others that it follows."""


def commands(service: Service[Any]) -> typer.Typer:
    """Give the command line of one service; without a command it serves."""
    app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
    parked = typer.Typer(no_args_is_help=True)
    app.add_typer(parked, name="parked", help="Facts that a read model could not take in.")

    @app.callback(invoke_without_command=True)
    def begin(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            serve(service.name, service.create_app, service.settings())

    @app.command()
    def check() -> None:
        """Show the settings, and ask what the service stands on whether it answers."""
        raise typer.Exit(_check(service))

    @app.command()
    def rebuild() -> None:
        """Make the read models anew beside the old, and switch when they have caught up."""
        asyncio.run(_rebuild(service))

    @parked.command("list")
    def parked_list() -> None:
        """Show what waits."""
        _parked(service, "GET", "")

    @parked.command()
    def retry(stream: str) -> None:
        """Take a stream up again."""
        _parked(service, "POST", f"/{stream}/retry")

    return app


def _check(service: Service[Any]) -> int:
    settings = service.settings()
    table = Table(title=f"{service.name}: indstillinger (settings)")
    for name, value in settings.model_dump().items():
        table.add_row(f"KREDSLOB_{name.upper()}", str(value))
    _console.print(table)
    answers = {"login": f"{settings.issuer}/.well-known/openid-configuration"}
    if settings.port:
        answers[service.name] = f"http://127.0.0.1:{settings.port}/readyz"
    else:
        found = Platform.found(settings.var)
        answers = {each: f"{found.url(each)}/readyz" for each in ("devlogin", service.name)}
    return max(_ping(name, url) for name, url in answers.items())


def _ping(name: str, url: str) -> int:
    try:
        answer = httpx2.get(url, timeout=3)
    except httpx2.HTTPError as error:
        _console.print(
            f"{name}: svarer ikke (does not answer): {type(error).__name__}", style="red"
        )
        return 1
    _console.print(f"{name}: {answer.status_code} {answer.text[:500]}", highlight=False)
    return int(answer.is_error)


async def _rebuild(service: Service[Any]) -> None:
    settings = service.settings()
    projections, decode = service.reads(Keys.of(service.name, settings))
    clock = clock_of(settings)
    url = settings.views_of(service.name)
    views = await Views.open(url, projections, decode, clock)
    logs: dict[str, SqliteLog] = {
        each: SqliteLog.open(Path(settings.var) / each / "events.db") for each in service.sources
    }
    readers: dict[str, Reader] = dict(logs)
    with Bar() as bar:
        shown = {each: bar.add_task(each, total=None) for each in service.sources}

        def tell(progress: Progress) -> None:
            bar.update(shown[progress.source], completed=progress.position, total=progress.goal)

        try:
            generation = await Rebuild(views, readers, progress=tell).run()
        finally:
            for log in logs.values():
                await log.close()
            await views.close()
    _console.print(f"Læses nu (now read): generation {generation}")


def _parked(service: Service[Any], method: str, path: str) -> None:
    platform = Platform.found(service.settings().var)
    url = f"{platform.url(service.name)}/operations/parked{path}"
    answer = operate(platform, method, url, f"parked{path}-{clock_of(service.settings()).now()}")
    waiting = answer.json()
    for each in waiting:
        told = (each[name] for name in ("source", "position", "stream", "since", "reason"))
        _console.print(*told, highlight=False)
    if not waiting:
        _console.print("Intet venter (nothing waits).")
