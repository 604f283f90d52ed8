"""One writer for one store: a lock file that the kernel lets go of, however its holder ends."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from shared.eventstore.port import StoreInUse


@dataclass(frozen=True, slots=True)
class WriterLock:
    """The right to write to one store. The file stays when it is released: only the lock counts."""

    descriptor: int

    @classmethod
    def take(cls, store: Path) -> Self:
        """Take the lock that lies beside *store*, or raise ``StoreInUse`` at once."""
        beside = store.with_name(store.name + ".lock")
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            os.close(descriptor)
            raise StoreInUse(f"another writer holds {beside.name}") from held
        return cls(descriptor)

    def release(self) -> None:
        """Let another writer in."""
        os.close(self.descriptor)
