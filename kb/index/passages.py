"""What is indexed: items (what a result is) and their passages (what is embedded and matched)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.content.library import Library
from kb.content.markdown import without_citations
from kb.content.model import Entry, Page, Practice
from kb.content.sections import EDITORIAL, UNDOCUMENTED
from kb.content.vocabulary import vocabulary

MAX_UNITS = 100
"""Most units of one passage without its context; a section longer than this is cut at sentences. See `units`."""

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
"""Where a text may be cut. Not behind a colon or a semicolon: a label (`The method:`) says nothing without what follows."""


QUESTION, NAMES = "question", "names"
"""Sections of passages that are found and say nothing by themselves: what a page answers, and who is behind it."""


@dataclass(frozen=True)
class Item:
    """What a search result is: a practice, or a document of a test collection.

    `facets` maps facet to terms (`{"country": ("SV",)}`); `titles` and `summaries` map language to words.
    """

    id: str
    kind: str
    facets: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    date: str = ""
    """When what it tells was last seen true, for sorting; may be a year alone."""

    @cached_property
    def terms(self) -> tuple[tuple[str, str], ...]:
        """All (facet, term) pairs of the item."""
        return tuple((facet, term) for facet, terms in self.facets.items() for term in terms)


@dataclass(frozen=True)
class Passage:
    """A piece of one page that is short enough to be encoded and precise enough to be shown.

    `context` (title and country) is encoded before the text, so that a paragraph knows what it is about.
    """

    item_id: str
    lang: str
    section: str
    text: str
    context: str = ""

    @property
    def full_text(self) -> str:
        """What the encoder and the lexical index read."""
        return f"{self.context}. {self.text}" if self.context else self.text


def item_of(entry: Entry) -> Item:
    """The searchable face of an entry."""
    facts = entry.facts
    facets = {
        "country": tuple(facts.countries) or (entry.folder,),
        "theme": tuple(facts.themes),
        "population": tuple(facts.populations),
        "status": (facts.status,),
        "evidence": (facts.evidence,) if isinstance(facts, Practice) else (),
        "mirps_group": tuple(facts.mirps_groups),
        "gcm": tuple(facts.gcm_objectives),
        "sdg": tuple(facts.sdgs),
        "language": tuple(sorted(entry.pages)),
    }
    return Item(
        entry.id,
        entry.kind,
        facets,
        {lang: page.title for lang, page in entry.pages.items()},
        {lang: page.summary for lang, page in entry.pages.items()},
        max(facts.status_as_of or "", facts.period.end or "", facts.period.start or ""),
    )


def practice_items(library: Library) -> list[Item]:
    """The searchable items of a library, in the order of their ids."""
    return [item_of(entry) for entry in library.practices]


def passages_of(entry: Entry) -> Iterator[Passage]:
    """All passages of an entry: for each page its summary, each question, its institutions, its sections cut to size."""
    for lang, page in sorted(entry.pages.items()):
        context = _context(entry, page)
        yield Passage(entry.id, lang, "summary", page.summary, context)
        for question in page.questions:
            yield Passage(entry.id, lang, QUESTION, question, context)
        names = [*page.words.get("implementers", ()), *page.words.get("partners", ())]
        yield Passage(entry.id, lang, NAMES, "; ".join(names), context)
        if places := page.words.get("places"):
            yield Passage(entry.id, lang, NAMES, "; ".join(places), context)
        for section in page.sections:
            said = [block.text for block in section.blocks if not _unsaid(block.text, lang)]
            for text in pack([without_citations(text) for text in said]):
                yield Passage(entry.id, lang, section.key, text, context)


def _context(entry: Entry, page: Page) -> str:
    countries = (vocabulary().label("countries", code, page.lang) for code in entry.facts.countries[:3])
    return f"{page.title} — {', '.join(countries)}"


def _unsaid(text: str, lang: str) -> bool:
    """Paragraphs that say what is not known, or what editors think: they would answer questions with nothing."""
    return text.startswith((UNDOCUMENTED[lang], EDITORIAL[lang]))


def units(text: str) -> float:
    """Length of a text in words, a word of more than four letters counting a quarter for each.

    Near to the number of tokens in ordinary text, at no cost; and a bound on it in any: no token is shorter than a
    character, so 100 units are at most 500 tokens, which the model reads whole.
    """
    return sum([length / 4 if length > 4 else 1.0 for length in map(len, text.split())])


def pack(blocks: Sequence[str], most: float = MAX_UNITS) -> Iterator[str]:
    """Joins blocks (paragraphs, list items) to texts of at most `most` units; cuts a longer block at sentences."""
    current, size = "", 0.0
    for piece, length in _pieces(blocks, most):
        if current and size + length > most:
            yield current
            current, size = "", 0.0
        current, size = f"{current} {piece}".strip(), size + length
    if current:
        yield current


def _pieces(blocks: Iterable[str], most: float) -> Iterator[tuple[str, float]]:
    """What `pack` joins, with its units."""
    for block in blocks:
        length = units(block)
        if length <= most:
            yield block, length
            continue
        for sentence in SENTENCE_END.split(block):
            yield from _halves(sentence, most)


def _halves(text: str, most: float) -> Iterator[tuple[str, float]]:
    """A sentence longer than a passage is cut between words."""
    length = units(text)
    if length <= most or len(text) < 2:
        yield text, length
        return
    middle = text.rfind(" ", 1, len(text) // 2 + 1)
    cut = middle if middle > 0 else len(text) // 2
    yield from _halves(text[:cut].strip(), most)
    yield from _halves(text[cut:].strip(), most)
