"""Words that are read as others, and the reader is told: typing errors as the nearest word that stands in the content, and what people
say as what texts say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kb.content.glossary import acronyms, colloquial
from kb.content.letters import plain
from kb.content.vocabulary import vocabulary
from kb.encoding.protocol import QueryEncoder
from kb.index.snapshot import LanguageIndex
from kb.search.recognition import EXCLUDING

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 5
"""Shorter words are left alone: too many others lie near."""
_TWO_ERRORS_FROM = 12
_LEAST_PASSAGES = 8
"""A word that fewer passages hold is no likely target: the typed one is as likely to be right."""
_MOST_WORDS = 25
"""Longer queries are pasted, not typed."""


@dataclass(frozen=True)
class Correction:
    """A word as it was typed, and as it was read."""

    typed: str
    read: str


def correct(
    query: str, lang: str, languages: Mapping[str, LanguageIndex], encoder: QueryEncoder
) -> tuple[str, tuple[Correction, ...]]:
    """The query with its typing errors mended, and what was changed.

    Only words that stand neither in the content nor in the vocabulary of any language are touched, and that the encoder
    does not know as a whole either: it learned its tokens from texts about everything (`plata`, `receta`). A correction is one
    slip away (a letter more, fewer, another, or two swapped), in long words two, and begins alike; words of the query's
    language are offered first.
    """
    found: dict[str, Correction] = {}
    words = list(_WORD.finditer(query))
    for match in words if len(words) <= _MOST_WORDS and lang in languages else ():
        typed = match.group()
        if typed in found or not _doubtful(typed, match.start(), lang, languages) or _is_one_token(typed, encoder):
            continue
        # A word of the other language is likely when nothing of the question's own lies near: `psicosocail` alone.
        offered = (languages[lang], *(index for other, index in languages.items() if other != lang))
        read = next(filter(None, (_nearest(plain(typed), index) for index in offered)), "")
        if read:
            found[typed] = Correction(typed, read)
    return _read_as(query, found), tuple(found.values())


def as_texts_say(query: str, lang: str) -> tuple[str, tuple[Correction, ...]]:
    """The query with what people say (`chamba`) read as what texts say (`trabajo`): no text has it, and the encoder misreads it."""
    found: dict[str, Correction] = {}
    for match in _WORD.finditer(query):
        typed = match.group()
        said = colloquial().get(plain(typed))
        if said and not _is_name(typed, match.start()):
            found[typed] = Correction(typed, said[lang])
    return _read_as(query, found), tuple(found.values())


def _read_as(query: str, found: Mapping[str, Correction]) -> str:
    return _WORD.sub(lambda match: found[match.group()].read if match.group() in found else match.group(), query)


def _doubtful(typed: str, position: int, lang: str, languages: Mapping[str, LanguageIndex]) -> bool:
    word = plain(typed)
    if len(word) < _SHORTEST or _is_name(typed, position):
        return False
    if word in acronyms() or word in _vocabulary_words() or word in EXCLUDING:
        return False
    # Another language's stemmer would find endings in what is none of its words: Spanish takes `childen` for `child`.
    return not any(word in index.words for index in languages.values()) and not _passages(word, languages[lang])


def _is_name(typed: str, position: int) -> bool:
    """A capital inside a sentence is a name, and names are not ours to mend."""
    return typed.isupper() or (position > 0 and typed[0].isupper())


def _is_one_token(word: str, encoder: QueryEncoder) -> bool:
    return len(encoder.token_offsets(word)[0]) == 1


def _passages(word: str, index: LanguageIndex) -> int:
    """In how many passages a word stands in any of its forms."""
    return max((index.lexical.frequency(stem) for stem in index.lexical.words(word)), default=0)


def _nearest(word: str, index: LanguageIndex) -> str:
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    most = 2 if len(word) >= _TWO_ERRORS_FROM else 1
    alike = index.initials.get(word[:1], ())
    near = [
        (distance, -index.words[other][1], other)
        for other, distance, _ in extract(word, alike, scorer=OSA.distance, score_cutoff=most, limit=8)
        if _passages(other, index) >= _LEAST_PASSAGES
    ]
    return index.words[min(near)[2]][0] if near else ""


@cache
def _vocabulary_words() -> frozenset[str]:
    known = vocabulary()
    phrases = (
        phrase
        for facet in known.facets()
        for term in known[facet].values()
        for words in (tuple(term.label.values()), *term.aliases.values(), *term.demonyms.values())
        for phrase in words
    )
    return frozenset(word for phrase in phrases for word in _WORD.findall(plain(phrase)))
