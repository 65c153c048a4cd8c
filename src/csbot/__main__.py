"""``python -m csbot``, and the ``csbot`` that an installation puts on the path: the command line as a process."""

import contextlib
import gc
import os
import sys
import threading
from typing import NoReturn

COLLECT_AFTER = 50_000  # objects; Python's 700 cost a start a tenth of its time, and next to nothing of it is garbage


def run() -> NoReturn:
    """Run the command line and end the process with its exit code.

    At once where a thread of ours is still at work, such as the one that loads the library beside the prompt of an
    agent who leaves again: taking the interpreter down would pull RE2's tables from under it, which aborts.
    """
    gc.set_threshold(COLLECT_AFTER)
    from csbot.cli import main

    code = 0
    try:
        main()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0
    if any(thread.daemon for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # its reader has left, or the disk is full: told already
                if stream is not None:
                    stream.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    run()
