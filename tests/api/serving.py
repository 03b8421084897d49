"""A real server process for tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from kb.settings import Settings


@dataclass
class Server:
    """A running `kb serve`."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: object) -> httpx.Response:
        return httpx.get(self.address + path, params=parameters, headers=headers, timeout=30)  # type: ignore[arg-type]

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=20)


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make a process use `settings`."""
    return os.environ | {
        "KB_CONTENT": str(settings.content),
        "KB_INDEX": str(settings.index),
        "KB_SITE": str(settings.site),
        "KB_CACHE": str(settings.cache),
    }


def start(settings: Settings, log: Path, *options: str) -> Server:
    """Starts a server on a free port and waits until it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from kb.cli import main; main()", "serve", "--port", str(port), *options]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment(settings), stdout=output, stderr=output)
    server = Server(f"http://127.0.0.1:{port}", process, log)
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            if server.get("/api/v1/health").status_code == 200:
                return server
        except httpx.TransportError:
            time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"the server did not start: {log.read_text()}")
