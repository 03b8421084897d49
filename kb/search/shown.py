"""Which passage of a hit is shown: the nearest that answers; the names of institutions where one of those was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kb.index.passages import NAMES
from kb.index.snapshot import LanguageIndex
from kb.search.cache import Cache
from kb.search.fusion import best_two
from kb.search.pools import Question

Place = tuple[LanguageIndex, int]
"""A passage: the index of its language, and its row."""

_NAME_WORDS = 6
"""A question of more words asks for something else than an institution."""

_REMEMBERED = 2048
"""Passages whose stems are kept: lists of names, and the few that were compared with one."""


class Shown:
    """Chooses the passages to show from one snapshot. Safe to share between threads."""

    def __init__(self) -> None:
        self._stems: Cache[tuple[str, int], frozenset[str]] = Cache(_REMEMBERED)

    def of(
        self, numbers: Sequence[int], best: Sequence[Place], question: Question, own: LanguageIndex | None
    ) -> list[Place]:
        """For each item the passage to show, in the reader's language where the item has a text in it.

        Args:
            numbers: the items.
            best: of each the passage that scored best; it is shown where no other passage of the item says anything.
            question: the query.
            own: the index of the reader's language, if there is one.
        """
        answers = _nearest_answers(numbers, question, own) if own else {}
        for number, (index, _) in zip(numbers, best, strict=True):
            if number not in answers:
                answers |= _nearest_answers([number], question, index)
        shown = {number: answers.get(number, place) for number, place in zip(numbers, best, strict=True)}
        for index in {place[0].lang: place[0] for place in shown.values()}.values():
            rows = {number: row for number, (other, row) in shown.items() if other is index}
            shown |= {number: (index, row) for number, row in self._naming(rows, question, index).items()}
        return [shown[number] for number in numbers]

    def _naming(self, shown: Mapping[int, int], question: Question, index: LanguageIndex) -> dict[int, int]:
        """By item its passage of names, where that holds all words of the question and the one to be shown does not."""
        asked = set(index.lexical.words(question.text))
        if not 0 < len(asked) <= _NAME_WORDS:
            return {}
        passages = index.passages
        rows = passages.rows_of(np.array(sorted(shown), np.int64)).tolist()
        named = self._holding(asked, [row for row in rows if passages.section(row) == NAMES], index)
        items = {int(passages.item_of[row]): row for row in named}
        told = self._holding(asked, [shown[number] for number in items], index)
        return {number: row for number, row in items.items() if shown[number] not in told}

    def _holding(self, asked: set[str], rows: Sequence[int], index: LanguageIndex) -> set[int]:
        """Those of the rows that hold all words of a question."""
        stems = {row: self._stems.get((index.lang, row)) for row in rows}
        new = [row for row, known in stems.items() if known is None]
        for row, passage in zip(new, index.passages.of(new) if new else (), strict=True):
            stems[row] = held = frozenset(index.lexical.words(passage.text))
            self._stems.put((index.lang, row), held)
        return {row for row, known in stems.items() if known and asked <= known}


def _nearest_answers(numbers: Sequence[int], question: Question, index: LanguageIndex) -> dict[int, Place]:
    """For each item with a text in that language its nearest passage that answers, and neither asks nor only names."""
    rows = index.passages.rows_of(np.array(sorted(numbers), np.int64))
    rows = rows[index.passages.answering[rows]]
    closeness = question.closeness[index.lang].of(rows)
    items, _, best = best_two(index.passages.item_of[rows].astype(np.int64), closeness, 0.0)
    return {number: (index, int(rows[at])) for number, at in zip(items.tolist(), best.tolist(), strict=True)}
