"""The development login as the process that it is."""

import asyncio
import os
import sys
from pathlib import Path

import httpx2

from shared.testing.serving import listening

ROOT = Path(__file__).parents[2]


async def started(var: Path, issuer: str, mode: str) -> asyncio.subprocess.Process:
    """Start it in a folder of its own."""
    told = {"KREDSLOB_VAR": str(var), "KREDSLOB_ISSUER": issuer, "KREDSLOB_MODE": mode}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.devlogin"),
        cwd=ROOT,
        env={**os.environ, **told},
        stderr=asyncio.subprocess.PIPE,
    )


def nothing_in(folder: Path) -> bool:
    """Say whether a folder is as empty as it was."""
    return not any(folder.iterdir())


async def test_it_starts_and_ends_as_told(tmp_path: Path) -> None:
    """It serves at the address that it calls itself, and goes when asked to."""
    held, issuer = listening()
    held.close()
    process = await started(tmp_path, issuer, "embedded")
    assert process.stderr is not None
    async with asyncio.timeout(30), httpx2.AsyncClient() as http:
        while b"running on" not in await process.stderr.readline():
            assert process.returncode is None
        described = await http.get(f"{issuer}/.well-known/openid-configuration")
        assert described.json()["issuer"] == issuer
        assert (await http.get(f"{issuer}/readyz")).status_code == 200
        process.terminate()
        await process.communicate()


async def test_it_does_not_start_in_production(tmp_path: Path) -> None:
    """Beside a production setting the process ends at once, with a fault."""
    async with asyncio.timeout(30):
        process = await started(tmp_path, "http://127.0.0.1:1", "production")
        _, said = await process.communicate()
    assert process.returncode == 1
    assert b"never runs in production" in said
    assert nothing_in(tmp_path)
