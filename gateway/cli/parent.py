"""A child that ends with its parent, however the parent ends (Linux; elsewhere the supervisor's own stop must do)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """Asks the kernel for a signal when the parent is gone, and ends at once if it went before we asked.

    `parent` is the process id that the caller believes in. Must run in the child's main thread.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)
