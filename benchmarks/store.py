"""How long a question takes over the index on disk and over PostgreSQL.

    python -m benchmarks.store                       the real content: the index, and the store that KB_STORE names
    python -m benchmarks.store --passages N [--tokens N] [--place FOLDER]

The first compares what is published in both (`kb store push` first), by the vocabulary's terms in both languages. The second builds N
synthetic passages (benchmarks/synthetic.py) in FOLDER, or uses what it built there before, starts a PostgreSQL server of its own, and
pushes and searches them with the code that `kb` runs. The first `--tokens` passages have token vectors. Nothing is remembered.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import psycopg

from benchmarks import size
from kb.content.vocabulary import vocabulary
from kb.index.layout import Layout
from kb.index.snapshot import open_snapshot
from kb.search.engine import SearchEngine
from kb.search.opening import query_encoder
from kb.search.request import search_request
from kb.settings import load_settings, store_address
from kb.store.connection import Store
from kb.store.push import push
from kb.store.snapshot import open_stored
from kb.store.source import source_of
from tests.store.servers import Postgres, address

_WARM = 5
"""The first questions are not counted."""

_ASKED = 150
"""Synthetic questions; each is asked three times, once with a filter."""

SERVER = {"shared_buffers": "4GB", "maintenance_work_mem": "2GB", "max_wal_size": "8GB"}
"""What differs from the defaults of PostgreSQL: what one would set on a machine of 16 GB and more."""

_SIZES = """
SELECT CASE WHEN name LIKE '%vector_idx' THEN 'vector index (HNSW)' WHEN name LIKE 'posting%' THEN 'words' ELSE 'passages' END,
       sum(pg_total_relation_size(oid) - CASE relkind WHEN 'r' THEN pg_indexes_size(oid) ELSE 0 END)
FROM (SELECT oid, relname AS name, relkind FROM pg_class
      WHERE relnamespace = 'kb'::regnamespace AND relkind IN ('r', 'i') AND relname ~ '^(passage|posting)_') AS tables
GROUP BY 1 ORDER BY 1
"""


def main() -> None:
    asked = argparse.ArgumentParser(description="Measures search over PostgreSQL.")
    asked.add_argument("--passages", type=int, default=0, help="synthetic passages; without it the real content")
    asked.add_argument("--tokens", type=int, default=20_000, help="passages with token vectors")
    asked.add_argument("--place", type=Path, help="folder to build the index in, and to use again")
    options = asked.parse_args()
    if not options.passages:
        _compare()
        return
    with tempfile.TemporaryDirectory() as temporary:
        for name, figure in measure(options.passages, options.tokens, options.place or Path(temporary)):
            print(f"{name:<60} {figure}", flush=True)


def measure(count: int, tokens: int, place: Path) -> Iterator[tuple[str, float | str]]:
    """Figures of `count` passages, as they come, in a server of its own that is removed afterwards; the index is built in `place`."""
    if not (place / "current").exists():
        yield from size.build(count, tokens, place).items()
    server = Postgres()
    try:
        with psycopg.connect(address(server), autocommit=True) as connection:
            for name, value in SERVER.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        server.kill()
        server.start()
        yield from _pushed(place, address(server)).items()
        with closing(Store(address(server))) as store:
            opened = time.perf_counter()
            snapshot = open_stored(store, place / "fetched")
            yield "opened (s)", round(time.perf_counter() - opened, 2)
            yield from size.searched(snapshot, place, _ASKED).items()
    finally:
        server.remove()
        shutil.rmtree(place / "fetched", ignore_errors=True)


def _pushed(place: Path, store: str) -> dict[str, float | str]:
    """Times of the steps of a push, and what it takes on the server's disk."""
    steps: list[tuple[float, str]] = []

    def say(step: str) -> None:
        print(f"  {step}", file=sys.stderr)
        steps.append((time.perf_counter(), step))

    push(store, open_snapshot(Layout(place)), say)
    ends = [when for when, _ in steps[1:]] + [time.perf_counter()]
    took: dict[str, float] = {}
    for (started, step), end in zip(steps, ends, strict=True):
        what = "indexing passages" if step.startswith("indexing the table passage") else "copying, and indexing words"
        took[what] = took.get(what, 0.0) + end - started
    figures: dict[str, float | str] = {f"push: {what} (s)": round(seconds, 1) for what, seconds in took.items()}
    with psycopg.connect(store) as connection:
        for what, taken in connection.execute(_SIZES).fetchall():
            figures[f"on disk: {what} (MB)"] = round(int(taken) / 1e6)
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return figures | {"on disk: the whole database (MB)": round((row[0] if row else 0) / 1e6)}


def _compare() -> None:
    settings = load_settings()
    store_address(settings)
    for name, one in (("disk", replace(settings, store="")), ("store", settings)):
        with closing(source_of(one)) as source:
            started = time.perf_counter()
            snapshot = source.open()
            opened = time.perf_counter() - started
            engine = SearchEngine(snapshot, query_encoder(snapshot, settings), cache_size=0)
            passages = sum(len(index.passages) for index in snapshot.languages.values())
            print(f"{name}: {passages} passages, opened in {opened:.1f} s; {_latency(engine)}")


def _latency(engine: SearchEngine) -> str:
    took = []
    for lang, text in _questions():
        started = time.perf_counter()
        engine.search(search_request(text, lang))
        took.append((time.perf_counter() - started) * 1000)
    p50, p99 = np.percentile(took[_WARM:], [50, 99])
    return f"answer p50 {p50:.0f} ms, p99 {p99:.0f} ms over {len(took) - _WARM} questions"


def _questions() -> list[tuple[str, str]]:
    terms = vocabulary()
    return [
        (lang, term.label[lang])
        for facet in ("themes", "populations")
        for term in terms[facet].values()
        for lang in ("en", "es")
    ]


if __name__ == "__main__":
    main()
