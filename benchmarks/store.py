"""How long a question takes over the index on disk and over the store that KB_STORE names: `python -m benchmarks.store`.

Push first (`kb store push`). The questions are those of the vocabulary: each of its terms, in both languages; nothing is remembered.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace

import numpy as np

from kb.content.vocabulary import vocabulary
from kb.search.engine import SearchEngine
from kb.search.opening import query_encoder
from kb.search.request import search_request
from kb.settings import load_settings, store_address
from kb.store.source import source_of

_WARM = 5
"""The first questions are not counted."""


def main() -> None:
    """Prints p50 and p99 of whole answers."""
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
