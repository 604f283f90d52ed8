"""One service as one process: its doors on 127.0.0.1, until it is told to stop."""

from collections.abc import Callable
from typing import TypeVar

import uvicorn
from fastapi import FastAPI

from shared.api.logging import configure
from shared.serving.ground import clock_of
from shared.serving.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)


def serve(service: str, create_app: Callable[[S], FastAPI], settings: S) -> None:
    """Serve until a signal comes; what was begun is finished first."""
    configure(service, clock_of(settings))
    uvicorn.run(
        create_app(settings),
        host="127.0.0.1",
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )
