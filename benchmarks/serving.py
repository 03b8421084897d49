"""The serving process: start, memory, and how many searches a second it answers over HTTP."""

from __future__ import annotations

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np

from benchmarks.building import command
from benchmarks.searching import JUDGED
from kb.search.evaluation import load_judgements
from kb.settings import Settings

PORT = 8765
CLIENTS = 8


def measure(settings: Settings) -> dict[str, float | str]:
    """Start to ready and to first answer, requests a second, peak memory, whether torch was imported."""
    environment = os.environ | {
        "KB_CONTENT": str(settings.content), "KB_INDEX": str(settings.index), "KB_SITE": str(settings.site),
    }  # fmt: skip
    address = f"http://127.0.0.1:{PORT}"
    started = time.perf_counter()
    process = subprocess.Popen(
        command("serve", "--port", str(PORT)), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        ready = _until_answered(f"{address}/api/v1/health", started)
        first = _until_answered(f"{address}/api/v1/search?q=salud", started)
        queries = [judgement.query for judgement in load_judgements(JUDGED) if judgement.kind != "paragraph"]
        rate, p99 = _load(address, queries)
        maps = Path(f"/proc/{process.pid}/maps").read_text()
        memory = _peak_megabytes(process.pid)
    finally:
        process.terminate()
        process.wait()
    return {
        "server ready (s)": ready,
        "start to first answer (s)": first,
        f"HTTP searches a second, {CLIENTS} clients, uncached": rate,
        "HTTP search, p99 (ms)": p99,
        "server memory at its peak (MB)": memory,
        "torch in the server": "yes" if "libtorch" in maps else "no",
    }


def _until_answered(url: str, started: float) -> float:
    while True:
        try:
            if httpx.get(url).status_code == 200:
                return round(time.perf_counter() - started, 2)
        except httpx.TransportError:
            time.sleep(0.01)


def _load(address: str, queries: list[str]) -> tuple[float, float]:
    times: list[float] = []

    def ask(query: str) -> None:
        with httpx.Client() as client:
            begun = time.perf_counter()
            # A word that is in no other query keeps the answer out of the cache.
            client.get(f"{address}/api/v1/search", params={"q": query, "page_size": 10}, timeout=30).raise_for_status()
            times.append((time.perf_counter() - begun) * 1000)

    asked = [f"{query} {number}" for number in range(3) for query in queries]
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, asked))
    return round(len(asked) / (time.perf_counter() - begun), 1), round(float(np.percentile(times, 99)), 1)


def _peak_megabytes(pid: int) -> float:
    """Peak resident memory (VmHWM) of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
