"""The workers that answer together: how many of them run, and how many connections each has."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

from kb.api.sharing import Shared

_LOOK_SECONDS = 1.0


class Workers:
    """The workers of one server, as one of them sees them. Without a shared folder there is this process alone."""

    def __init__(self, wanted: int = 1, shared: Shared | None = None) -> None:
        self.wanted = wanted
        self._shared = shared
        self._stop = threading.Event()

    @property
    def rates(self) -> Path | None:
        """The table of rates that they share."""
        return self._shared.rates if self._shared else None

    def join(self) -> None:
        """Counts this process as one that runs, and forgets those that died."""
        if not self._shared:
            return
        from prometheus_client.multiprocess import mark_process_dead

        self._shared.hold()
        for path in self._shared.running.iterdir():
            if not _lives(int(path.name)):
                mark_process_dead(int(path.name))  # type: ignore[no-untyped-call]
                path.unlink(missing_ok=True)
        (self._shared.running / str(os.getpid())).touch()
        threading.Thread(target=self._end_with_parent, args=(self._shared.parent,), daemon=True).start()

    def tell(self, connections: int) -> None:
        """Tells the others how many connections this worker has. Where there is no room for that, they go by what it last told."""
        if self._shared:
            with suppress(OSError):
                (self._shared.running / str(os.getpid())).write_text(str(connections))

    def told_by_others(self) -> list[int]:
        """How many connections each of the others has, as it last told."""
        if not self._shared:
            return []
        try:
            others = [path for path in self._shared.running.iterdir() if int(path.name) != os.getpid()]
            return [int(path.read_text() or 0) for path in others if _lives(int(path.name))]
        except OSError:  # one has just left: the next look goes better
            return []

    def leave(self) -> None:
        """Counts this process no more."""
        self._stop.set()
        if self._shared:
            (self._shared.running / str(os.getpid())).unlink(missing_ok=True)

    def alive(self) -> int:
        """How many workers run."""
        if not self._shared:
            return 1
        return sum(_lives(int(path.name)) for path in self._shared.running.iterdir())

    def _end_with_parent(self, parent: int) -> None:
        """Stops this worker when the process that would replace it is gone: it would hold the port for ever."""
        while not self._stop.wait(_LOOK_SECONDS):
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)
                return


def _lives(process: int) -> bool:
    """Whether a process runs; one that has ended and was not yet waited for does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")
