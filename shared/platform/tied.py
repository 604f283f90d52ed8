"""Become another program that ends when its parent does, however the parent ended.

``python -m shared.platform.tied PROGRAM ARGUMENT ...``: without this a supervisor that was killed
would leave servers behind that hold files and ports. Linux only; elsewhere nothing is tied.

``KREDSLOB_PARENT`` says who the parent is, and is set anew for what that program starts itself.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)
PARENT = "KREDSLOB_PARENT"


def tie(parent: int) -> None:
    """Ask the kernel to end this process when its *parent* ends."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it was gone before the kernel knew
        sys.exit(1)


if __name__ == "__main__":
    tie(int(os.environ[PARENT]))
    os.environ[PARENT] = str(os.getpid())  # which is the program's, too
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - becoming that program is what this is for
