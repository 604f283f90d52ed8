"""A head of the log: how many entries, under which root, of which log (C2SP tlog-checkpoint)."""

import base64
import re
from dataclasses import dataclass

from shared.transparency.note import NoteKey, NotSigned, Signer, verify_note

ROOT_BYTES = 32
# 18 digits are more than any log has, and the most that fit into 64 bits, where heads are kept.
_TEXT = re.compile(r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[^\n]+)\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log *origin* held *size* entries under *root* (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Give the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def signed(self, signer: Signer) -> str:
        """Give the signed note that says so."""
        return signer.sign(self.text())

    @classmethod
    def verified(cls, note: str, key: NoteKey) -> "Checkpoint":
        """Give the head in *note*, signed with *key* by the log it is of; raises ``NotSigned``."""
        lines = _TEXT.fullmatch(verify_note(note, key))
        if lines is None or lines["origin"] != key.name:
            raise NotSigned(f"the note is no head of {key.name}")
        try:
            root = base64.b64decode(lines["root"], validate=True)
        except ValueError as wrong:
            raise NotSigned("the root is not base64") from wrong
        if len(root) != ROOT_BYTES:
            raise NotSigned("the root is not 32 bytes")
        return cls(lines["origin"], int(lines["size"]), root)


def log_name(district: str) -> str:
    """Give the name of a district's log: the first line of its heads and the name of its key."""
    return f"kredslob/{district}/ledger"
