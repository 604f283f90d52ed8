"""The referrals service with a log of reads that can be told to note nothing, and back.

``python -m benchmarks.unlogged`` takes the place of ``python -m services.referrals`` while the cost
of the log is measured: both sides are the same process, in turn. The product itself has no such
switch.
"""

from typing import Any

from fastapi import APIRouter, Request

from services.referrals.app import create_app
from services.referrals.settings import Settings
from services.referrals.wiring import Wiring
from shared.reads.reading import Reading
from shared.serving.serve import serve

NOTE = "note"
router = APIRouter()


@router.put("/noting/{on}", status_code=204)
async def switch(on: bool, request: Request) -> None:  # noqa: FBT001 - a part of the path
    """Let reads be noted from now on, or not."""
    wiring: Wiring = request.app.state.wiring
    replaced = vars(wiring.reads)
    if on:
        replaced.pop(NOTE, None)
    else:
        replaced[NOTE] = _nothing


async def _nothing(_reading: Reading) -> None:
    """Note nothing."""


def with_switch(settings: Settings) -> Any:  # noqa: ANN401 - what create_app gives
    """Give the application of the service with the switch beside its doors."""
    app = create_app(settings)
    app.include_router(router)
    return app


if __name__ == "__main__":
    serve("referrals", with_switch, Settings())
