"""Start the development login: ``python -m services.devlogin``."""

from urllib.parse import urlsplit

import uvicorn

from services.devlogin.app import create_app
from services.devlogin.settings import Settings
from shared.api.logging import configure
from shared.kernel.clock import ShiftedClock

settings = Settings()
clock = ShiftedClock(settings.var / "clock")
configure("devlogin", clock)
app, port = create_app(settings, clock), urlsplit(settings.issuer).port or 80
uvicorn.run(
    app,
    host=settings.host,
    port=port,
    log_config=None,
    access_log=False,
    timeout_graceful_shutdown=5,
)
