"""What runs in the peers' environment: imports nothing of ours. `python peers_within.py txtai|by-hand given.json` prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_HITS = 10
_CANDIDATES = 100
_CONSTANT = 60
"""Of reciprocal rank fusion (Cormack et al., 2009)."""

Embed = Callable[[list[str]], Any]
Search = Callable[[str], Any]


def main() -> None:
    """Reads a line of JSON at a time, texts to embed or a question to answer, and prints how many milliseconds it took."""
    given = json.loads(Path(sys.argv[2]).read_text())
    prepare = {"txtai": _txtai, "by-hand": _by_hand}[sys.argv[1]]
    embed, search = prepare(given["model"], given["texts"])
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        begun = time.perf_counter()
        search(asked) if isinstance(asked, str) else embed(asked)
        print((time.perf_counter() - begun) * 1000, flush=True)


def _txtai(model: str, texts: list[str]) -> tuple[Embed, Search]:
    from txtai import Embeddings

    instructions = {"query": "query: ", "data": "passage: "}
    embeddings = Embeddings(path=model, hybrid=True, content=True, instructions=instructions, gpu=False)
    embeddings.index(texts)
    return lambda texts: embeddings.batchtransform(texts, "data"), lambda query: embeddings.search(query, _HITS)


def _by_hand(folder: str, texts: list[str]) -> tuple[Embed, Search]:
    import bm25s
    import faiss
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder, device="cpu")

    def embed(texts: list[str]) -> Any:
        return model.encode([f"passage: {text}" for text in texts], normalize_embeddings=True, show_progress_bar=False)

    vectors = embed(texts)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    words = bm25s.BM25()
    words.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    most = min(_CANDIDATES, len(texts))

    def search(query: str) -> list[int]:
        vector = model.encode([f"query: {query}"], normalize_embeddings=True, show_progress_bar=False)
        _, dense = index.search(vector, most)
        lexical, _ = words.retrieve(bm25s.tokenize(query, show_progress=False), k=most, show_progress=False)
        scores: dict[int, float] = {}
        for ranking in (dense[0].tolist(), lexical[0].tolist()):
            for rank, row in enumerate(ranking):
                scores[row] = scores.get(row, 0.0) + 1 / (_CONSTANT + rank)
        return sorted(scores, key=lambda row: -scores[row])[:_HITS]

    return embed, search


if __name__ == "__main__":
    main()
