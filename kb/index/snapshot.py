"""A published snapshot, opened for reading."""

from __future__ import annotations

import json
import os
import weakref
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.errors import SnapshotError
from kb.index.layout import LanguageLayout, Layout, Manifest, SnapshotLayout, verify
from kb.index.lexical import LexicalIndex, TantivyIndex
from kb.index.lexicon import read_lexicon
from kb.index.neighbours import Neighbours
from kb.index.passages import NAMES, QUESTION, Item, Passage
from kb.index.tokens import TokenIndex, TokenVectors
from kb.index.vectors import FaissIndex, VectorIndex
from kb.index.words import read_words


class Passages(ABC):
    """The passages of one language by row: whose they are is kept in memory, the texts are read as they are asked for."""

    def __init__(self, layout: LanguageLayout, lang: str, items: list[Item]) -> None:
        table = np.load(layout.passages)
        self._sections: npt.NDArray[np.uint8] = table["sections"]
        self._section_names: list[str] = table["section_names"].tolist()
        self.item_of: npt.NDArray[np.int32] = table["items"]
        """int32[n]: number of the item that each row belongs to."""
        self.answering: npt.NDArray[np.bool_] = ~np.isin(table["section_names"], (QUESTION, NAMES))[self._sections]
        """bool[n]: whether a row says something: it is no question that its page answers, and no list of names."""
        self._lang = lang
        self._items = items

    def __len__(self) -> int:
        return len(self.item_of)

    def rows_of(self, items: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """All rows of the items with these numbers: passages are written item by item, so each one's stand together."""
        numbers = items.astype(self.item_of.dtype)  # else all of item_of is made like them, each time
        first = np.searchsorted(self.item_of, numbers)
        counts = np.searchsorted(self.item_of, numbers, side="right") - first
        rows: npt.NDArray[np.int64] = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        return rows

    def of(self, rows: Sequence[int]) -> list[Passage]:
        """Some passages, in the order of `rows`."""
        return [
            Passage(self._items[self.item_of[row]].id, self._lang, self.section(row), text, context)
            for row, (context, text) in zip(rows, self._read(rows), strict=True)
        ]

    def __getitem__(self, row: int) -> Passage:
        return self.of([row])[0]

    def section(self, row: int) -> str:
        return self._section_names[int(self._sections[row])]

    @abstractmethod
    def _read(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        """Context and text of each passage."""


class PassageTexts(Passages):
    """Passages whose texts are read from disk."""

    def __init__(self, layout: LanguageLayout, lang: str, items: list[Item]) -> None:
        super().__init__(layout, lang, items)
        table = np.load(layout.passages)
        self._ends: npt.NDArray[np.int64] = table["ends"]
        self._context_ends: npt.NDArray[np.int64] = table["context_ends"]
        # Read and not mapped: the system brings what lies around each text into a map, in time the whole file.
        self._file = os.open(layout.texts, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)

    def _read(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        return [self._text(row) for row in rows]

    def _text(self, row: int) -> tuple[str, str]:
        start = int(self._ends[row - 1]) if row else 0
        middle, end = int(self._context_ends[row]), int(self._ends[row])
        both = os.pread(self._file, end - start, start)
        return both[: middle - start].decode(), both[middle - start :].decode()


@dataclass(frozen=True)
class LanguageIndex:
    """All that is searched in one language."""

    lang: str
    passages: Passages
    vectors: VectorIndex
    lexical: LexicalIndex
    tokens: TokenIndex
    words: Mapping[str, tuple[str, int]]
    """Each word without accents, to how it is written and in how many passages it stands."""

    @cached_property
    def initials(self) -> Mapping[str, Sequence[str]]:
        """The words by their first letter."""
        found: dict[str, list[str]] = {}
        for word in self.words:
            found.setdefault(word[:1], []).append(word)
        return found


class Snapshot:
    """One generation: its items, and an index for each language."""

    def __init__(self, layout: SnapshotLayout, manifest: Manifest) -> None:
        self.layout = layout
        self.manifest = manifest
        self.items = [_item(data) for data in json.loads(layout.items.read_text(encoding="utf-8"))]
        self.positions = {item.id: number for number, item in enumerate(self.items)}
        self.documents: dict[str, dict[str, Any]] = json.loads(layout.documents.read_text(encoding="utf-8"))
        self.languages = {lang: self._open(lang) for lang in manifest.languages}
        self.neighbours = Neighbours(layout)
        self.lexicon = read_lexicon(layout.lexicon)

    def _open(self, lang: str) -> LanguageIndex:
        layout = self.layout.language(lang)
        return LanguageIndex(
            lang,
            PassageTexts(layout, lang, self.items),
            FaissIndex(layout.vectors),
            TantivyIndex(layout.lexical, lang),
            TokenVectors(layout),
            read_words(layout.words),
        )

    @property
    def generation(self) -> str:
        return self.manifest.generation


def _item(data: dict[str, Any]) -> Item:
    return Item(**data | {"facets": {facet: tuple(terms) for facet, terms in data["facets"].items()}})


def open_snapshot(layout: Layout, generation: str | None = None) -> Snapshot:
    """Opens the served snapshot, or `generation`, after comparing every file with its checksum.

    Raises:
        NoSnapshotError: nothing was built yet.
        SnapshotError: the snapshot is torn, damaged or of another make.
    """
    name = generation or layout.current()
    snapshot = layout.snapshot(name)
    if name not in layout.generations():  # which also keeps whatever a torn pointer holds from becoming a path
        raise SnapshotError(f"The index names a snapshot {name!r} that is not there; run `kb build`.")
    manifest = Manifest.read(snapshot.manifest)
    verify(snapshot.folder, manifest.files)
    try:
        return Snapshot(snapshot, manifest)
    except OSError as error:
        raise SnapshotError(f"The snapshot {name} lost files while it was opened; run `kb build`.") from error
