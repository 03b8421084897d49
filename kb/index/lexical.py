"""Lexical side: BM25 over stemmed words, one index a language."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Filters = Mapping[str, Sequence[str]]

_STEMMERS = {"en": "english", "es": "spanish"}
# Words of questions that the library's own lists lack; they say nothing about what is asked.
_QUESTION_WORDS = {
    "en": (
        "how what which who whom whose where when why do does did done can could should would may might have has had we our us "
        "you your i my me he she his her them those from about any some there's it's were been being so than too very"
    ).split(),
    "es": "como cual cuales cuanto cuanta cuantos cuantas hay hace hacer puede pueden podemos tambien asi cada sino".split(),
}
_FUZZY_FROM = 4
"""Words shorter than this are not corrected: too many words lie near."""


def letters_off(word: str) -> int:
    """In how many letters a stem that no passage holds may differ from the one that is meant."""
    if len(word) < _FUZZY_FROM:
        return 0
    return 1 if len(word) < 7 else 2


@cache
def analyzer(lang: str) -> Any:
    """Lower case, drop stop words, fold accents, stem.

    Accents are folded before stemming, so that `atencion` and `atención` get one stem: people type both. Stop words
    are dropped before and after folding, because the lists write `también` and people write `que` for `qué`.
    """
    import tantivy

    filters, language = tantivy.Filter, _STEMMERS[lang]
    stop = filters.stopword(language)
    asked = filters.custom_stopword(_QUESTION_WORDS[lang])
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    before = (filters.remove_long(60), filters.lowercase(), stop)
    for step in (*before, filters.ascii_fold(), stop, asked, filters.stemmer(language)):
        builder = builder.filter(step)
    return builder.build()


def _schema() -> Any:
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("row", stored=True, indexed=True, fast=True)
    schema.add_text_field("text", tokenizer_name="text")
    schema.add_text_field("filter", tokenizer_name="raw", index_option="basic")
    return schema.build()


def _words(analyzer: Any, text: str) -> list[str]:
    """Apart from the index, so that what it remembers does not hold the index: a replaced snapshot would never be freed."""
    return list(dict.fromkeys(analyzer.analyze(text)))


class LexicalIndex(ABC):
    """Words to passage rows, in one language."""

    def __init__(self, lang: str) -> None:
        self._analyzer = analyzer(lang)
        self.stems = lru_cache(maxsize=65536)(partial(_words, self._analyzer))
        """`words` of a single word, remembered: snippets ask for every word that they show."""

    def words(self, text: str) -> list[str]:
        """The stems that a text is searched by, without repeats, in order."""
        return _words(self._analyzer, text)

    @abstractmethod
    def frequency(self, word: str) -> int:
        """In how many passages a stem stands."""

    @abstractmethod
    def search(
        self, words: Mapping[str, float], limit: int, filters: Filters | None = None, fuzzy: bool = True
    ) -> tuple[Rows, Floats]:
        """Rows and BM25 scores of passages that hold any of the weighted stems, best first.

        A stem that no passage holds is taken for a typing error and matched within one or two letters. `filters`
        maps facet to allowed terms: a passage must match one term of every facet.
        """


class TantivyIndex(LexicalIndex):
    """The lexical side of a snapshot on disk, through Tantivy."""

    def __init__(self, folder: Path, lang: str) -> None:
        import tantivy

        super().__init__(lang)
        self._tantivy = tantivy
        self._index = tantivy.Index.open(str(folder))
        self._index.register_tokenizer("text", analyzer(lang))
        self._searcher = self._index.searcher()
        self._schema = self._index.schema

    @staticmethod
    def build(folder: Path, lang: str, texts: Iterable[str], filters: Iterable[Iterable[str]]) -> None:
        """Writes an index of `texts`, row i for text i, each with its filter terms (`country:SV`)."""
        import tantivy

        folder.mkdir(parents=True)
        index = tantivy.Index(_schema(), path=str(folder))
        index.register_tokenizer("text", analyzer(lang))
        # One thread and one segment: the same content gives the same scores.
        writer = index.writer(heap_size=64_000_000, num_threads=1)
        for row, (text, terms) in enumerate(zip(texts, filters, strict=True)):
            document = tantivy.Document()
            document.add_unsigned("row", row)
            document.add_text("text", text)
            for term in terms:
                document.add_text("filter", term)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def frequency(self, word: str) -> int:
        return int(self._searcher.doc_freq("text", word))

    def search(
        self, words: Mapping[str, float], limit: int, filters: Filters | None = None, fuzzy: bool = True
    ) -> tuple[Rows, Floats]:
        clauses = [clause for word, weight in words.items() for clause in self._clauses(word, weight, fuzzy)]
        if not clauses:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = self._restricted(self._tantivy.Query.boolean_query(clauses), filters or {})
        hits = self._searcher.search(query, limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return np.array(rows, np.int64), np.array([score for score, _ in hits], np.float32)

    def _clauses(self, word: str, weight: float, fuzzy: bool) -> list[tuple[Any, Any]]:
        query = self._tantivy.Query
        if self.frequency(word):
            found = query.term_query(self._schema, "text", word)
        elif fuzzy and letters_off(word):
            found = query.fuzzy_term_query(self._schema, "text", word, distance=letters_off(word))
        else:
            return []
        return [(self._tantivy.Occur.Should, query.boost_query(found, weight))]

    def _restricted(self, query: Any, filters: Filters) -> Any:
        must = self._tantivy.Occur.Must
        clauses = [(must, query)]
        for facet, terms in filters.items():
            allowed = [f"{facet}:{term}" for term in terms]
            choice = self._tantivy.Query.term_set_query(self._schema, "filter", allowed)
            clauses.append((must, self._tantivy.Query.const_score_query(choice, 0.0)))
        return self._tantivy.Query.boolean_query(clauses) if filters else query
