"""What every service can be told on the command line: serve, check, rebuild, parked."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import uuid4

import httpx2
import typer
from fastapi import FastAPI
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table

from shared.messaging.bus import Unanswered
from shared.platform.activating import operate
from shared.platform.plainly import plainly
from shared.platform.supervising import Platform
from shared.projections.bookkeeping import TwoRunners
from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.projections.rebuild import NotTheSame, Progress, Rebuild, Unreadable
from shared.projections.views import OtherShape, Views
from shared.serving.keys import Keys
from shared.serving.opening import clock_of
from shared.serving.reading import sources
from shared.serving.serve import plainly_ended, serve
from shared.serving.settings import ServiceSettings
from shared.serving.told import told

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
    """Whose facts its read models are made of, its own and those of others that it follows, in the
    order in which a rebuild reads them: first whose facts carry rulings."""
    demand: Callable[[S], object] | None = None
    """Raises ``CannotStart`` where it sees from the settings that the service could never work;
    its keys are looked for where nothing is said."""


def commands(service: Service[Any]) -> typer.Typer:
    """Give the command line of one service; without a command it serves."""
    app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
    app.add_typer(_about_parked(service), name="parked")

    @app.callback(invoke_without_command=True)
    def begin(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            demand = service.demand or partial(Keys.of, service.name)
            serve(service.name, service.create_app, _told(service), demand=demand)

    @app.command()
    def check() -> None:
        """Show the settings, and ask what the service stands on whether it answers."""
        with plainly():
            raise typer.Exit(_check(service))

    @app.command()
    def rebuild() -> None:
        """Make the read models anew beside the old, and switch when they have caught up."""
        with plainly(), plainly_ended(service.name):
            raise typer.Exit(asyncio.run(_rebuild(service, _told(service))))

    return app


def _told(service: Service[S]) -> S:
    with plainly_ended(service.name):
        return told(service.settings)


def _about_parked(service: Service[Any]) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help="Facts that a read model could not take in.")

    @app.command("list")
    def parked_list() -> None:
        """Show what waits."""
        _parked(service, "GET", "")

    @app.command()
    def retry(stream: str) -> None:
        """Take a stream up again."""
        _parked(service, "POST", f"/{stream}/retry")

    return app


def _check(service: Service[Any]) -> int:
    settings = _set_to(service)
    table = Table(title=f"{service.name}: indstillinger (settings)", show_header=False)
    for name, value in settings.model_dump().items():
        table.add_row(f"KREDSLOB_{name.upper()}", _shown(str(value)))
    _console.print(table)
    answers = {
        "login": f"{settings.issuer}/.well-known/openid-configuration",
        service.name: f"http://127.0.0.1:{settings.port}/readyz",
    }
    return max(_ping(name, url) for name, url in answers.items())


def _shown(value: str) -> str:
    """Give a setting without what an address says before its host and after its path."""
    scheme, is_address, rest = value.partition("://")
    if not is_address:
        return value
    before, signed_in, place = rest.rpartition("@")
    if "?" in before:  # nobody can tell where its password ends
        return f"{scheme}://…"
    return f"{scheme}://{'…@' if signed_in else ''}{place.partition('?')[0]}"


def _set_to(service: Service[Any]) -> ServiceSettings:
    """Give what the environment says, and where it names no port what the platform here was told.

    Raises ``NotRunning``.
    """
    settings: ServiceSettings = _told(service)
    if settings.port:
        return settings
    running = Platform.found(settings.var).running
    found = {
        "port": getattr(running.ports, service.name),
        "issuer": running.issuer,
        "bus_url": f"nats://127.0.0.1:{running.ports.nats}",
    }
    return settings.model_copy(update=found)


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


async def _rebuild(service: Service[Any], settings: ServiceSettings) -> int:
    clock = clock_of(settings)
    async with AsyncExitStack() as stack:
        readers = await stack.enter_async_context(sources(service.name, service.sources, settings))
        projections, decode = service.reads(Keys.of(service.name, settings))
        views = await Views.open(settings.views_of(service.name), projections, decode, clock)
        stack.push_async_callback(views.close)
        bar = stack.enter_context(Bar())
        shown = {each: bar.add_task(each, total=None) for each in service.sources}

        def tell(progress: Progress) -> None:
            bar.update(shown[progress.source], completed=progress.position, total=progress.goal)

        try:
            generation = await Rebuild(views, readers, progress=tell).run()
        except (Unreadable, NotTheSame, TwoRunners, OtherShape, Unanswered) as problem:
            _console.print(f"Intet skiftet (nothing switched): {problem!r}", style="red")
            return 1
    _console.print(f"Læses nu (now read): generation {generation}")
    return 0


def _parked(service: Service[Any], method: str, path: str) -> None:
    with plainly():
        platform = Platform.found(_told(service).var)
        url = f"{platform.url(service.name)}/operations/parked{path}"
        waiting = operate(platform, method, url, str(uuid4())).json()
    for each in waiting:
        told = (each[name] for name in ("source", "position", "stream", "since", "reason"))
        _console.print(*told, highlight=False)
    if not waiting:
        _console.print("Intet venter (nothing waits).")
