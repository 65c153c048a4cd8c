"""``python -m csbot``, and the ``csbot`` that an installation puts on the path: the command line as a process."""

import atexit
import gc
import os
import sys
import threading
from typing import NoReturn

COLLECT_AFTER = 50_000  # objects; Python's 700 cost a start a tenth of its time, and next to nothing of it is garbage


def run() -> NoReturn:
    """Run the command line and end the process with its exit code, at once where no thread would be waited for.

    Taking the interpreter down takes 20 ms in which nothing happens that anybody needs. Where a thread of ours is still
    at work, such as the one that loads the library beside the prompt of an agent who leaves again, it would pull RE2's
    tables from under it, which aborts.
    """
    gc.set_threshold(COLLECT_AFTER)
    from csbot.cli import main

    code = 0
    try:
        main()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    if all(thread.daemon for thread in others):
        if not others:
            atexit._run_exitfuncs()  # what packages want to be done at the end
        if _flushed() or others:  # else Python itself says what is lost, and leaves with a code of its own
            os._exit(code)
    sys.exit(code)


def _flushed() -> bool:
    """Write out what the standard streams still hold; tell whether that went well."""
    flushed = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):  # its reader has left, or the disk is full
            flushed = False
    return flushed


if __name__ == "__main__":
    run()
