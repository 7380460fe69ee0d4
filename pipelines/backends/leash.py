"""Runs a program that ends when its parent does: `python -m pipelines.backends.leash PARENT_PID PROGRAM ARGUMENT …`.

A server that outlived a killed worker would keep the card full.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        raise SystemExit(1)
    os.execvp(program[0], program)


if __name__ == "__main__":
    main()
