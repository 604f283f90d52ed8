"""The vault's private door: what its owner serves to the service's other processes.

They show a certificate or there is no conversation. What destroys, sweeps, rotates and copies is
not served: that is for the owner alone.
"""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ssl import SSLContext
from typing import Final, Self

import structlog
import uvicorn
from pydantic import JsonValue, ValidationError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from shared.vault.asked import MAX_BODY_BYTES, OPERATIONS, PROBLEMS, Asked
from shared.vault.credentials import Credentials
from shared.vault.holder import KeyHolder
from shared.vault.problems import DoorRefused, TooMuchAtOnce, VaultDown, VaultProblem

KEPT_SECONDS: Final = 60
"""How long a connection may be idle; who asks lets go of it well before."""
_PORTS: Final = range(2**16)
_IN_THE_END: Final = 5  # seconds for what is still being answered
_STATUS: Final[Mapping[type[VaultProblem], int]] = {TooMuchAtOnce: 413, VaultDown: 503}
_log = structlog.get_logger()


def door(vault: KeyHolder) -> Starlette:
    """Give the application that answers what is asked of *vault*: 200, or a problem by its name.

    404 and 405 for what is not served, 413 and 422 for a body that is too large or is not what is
    asked there, 409 for what the vault refuses, 503 where it is down.
    """
    return Starlette(
        routes=[
            Route(path, _answering(vault, kind), methods=["POST"])
            for path, kind in OPERATIONS.items()
        ]
    )


def _answering(vault: KeyHolder, kind: type[Asked]) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            asked = kind.model_validate_json(await _body(request))
            return _written(200, await asked.of(vault))
        except ValidationError:
            return _problem(422, "Malformed")
        except VaultProblem as problem:
            return _refused(problem)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as fault:  # noqa: BLE001 - its words may quote what was asked: only its kind is told
            return _unexpected(fault)

    return answered


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            raise TooMuchAtOnce
    return bytes(body)


def _refused(problem: VaultProblem) -> Response:
    name = type(problem).__name__
    if name not in PROBLEMS:
        return _unexpected(problem)
    return _problem(_STATUS.get(type(problem), 409), name)


def _problem(status: int, name: str) -> Response:
    return _written(status, {"problem": name})


def _unexpected(fault: Exception) -> Response:
    _log.error("the vault's door failed", error=type(fault).__name__)
    return _problem(500, VaultDown.__name__)


def _written(status: int, answer: JsonValue) -> Response:
    text = json.dumps(answer, allow_nan=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


@dataclass(frozen=True)
class VaultDoor:
    """The door of *vault* on a port that is held; :meth:`run` serves it, beside other tasks."""

    vault: KeyHolder
    context: SSLContext
    held: socket.socket

    @classmethod
    def open(cls, vault: KeyHolder, host: str, port: int, credentials: Credentials) -> Self:
        """Take the port (any free one for 0) and read the certificates, before anything is served.

        Raises ``CertificateRefused``, and ``DoorRefused`` where the address cannot be had.
        """
        context = credentials.at_the_door()
        return cls(vault, context, _held(host, port))

    @property
    def port(self) -> int:
        """The port that is held."""
        return int(self.held.getsockname()[1])

    async def run(self, stopping: asyncio.Event) -> None:
        """Serve until *stopping* is set, and finish what has begun to be answered."""
        server = _Server(_settings(_Farewell(door(self.vault), stopping), self.context))
        serving = asyncio.create_task(server.serve(sockets=[self.held]))
        told = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({serving, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()
            server.should_exit = True
            await serving

    def close(self) -> None:
        """Let go of the port; after :meth:`run` that has happened already."""
        self.held.close()


def _held(host: str, port: int) -> socket.socket:
    if port not in _PORTS:
        raise _not_to_be_had(host, port, "0–65535")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        held = socket.create_server((host, port), family=family)
    except OSError as cause:
        raise _not_to_be_had(host, port, str(cause)) from cause
    # What is accepted here inherits it; without it each answer waits 40 ms for the other side.
    held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return held


def _not_to_be_had(host: str, port: int, reason: str) -> DoorRefused:
    return DoorRefused(
        f"{host}:{port} kan ikke bruges til nøglelagerets dør; ret KREDSLOB_VAULT_PORT eller"
        f" KREDSLOB_HOST (cannot be had for the vault's door; set another): {reason}"
    )


class _Server(uvicorn.Server):
    """Uvicorn inside a loop that others run in too: signals are theirs."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Who keeps an idle connection does not read it, so TLS would wait for its last word until
        # that times out: such a connection is cut instead. Whoever still read asks again.
        for connection in list(self.server_state.connections):
            if isinstance(connection, H11Protocol) and _is_idle(connection):
                connection.transport.abort()
        await super().shutdown(sockets)


class _Farewell:
    """Lets who is answered after *stopping* was set know that this connection ends."""

    def __init__(self, app: ASGIApp, stopping: asyncio.Event) -> None:
        self._app, self._stopping = app, stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and self._stopping.is_set():
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        await self._app(scope, receive, sent)


def _is_idle(connection: H11Protocol) -> bool:
    begun: RequestResponseCycle | None = connection.cycle  # uvicorn leaves out the None
    return begun is None or begun.response_complete


def _settings(app: ASGIApp, context: SSLContext) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        ssl_context_factory=lambda _config, _default: context,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEPT_SECONDS,
        timeout_graceful_shutdown=_IN_THE_END,
    )
