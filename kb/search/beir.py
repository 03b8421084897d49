"""Test collections in BEIR form (Thakur et al., 2021), through the same passages, encoder, index and engine.

A folder with `corpus.jsonl` (`_id`, `title`, `text`, `metadata.lang`), `queries.jsonl` (`_id`, `text`, `metadata.lang`)
and `qrels/test.tsv` (query id, corpus id, score; first line a heading). A result is a document.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from kb.content.sections import LANGUAGES
from kb.errors import JudgementError
from kb.index.passages import Item, Passage, pack
from kb.search.evaluation import Judgement


def load_corpus(folder: Path) -> tuple[list[Item], list[Passage]]:
    """Documents as items, cut to passages like the text of a practice.

    Raises:
        JudgementError: a file is missing or a line cannot be read.
    """
    items, passages, seen = [], [], set[str]()
    for data in _records(folder / "corpus.jsonl"):
        item_id, lang, title = str(data["_id"]), _lang(data), str(data.get("title") or "")
        if item_id in seen:
            raise JudgementError(f"{folder / 'corpus.jsonl'} holds two documents with the `_id` {item_id!r}.")
        seen.add(item_id)
        items.append(Item(item_id, "document", {"language": (lang,)}, {lang: title}, {lang: ""}))
        blocks = [block for block in str(data["text"]).split("\n") if block.strip()] or [title]
        passages += [Passage(item_id, lang, "text", text, title) for text in pack(blocks)]
    if not items:
        raise JudgementError(f"{folder / 'corpus.jsonl'} holds no document.")
    return items, passages


def load_queries(folder: Path) -> list[Judgement]:
    """The judged queries of the collection.

    Raises:
        JudgementError: a file is missing or a line cannot be read.
    """
    relevant: dict[str, dict[str, int]] = {}
    path = folder / "qrels" / "test.tsv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in list(csv.reader(file, delimiter="\t"))[1:]:
                relevant.setdefault(row[0], {})[row[1]] = int(row[2])
    except (OSError, ValueError, IndexError) as error:
        raise JudgementError(f"{path} cannot be read ({error}); it needs query id, corpus id and score.") from None
    return [
        Judgement(str(data["_id"]), str(data["text"]), _lang(data), "query", relevant[str(data["_id"])])
        for data in _records(folder / "queries.jsonl")
        if str(data["_id"]) in relevant
    ]


def _records(path: Path) -> Iterator[dict[str, object]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    data = json.loads(line)
                    if not isinstance(data, dict) or not {"_id", "text"} <= data.keys():
                        raise JudgementError(f"{path}:{number}: needs `_id` and `text`.")
                    yield data
    except (OSError, ValueError) as error:
        raise JudgementError(f"{path} cannot be read: {error}.") from None


def _lang(data: dict[str, object]) -> str:
    metadata = data.get("metadata")
    lang = metadata.get("lang") if isinstance(metadata, dict) else None
    return lang if lang in LANGUAGES else "en"
