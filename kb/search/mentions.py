"""Commitments and events that say what was asked. They are no hits: only practices are ranked; but who types the name of a
declaration or of an event looks for its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kb.content.markdown import without_citations
from kb.index.lexical import analyzer

_KINDS = ("commitment", "event")
_MOST = 3


@dataclass(frozen=True)
class _Page:
    """The stems of one page in one language."""

    id: str
    lang: str
    title: frozenset[str]
    text: frozenset[str]


class Mentions:
    """The commitments and events of one snapshot by their words.

    Args:
        documents: `kb.content.document.entry_document`'s, by id.
    """

    def __init__(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self._documents = documents

    def of(self, query: str) -> list[str]:
        """Ids of those with a page that holds all words of the query, at most three: the ones with some of them in their
        title, where there are any."""
        titled: dict[str, int] = {}
        asked = {lang: _stems(query, lang) for lang in {page.lang for page in self._pages}}
        for page in self._pages:
            words = asked[page.lang]
            if words and words <= page.text:
                titled[page.id] = max(titled.get(page.id, 0), len(words & page.title))
        named = [one for one in titled if titled[one]] or list(titled)
        return sorted(named, key=lambda one: (-titled[one], one))[:_MOST]

    @cached_property
    def _pages(self) -> list[_Page]:
        return [
            _Page(one, lang, _stems(page["title"], lang), _stems(" ".join(_words(page)), lang))
            for one, document in self._documents.items()
            if document["kind"] in _KINDS
            for lang, page in document["pages"].items()
        ]


def _words(page: Mapping[str, Any]) -> Iterator[str]:
    yield page["title"]
    yield page["summary"]
    for labels in page["labels"].values():
        yield from labels
    for section in page["sections"]:
        yield without_citations(section["markdown"])


def _stems(text: str, lang: str) -> frozenset[str]:
    return frozenset(analyzer(lang).analyze(text))
