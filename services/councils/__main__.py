"""Start the councils service: ``python -m services.councils``."""

from services.councils.app import create_app
from services.councils.settings import Settings
from services.councils.wiring import SERVICE
from shared.serving.serve import serve

serve(SERVICE, create_app, Settings())
