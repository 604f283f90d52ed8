"""What can happen to the heads of the ledger.

Heads are facts of the audit service but no entries of the ledger: a head speaks of the ledger from
outside, and if each made the ledger grow, each would make the next one due.
"""

from typing import Literal

from shared.kernel.events import Event


class HeadSigned(Event):
    """The ledger has signed how long it is and what it holds. (da: Loghoved underskrevet)"""

    type: Literal["audit.head-signed.v1"] = "audit.head-signed.v1"
    note: str
