"""How a policy of this service asks for something: by itself, for a unit, because of a cause.

It acts in no office and opens nothing. The command's id follows from the cause, so that what was
asked for before a crash is not done twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.wiring import Wiring
from shared.api.identity import machine_id
from shared.api.sealing import mac
from shared.api.tracing import asked_by, continued
from shared.kernel.asking import Acting, Asked
from shared.kernel.ids import AuthorityId, derived


@dataclass(frozen=True, slots=True)
class Cause:
    """What a policy acts because of: its id, the step that follows, and the trace it came with."""

    id: UUID
    step: str
    metadata: Mapping[str, str] = field(default_factory=dict)


async def as_policy(
    here: Wiring, policy: str, command: ReferralCommand, stream: str, cause: Cause
) -> None:
    """Ask for *command*, for the unit that it names, in the name of nobody.

    Raises what the handler raises, and ``LookupError`` for a unit that nobody knows.
    """
    district = here.rulebooks.at(command.at).district
    authority = district.authority_by_id[district.unit_by_id[command.unit].authority]
    trace = continued(cause.metadata.get("traceparent"))
    asked = Asked(
        command_id=derived(cause.id, cause.step),
        request_mac=mac(here.request_key, policy, str(cause.id)),
        correlation_id=cause.metadata.get("correlation_id", str(trace.correlation_id)),
        causation_id=str(cause.id),
        traceparent=trace.traceparent,
    )
    machine = machine_id(here.actor_key, policy)
    acting = Acting(machine, AuthorityId(authority.id), authority.regime, command.unit)
    with asked_by(policy, trace):
        await here.referrals.handle(stream, command, acting, asked)
