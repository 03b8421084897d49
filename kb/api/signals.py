"""What signals say to a server: the same with one worker and with several."""

from __future__ import annotations

import signal
import sys

_ENDING = (signal.SIGHUP, signal.SIGQUIT)
"""A terminal that goes away, or its Ctrl+\\: to be heeded like SIGTERM. There is nothing to reload; a new snapshot is taken over unasked."""
_MEANINGLESS = (signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR1, signal.SIGUSR2)
"""Other servers count workers or reopen logs by these. Here they would stop the process or end it."""

OTHERS = (*_ENDING, *_MEANINGLESS)
"""Signals beyond SIGTERM and SIGINT, of which Uvicorn takes care while it runs."""


def heed() -> None:
    """Before a server starts. Uvicorn finishes open requests, then raises the signal again: being asked to stop is no failure."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    heed_others()


def heed_others() -> None:
    """In a worker, where SIGTERM and SIGINT are Uvicorn's already."""
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores the terminal's end on purpose
            signal.signal(number, lambda *_: signal.raise_signal(signal.SIGTERM))
    for number in _MEANINGLESS:
        signal.signal(number, signal.SIG_IGN)
