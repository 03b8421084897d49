"""The practices and commitments of a snapshot, as matching and agendas read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from kb.content.letters import plain
from kb.content.markdown import blocks, without_citations
from kb.content.problems import closest, did_you_mean
from kb.content.sections import EDITORIAL, LANGUAGES, UNDOCUMENTED
from kb.errors import NotFoundError
from kb.learning.words import Told, Words, listed, say
from kb.search.engine import SearchEngine
from kb.sentences import Sentence

Document = Mapping[str, Any]
_MARKS = re.compile("[\"'“”‘’«»]")
_NEAREST = 3
"""Titles that are offered in place of one that is not known."""
_TELLING = 3
"""Letters from which a part of a title may tell which practice is meant."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A practice or commitment. `document` is `kb.content.document.entry_document`'s."""

    id: str
    document: Document

    @cached_property
    def states(self) -> tuple[str, ...]:
        return tuple(self.document["facts"]["countries"])

    @cached_property
    def themes(self) -> frozenset[str]:
        return frozenset(self.document["facts"]["themes"])

    @cached_property
    def populations(self) -> frozenset[str]:
        return frozenset(self.document["facts"]["populations"])

    @property
    def evidence(self) -> str:
        return str(self.document["facts"].get("evidence", ""))

    @property
    def lang(self) -> str:
        """Language of the original."""
        return str(self.document["original_language"])

    @cached_property
    def title(self) -> Words:
        return {lang: self.page(lang)["title"] for lang in LANGUAGES}

    @cached_property
    def summary(self) -> Words:
        return {lang: self.page(lang)["summary"] for lang in LANGUAGES}

    def page(self, lang: str) -> Document:
        """The page in a language, or the original where there is no translation."""
        pages = self.document["pages"]
        found: Document = pages.get(lang) or pages[self.lang]
        return found

    def page_lang(self, lang: str) -> str:
        """Language of what `page` gives."""
        return lang if lang in self.document["pages"] else self.lang

    def labels(self, key: str, lang: str) -> tuple[str, ...]:
        """A list of words of the page: `implementers`, `asks`; the original's where the translation's is not complete."""
        original = self.page(self.lang)["labels"].get(key, ())
        found = self.page(lang)["labels"].get(key, ())
        return tuple(found if len(found) == len(original) else original)

    def unsaid(self, lang: str) -> tuple[str, ...]:
        """What the page says openly that no source tells, without the words that say so."""
        prefix = UNDOCUMENTED[self.page_lang(lang)]
        texts = [
            without_citations(block.text) for one in self.page(lang)["sections"] for block in blocks(one["markdown"])
        ]
        return tuple(text.removeprefix(prefix).strip(" :.") for text in texts if text.startswith(prefix + ":"))

    def said(self, section: str, lang: str) -> tuple[str, ...]:
        """Paragraphs of a section that state something; what is not documented and what editors think is left out."""
        page = self.page(lang)
        written = self.page_lang(lang)
        note, unsaid = EDITORIAL[written], _unsaid(written)
        texts = [
            without_citations(block.text)
            for one in page["sections"]
            if one["key"] == section
            for block in blocks(one["markdown"])
        ]
        return tuple(text for text in texts if text and not text.startswith(note) and not unsaid.match(text))


class Knowledge:
    """Entries by id, in the order of their ids."""

    def __init__(self, engine: SearchEngine) -> None:
        self.engine = engine
        documents = engine.snapshot.documents
        self.practices = _of_kind(documents, "practice")
        self.commitments = _of_kind(documents, "commitment")

    def practice(self, practice_id: str) -> Entry:
        """A practice.

        Raises:
            NotFoundError: there is none of this id; names the closest.
        """
        if practice_id not in self.practices:
            hint = did_you_mean(practice_id, self.practices)
            raise NotFoundError("There is no practice %(id)r.", hint=hint, id=practice_id)
        return self.practices[practice_id]

    def named(self, words: str) -> str:
        """The id of the practice that has this id or title, or alone has these words in its title; the words themselves where none has."""
        key = _bare(words)
        if key in self._ids:
            return self._ids[key]
        found = self._with(key)
        return found[0] if len(found) == 1 else words

    def find(self, words: str) -> str:
        """The id of the practice that people name so.

        Raises:
            NotFoundError: there is none, or several; names the closest.
        """
        found = self.named(words)
        if found in self.practices:
            return found
        near = self._with(_bare(words)) or [self._ids[one] for one in [closest(_bare(words), self._ids)] if one]
        titles = listed(say("quotation", words=self.practices[one].title) for one in near[:_NEAREST])
        hint = Sentence(" Close to it: %(titles)s.", titles=Told(titles)) if near else Sentence()
        raise NotFoundError("No practice is called “%(words)s”.", hint=hint, words=words)

    def _with(self, key: str) -> list[str]:
        """Ids of the practices with these words in a title."""
        if len(key) < _TELLING:
            return []
        return list(dict.fromkeys(one for title, one in self._ids.items() if key in title))

    @cached_property
    def _ids(self) -> dict[str, str]:
        titles = {_bare(title): one.id for one in self.practices.values() for title in one.title.values()}
        return {name: name for name in self.practices} | titles

    def commitment(self, commitment_id: str) -> Entry:
        """A commitment or need.

        Raises:
            NotFoundError: there is none of this id; names the closest.
        """
        if commitment_id not in self.commitments:
            hint = did_you_mean(commitment_id, self.commitments)
            raise NotFoundError("There is no commitment %(id)r.", hint=hint, id=commitment_id)
        return self.commitments[commitment_id]


@cache
def _unsaid(lang: str) -> re.Pattern[str]:
    """Matches a paragraph that says openly that no source tells, also behind a label: `Helped: not documented yet.`"""
    return re.compile(rf"(?:[^:.]+: )?{UNDOCUMENTED[lang]}\b", re.IGNORECASE)


def _bare(title: str) -> str:
    """A title as it is compared: case, accents, spaces and quotation marks do not count."""
    return " ".join(_MARKS.sub("", plain(title)).split())


def _of_kind(documents: Mapping[str, Document], kind: str) -> dict[str, Entry]:
    return {key: Entry(key, found) for key, found in sorted(documents.items()) if found["kind"] == kind}
