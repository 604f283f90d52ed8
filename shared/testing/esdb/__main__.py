"""Run the test server: ``python -m shared.testing.esdb FOLDER --port N``. For tests only."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from shared.testing.esdb.cluster import VERSION
from shared.testing.esdb.log import FolderInUse
from shared.testing.esdb.process import READY
from shared.testing.esdb.server import Certificate, esdb_server


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m shared.testing.esdb",
        description="A small server that speaks EventStoreDB's protocol. It is for tests only: "
        "it has no users, no replicas and no backups. Never keep real facts in it.",
    )
    parser.add_argument("folder", type=Path, help="where its streams are kept, in one file")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--version", default=VERSION, help="the version it says it is")
    parser.add_argument("--tls-cert", type=Path, help="file with its certificate; none is no TLS")
    parser.add_argument("--tls-key", type=Path, help="file with the key of that certificate")
    asked = parser.parse_args()
    if (asked.tls_cert is None) != (asked.tls_key is None):
        parser.error("--tls-cert and --tls-key go together")
    return asked


async def _serve(asked: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for ends in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ends, stop.set)
    certificate = Certificate(asked.tls_cert, asked.tls_key) if asked.tls_cert else None
    async with esdb_server(
        asked.folder, port=asked.port, version=asked.version, certificate=certificate
    ) as server:
        print(f"EventStoreDB test server {READY}{server.target}", flush=True)  # noqa: T201 - whoever started it waits for this line
        await stop.wait()


try:
    asyncio.run(_serve(_asked()))
except (FolderInUse, RuntimeError, OSError) as why:
    sys.exit(str(why))
