"""Start the referrals service: ``python -m services.referrals``."""

from services.referrals.app import create_app
from services.referrals.settings import Settings
from services.referrals.wiring import SERVICE
from shared.serving.serve import serve

serve(SERVICE, create_app, Settings())
