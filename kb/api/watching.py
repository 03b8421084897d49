"""The process that starts the workers and replaces those that end."""

from __future__ import annotations

from uvicorn.supervisors import Multiprocess


class Watch(Multiprocess):
    """Sees at once that a worker ended, also while it waits for that worker to say that it lives.

    Uvicorn asks each worker twice a second, and waits as long as `timeout_worker_healthcheck` for the answer. It keeps the worker's
    end of the pipe open on its own side, so that the system cannot tell it that nobody is left to answer: for all that time no
    worker would be replaced.
    """

    def keep_subprocess_alive(self) -> None:
        for worker in self.processes:
            worker.child_conn.close()  # of this process alone: the worker has its own
        super().keep_subprocess_alive()
