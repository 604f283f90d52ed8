"""Who can get at a file with a secret in it, by what its owner and its mode say."""

import os
import stat
from typing import Final

ROOT: Final = 0
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_BUT_READING_GROUP: Final = _OTHERS & ~stat.S_IRGRP


def open_to_others(owner: int, mode: int, we: int) -> bool:
    """Say whether a file of user *owner*, with *mode*, lets anybody at it but us, the user *we*.

    Nobody but its owner may touch it, with one exception. An orchestrator mounts a secret as root's
    and lets us read it as the group that it gave us: root could read it anyway, and we could not
    open it to that group ourselves. A group that may change the file is never let pass.
    """
    mounted = owner == ROOT != we
    return bool(mode & (_OTHERS_BUT_READING_GROUP if mounted else _OTHERS))


def is_private(file: int) -> bool:
    """Say whether the open file with this descriptor is for us alone."""
    status = os.fstat(file)
    return not open_to_others(status.st_uid, stat.S_IMODE(status.st_mode), os.geteuid())
