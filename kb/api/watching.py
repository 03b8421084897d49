"""The process that starts the workers and replaces those that end."""

from __future__ import annotations

import time

from uvicorn.supervisors import Multiprocess

_LAST_SECONDS = 5
"""What a worker gets beyond its own grace to end when it was told to."""


class Watch(Multiprocess):
    """Sees at once that a worker ended, even while it waits for it to say that it lives; and ends when it is told to, even where a worker hangs.

    Uvicorn asks each worker twice a second, and waits as long as `timeout_worker_healthcheck` for the answer. It keeps the worker's
    end of the pipe open on its own side, so that the system cannot tell it that nobody is left to answer: for all that time no
    worker would be replaced.
    """

    def keep_subprocess_alive(self) -> None:
        for worker in self.processes:
            worker.child_conn.close()  # of this process alone: the worker has its own
        super().keep_subprocess_alive()

    def join_all(self) -> None:
        """Waits for the workers, which finish open requests; one that hangs is killed, or the server could not be stopped."""
        deadline = time.monotonic() + (self.config.timeout_graceful_shutdown or 0) + _LAST_SECONDS
        for worker in self.processes:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
