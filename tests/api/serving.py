"""A real server process for tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from kb.settings import SETTINGS, Settings

# One client for all: each new one reads the certificates of the system. A connection a request, so that all workers are met.
_client = httpx.Client(verify=False, limits=httpx.Limits(max_keepalive_connections=0), timeout=30)


@dataclass
class Server:
    """A running `kb serve`."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: object) -> httpx.Response:
        return _client.get(self.address + path, params=parameters or None, headers=headers)  # type: ignore[arg-type]

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children if b"spawn_main" in _command_line(child)]

    def until_workers(self, count: int = 2) -> None:
        """Waits until so many of them run."""
        until(lambda: self.get("/health/ready").json()["workers"] == count)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=20)


def _command_line(process: str) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return b""


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make a process use `settings`."""
    values = {setting.variable: getattr(settings, setting.name) for setting in SETTINGS}
    return os.environ | {variable: _as_text(value) for variable, value in values.items()}


def _as_text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return str(int(value)) if isinstance(value, bool) else str(value)


def command(*options: str) -> list[str]:
    """The command line of `kb serve`."""
    return [sys.executable, "-c", "from kb.cli import main; main()", "serve", *options]


def start(settings: Settings, log: Path, *options: str) -> Server:
    """Starts a server on a free port and waits until it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command("--port", str(port), *options), env=environment(settings), stdout=output, stderr=output
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    deadline = time.monotonic() + 120  # several workers on a busy machine take their time
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if server.get("/api/v1/health").status_code == 200:
                return server
        except httpx.TransportError:
            time.sleep(0.1)
    process.kill()
    process.wait()
    raise RuntimeError(f"the server did not start: {log.read_text()}")
