"""An application behind a real HTTP server on this machine, for as long as a test needs it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI


def listening() -> tuple[socket.socket, str]:
    """Give a socket that holds a free port of 127.0.0.1, and the address it will be served at."""
    held = socket.create_server(("127.0.0.1", 0))
    # asyncio sets this only on sockets that say TCP outright; without it answers wait 40 ms.
    held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return held, f"http://127.0.0.1:{held.getsockname()[1]}"


@asynccontextmanager
async def serving(app: FastAPI, held: socket.socket | None = None) -> AsyncIterator[str]:
    """Serve *app*, and give its address; it is down again when the block is left."""
    held = held or listening()[0]
    told = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5)
    server = uvicorn.Server(told)
    running = asyncio.create_task(server.serve(sockets=[held]))
    try:
        async with asyncio.timeout(20):
            while not server.started:
                if running.done():
                    running.result()
                await asyncio.sleep(0)
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        held.close()
