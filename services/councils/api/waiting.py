"""Reading what one has just written, here or in referrals."""

from fastapi import Request

from services.councils.wiring import SERVICE, Here


async def caught_up(request: Request, here: Here) -> None:
    """Wait until the read models show what the caller has written, where it asks for that.

    What was written in referrals counts as shown when its item is on the docket.
    """
    awaited = here.positions.awaited(request)
    if awaited is None:
        return
    await here.ground.passed(awaited)
    if awaited.service != SERVICE:
        await here.up_to_date()
