"""Runs every measurement on the real content and writes the table to benchmarks/results.md.

python -m benchmarks            measure, print, compare with the committed baseline
python -m benchmarks --save     and make these figures the baseline
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import building, searching, serving
from kb.settings import Settings, load_settings

BASELINE = Path(__file__).parent / "baseline.json"
TABLE = Path(__file__).parent / "results.md"

GOALS = {
    "query, uncached, p50 (ms)": "10 or less",
    "query, uncached, p99 (ms)": "30 or less",
    "query seen before, p50 (ms)": "1 or less",
    "full build, embeddings kept (s)": "5 or less",
    "start to first answer (s)": "1.5 or less",
    "HTTP searches a second, 16 clients, 2 workers, uncached": "120 or more",
    "HTTP search, p99 (ms)": "400 or less",
    "HTTP errors": "0",
    "server ready (s)": "2 or less",
    "server memory at its peak (MB)": "400 or less",
    "torch in the server": "no",
    "incremental build after one edit (s)": "3 or less",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        settings = load_settings(index=Path(place) / "index", site=Path(place) / "site")
        figures = _measure(settings)
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    table = _table(figures, baseline.get("figures", {}), baseline.get("machine", ""))
    print(table)
    if "--save" in sys.argv:
        BASELINE.write_text(json.dumps({"machine": machine(), "figures": figures}, indent=1) + "\n")
        TABLE.write_text(table + "\n")


def _measure(settings: Settings) -> dict[str, float | str]:
    figures: dict[str, float | str] = {}
    steps: tuple[Callable[[Settings], dict[str, float | str]], ...] = (
        building.measure,
        searching.measure,
        serving.measure,
    )
    for step in steps:
        what = step.__module__.rpartition(".")[2]
        print(f"measuring {what} ...", file=sys.stderr)
        before = _speed()
        found = step(settings)
        # Others share the machine, and its speed may change threefold within minutes.
        figures[f"ten million additions in Python, before and after {what} (s)"] = f"{before} / {_speed()}"
        figures |= found
    return figures


def _speed() -> float:
    """How fast the machine is at this moment: rented machines drift by a factor of three."""
    started = time.perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    return round(time.perf_counter() - started, 2)


def machine() -> str:
    """What was measured on."""
    about = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in about if "model name" in line), platform.processor())
    cores = sum(line.startswith("processor\t") for line in about)
    flags = next((line for line in about if line.startswith("flags")), "")
    eight_bits = "with VNNI" if "vnni" in flags else "without VNNI"  # half of an encoder's time depends on it
    return f"{cores} cores, {model} {eight_bits}, Python {platform.python_version()}, {platform.system()}"


def _table(figures: dict[str, float | str], baseline: dict[str, float | str], there: str) -> str:
    lines = [f"Measured on: {machine()}", "", "| measure | now | baseline | goal |", "|---|---|---|---|"]
    for name, value in figures.items():
        lines.append(f"| {name} | {value} | {baseline.get(name, '')} | {GOALS.get(name, '')} |")
    return "\n".join([*lines, "", f"Baseline of: {there}" if there else "No baseline yet."])


if __name__ == "__main__":
    main()
