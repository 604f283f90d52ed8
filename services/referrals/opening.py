"""Whenever somebody in a receiving unit opens a referral for the first time, that is a fact.

Reading never waits for it: where the store takes no facts just now, the reader reads all the same.
"""

from uuid import UUID

import structlog

from services.referrals.domain.referral.commands import OpenReferral
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.state import Stage
from services.referrals.seeing import Looking
from services.referrals.wiring import SERVICE, Wiring
from shared.access.caller import Caller
from shared.api.idempotency import command_id_of
from shared.api.sealing import mac
from shared.api.tokens import Reached
from shared.api.tracing import Trace
from shared.eventstore.port import StoreProblem
from shared.kernel.asking import Asked
from shared.kernel.refusals import Refusal
from shared.vault.problems import VaultProblem

OPENED = "referral.opened.v1"
_log = structlog.get_logger()


async def opened(here: Wiring, by: Caller, referral: UUID, look: Looking, trace: Trace) -> bool:
    """Record that the caller's unit has opened it, if it has not; say whether its view shows it."""
    if not _is_first(by, look):
        return False
    command_id = command_id_of(here.request_key, "opened", str(referral), by.unit)
    asked = Asked(
        command_id=command_id,
        request_mac=mac(here.request_key, "opened", str(referral), by.unit),
        correlation_id=str(trace.correlation_id),
        causation_id=str(command_id),
        traceparent=trace.traceparent,
    )
    command = OpenReferral(unit=by.unit, at=here.clock.now())
    try:
        handled = await here.referrals.handle(f"referral-{referral}", command, by.acting, asked)
        await here.ground.passed(Reached(SERVICE, handled.position))
    except (StoreProblem, VaultProblem, Refusal) as problem:
        _log.warning("opening not recorded", error=type(problem).__name__)
        return False
    return True


def _is_first(by: Caller, look: Looking) -> bool:
    line = look.line
    if by.oversees or by.names_nobody or not look.sight.on_the_case:
        return False  # a referral is opened by people, on behalf of the unit that it was sent to
    if line.role is Role.SENDER or line.stage is Stage.ENTERED_IN_ERROR or line.closed:
        return False
    return not any(step.type == OPENED and step.unit == by.unit for step in line.timeline)
