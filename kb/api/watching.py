"""The process that starts the workers and replaces those that end."""

from __future__ import annotations

import logging
import signal
import time
from socket import socket
from weakref import WeakKeyDictionary, WeakSet

from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from kb.api.signals import OTHERS

_LAST_SECONDS = 5
"""What a worker gets beyond its own grace to end when it was told to."""
_AGAIN_SECONDS = 10
"""After this a worker is tried again that could not start, while others serve."""

logger = logging.getLogger(__name__)


class Watch(Multiprocess):
    """Uvicorn's supervisor, but it never waits for a worker's answer, and ends when it is told to, even where a worker hangs.

    Uvicorn asks one worker after the other whether it lives, and waits as long as `timeout_worker_healthcheck` for the answer. For
    all that time it would heed no signal and replace no other worker.
    """

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        ours = {number: signal.getsignal(number) for number in OTHERS}
        super().__init__(config, sockets)
        for number, handler in ours.items():  # Uvicorn has meanings of its own for them
            signal.signal(number, handler)
        self.failed = False
        """Whether it ends because the workers cannot start."""
        self._asked: WeakKeyDictionary[Process, float] = WeakKeyDictionary()
        self._serving: WeakSet[Process] = WeakSet()
        self._try_again = 0.0

    def keep_subprocess_alive(self) -> None:
        """Replaces workers that ended or say nothing. Uvicorn calls it twice a second."""
        for place, worker in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if worker.process.is_alive() and not self._is_silent(worker):
                continue
            worker.kill()
            worker.process.join()
            if worker.exitcode != STARTUP_FAILURE or self._may_try_again():
                logger.info("Worker %s ended; another takes its place", worker.pid)
                self.processes[place] = Process(self.config, self.sockets)
                self.processes[place].start()

    def join_all(self) -> None:
        """Waits for the workers, which finish open requests; one that hangs is killed, or the server could not be stopped."""
        for one in self.sockets:  # who comes now is turned away, instead of waiting for nobody
            one.close()
        deadline = time.monotonic() + (self.config.timeout_graceful_shutdown or 0) + _LAST_SECONDS
        for worker in self.processes:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def _is_silent(self, worker: Process) -> bool:
        """Whether a worker owes its answer for too long. Asks the next time when it answered."""
        asked, now = self._asked.get(worker), time.monotonic()
        if asked is not None:
            if not worker.parent_conn.poll():
                return now - asked > self.config.timeout_worker_healthcheck
            if worker.parent_conn.recv():  # it says whether it has started to serve
                self._serving.add(worker)
        worker.parent_conn.send(b"ping")
        self._asked[worker] = now
        return False

    def _may_try_again(self) -> bool:
        """After a worker could not start: where others serve they go on, and it is tried again after a while; else that was it."""
        if not any(worker.process.is_alive() for worker in self._serving):
            self.failed = True
            self.should_exit.set()
            return False
        if time.monotonic() < self._try_again:
            return False
        self._try_again = time.monotonic() + _AGAIN_SECONDS
        return True
