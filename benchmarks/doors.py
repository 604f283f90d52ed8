"""The referrals service with one door more, which checks token and body and stores nothing.

``python -m benchmarks.doors`` takes the place of ``python -m services.referrals`` while commands
over HTTP are measured. The product itself has no such door.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from services.referrals.app import create_app
from services.referrals.domain.referral.commands import DraftReferral
from services.referrals.settings import Settings
from shared.access.saying import said
from shared.api.identity import Identity, signed_in
from shared.serving.serve import serve

Body: Any = said(DraftReferral).dependency.__annotations__["said"]
"""The very model that the door for drafts reads its body into."""
router = APIRouter()


@router.post("/nothing", status_code=201)
async def nothing(
    draft: Body,
    _who: Annotated[Identity, Depends(signed_in)],
) -> dict[str, str]:
    """Believe the token, read the body, do nothing."""
    return {"programme": draft.programme}


def with_nothing(settings: Settings) -> Any:  # noqa: ANN401 - what create_app gives
    """Give the application of the service with the door beside its own."""
    app = create_app(settings)
    app.include_router(router)
    return app


if __name__ == "__main__":
    serve("referrals", with_nothing, Settings())
