"""One at a time: whoever builds or publishes holds a lock, and a second one waits."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.sentences import Sentence


@contextmanager
def alone(lock: Path, progress: Callable[[str], None]) -> Iterator[None]:
    """Holds `lock`, after waiting for whoever holds it. The system lets go of it when its holder dies, however it dies."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(Sentence("another build is running; waiting for it"))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
