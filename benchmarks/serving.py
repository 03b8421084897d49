"""The serving process: start, memory, and how many searches a second it answers over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import numpy as np

from benchmarks.building import command
from benchmarks.searching import JUDGED
from kb.search.evaluation import load_judgements
from kb.settings import Settings

PORT = 8765
CLIENTS = 16
WORKERS = 2


def measure(settings: Settings) -> dict[str, float | str]:
    """Start to ready and to first answer, peak memory, whether torch was imported; searches a second."""
    environment = os.environ | {
        "KB_CONTENT": str(settings.content), "KB_INDEX": str(settings.index), "KB_SITE": str(settings.site),
    }  # fmt: skip
    started = time.perf_counter()
    process = subprocess.Popen(
        command("serve", "--port", str(PORT)), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        ready = _until_answered("/api/v1/health", started)
        first = _until_answered("/api/v1/search?q=salud", started)
        maps = Path(f"/proc/{process.pid}/maps").read_text()
        memory = _peak_megabytes(process.pid)
    finally:
        process.terminate()
        process.wait()
    return _shared_out(environment) | {
        "server ready (s)": ready,
        "start to first answer (s)": first,
        "server memory at its peak (MB)": memory,
        "torch in the server": "yes" if "libtorch" in maps else "no",
    }


def _shared_out(environment: dict[str, str]) -> dict[str, float | str]:
    """Searches a second that two workers answer, which share the threads of the settings."""
    queries = [judgement.query for judgement in load_judgements(JUDGED) if judgement.kind != "paragraph"]
    process = subprocess.Popen(
        command("serve", "--port", str(PORT), "--workers", str(WORKERS)),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_all_answer()
        rate, p99, errors = _load(queries)
    finally:
        process.terminate()
        process.wait()
    return {
        f"HTTP searches a second, {CLIENTS} clients, {WORKERS} workers, uncached": rate,
        "HTTP search, p99 (ms)": p99,
        "HTTP errors": float(errors),
    }


class _Client:
    """A connection that is kept, as browsers do. The standard library's: clients share the two cores with what they measure."""

    def __init__(self) -> None:
        self._connection = HTTPConnection("127.0.0.1", PORT, timeout=30)

    def status(self, path: str) -> int:
        """Asks, reads the whole answer, and gives its status."""
        return self._ask(path)[0]

    def json(self, path: str) -> dict[str, int]:
        """Asks, and gives what the answer holds."""
        found: dict[str, int] = json.loads(self._ask(path)[1])
        return found

    def _ask(self, path: str) -> tuple[int, bytes]:
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def _until_answered(path: str, started: float) -> float:
    while True:
        try:
            if _Client().status(path) == HTTPStatus.OK:
                return round(time.perf_counter() - started, 2)
        except OSError:
            time.sleep(0.01)


def _until_all_answer() -> None:
    """Clients keep their connections, so that a worker that comes late would stand by."""
    _until_answered("/health/ready", time.perf_counter())
    while _Client().json("/health/ready")["workers"] < WORKERS:
        time.sleep(0.1)
    time.sleep(1)  # it counts as ready a moment before it listens


def _load(queries: list[str]) -> tuple[float, float, int]:
    times: list[float] = []
    errors: list[int] = []

    def ask(numbers: range) -> None:
        client = _Client()
        for number in numbers:
            # A number that is in no other query keeps the answer out of the cache.
            query = quote(f"{queries[number % len(queries)]} {number}")
            begun = time.perf_counter()
            status = client.status(f"/api/v1/search?page_size=10&q={query}")
            times.append((time.perf_counter() - begun) * 1000)
            if status != HTTPStatus.OK:
                errors.append(status)

    count = 3 * len(queries)
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, [range(first, count, CLIENTS) for first in range(CLIENTS)]))
    rate = count / (time.perf_counter() - begun)
    return round(rate, 1), round(float(np.percentile(times, 99)), 1), len(errors)


def _peak_megabytes(pid: int) -> float:
    """Peak resident memory (VmHWM) of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
