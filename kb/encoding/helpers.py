"""Where the threads run that help ONNX Runtime with one question.

They sleep between questions. Linux, as seen on a virtual machine, often wakes them on the processor that is busy with the question
although another is free, and the two share it until the scheduler's next tick, up to 4 ms later: longer than the whole
encoding. So who asks says before each question where they may run: anywhere but here.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from threading import get_native_id
from typing import TypeVar

_THREADS = Path("/proc/self/task")
_numbers = count(1)

Opened = TypeVar("Opened")


class Helpers:
    """Threads that are kept off the processor of who asks. Where the system can't do that, it does nothing.

    Args:
        threads: the system's numbers of these threads.
    """

    def __init__(self, threads: Sequence[int] = ()) -> None:
        self.threads = threads
        self._here = getattr(ctypes.CDLL(None), "sched_getcpu", None) if threads else None

    def make_way(self) -> None:
        """To be called by the thread that asks, just before it does; takes a few microseconds."""
        if self._here is None:
            return
        others = sorted(os.sched_getaffinity(0) - {self._here()})
        try:
            for thread, processors in zip(self.threads, shares(others, len(self.threads)), strict=False):
                os.sched_setaffinity(thread, processors)
        except OSError:  # forbidden, as in some containers
            self._here = None


def shares(processors: Sequence[int], threads: int) -> list[Sequence[int]]:
    """The processors of each thread: its own where there are enough. Nothing at all where there is none to share."""
    if not processors:
        return []
    return [processors[n::threads] or processors for n in range(threads)]


def open_with_helpers(open_it: Callable[[], Opened]) -> tuple[Opened, Helpers]:
    """What `open_it` opens, and the threads that it starts: these, and no others, inherit the name of the one that starts them."""
    name = f"encoder-{next(_numbers)}"
    own = _THREADS / str(get_native_id()) / "comm"
    try:
        before = own.read_text().rstrip()
        own.write_text(name)
    except OSError:  # not Linux, or /proc is closed
        return open_it(), Helpers()
    try:
        opened = open_it()
    finally:
        own.write_text(before)
    return opened, Helpers([int(thread.name) for thread in _THREADS.iterdir() if _name(thread) == name])


def _name(thread: Path) -> str:
    try:
        return (thread / "comm").read_text().strip()
    except OSError:  # it has just ended
        return ""
