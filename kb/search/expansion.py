"""The words that a question is searched by: its own, what its acronyms stand for, and their translations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.content.glossary import Meaning, acronyms
from kb.content.letters import plain
from kb.index.snapshot import Snapshot

MEANT = 0.4
"""Weight of a word that an acronym stands for, where a word that was typed weighs 1."""
TRANSLATED = 0.7
"""Weight of a translation that is certain; others weigh less by their probability."""
ENCODED = 80
"""Words of a query that are encoded; no passage is longer by much. What else was pasted is searched by its words."""

_TOKEN = re.compile(r"[\w+&/-]*\w[+]?")


def meanings(query: str) -> list[Meaning]:
    """What the acronyms of a query stand for, each once. Short ones count only when typed in capitals."""
    found: list[Meaning] = []
    for token in _TOKEN.findall(query):
        meaning = _meaning(token)
        if meaning and meaning not in found:
            found.append(meaning)
    return found


def _meaning(token: str) -> Meaning | None:
    return acronyms().get(plain(token)) if len(token) > 3 or token.upper() == token else None


def in_words(query: str, lang: str) -> str:
    """The query with its acronyms replaced by what they stand for."""
    return _TOKEN.sub(lambda token: found.words[lang] if (found := _meaning(token.group())) else token.group(), query)


def spelled_out(query: str, meanings: list[Meaning], lang: str) -> str:
    """What the encoder reads: the query, or its first `ENCODED` words, with its acronyms spelled out behind it.

    The encoder knows words better than acronyms.
    """
    begins = " ".join(query.split()[:ENCODED])
    return f"{begins} ({'; '.join(meaning.words[lang] for meaning in meanings)})" if meanings else begins


def words(query: str, lang: str, meanings: Sequence[Meaning], snapshot: Snapshot) -> dict[str, dict[str, float]]:
    """For each language of the index, the stems to search for, with their weights."""
    typed = _typed(query, lang, snapshot)
    found: dict[str, dict[str, float]] = {}
    for index in snapshot.languages.values():
        meant = " ".join(meaning.words[index.lang] for meaning in meanings)
        weights = dict.fromkeys(index.lexical.words(meant), MEANT)
        for other, stems in typed.items():
            translations = snapshot.lexicon.get(other, {}).get(index.lang, {})
            for stem in stems:
                for word, probability in translations.get(stem, ()):
                    weights[word] = max(weights.get(word, 0.0), TRANSLATED * probability)
        found[index.lang] = weights | dict.fromkeys(typed.get(index.lang, ()), 1.0)
    return found


def _typed(query: str, lang: str, snapshot: Snapshot) -> dict[str, list[str]]:
    """For each language the stems that were typed in it: those of the query's language, and of another what only that one
    holds (`cash transfers para desplazados`)."""
    if lang not in snapshot.languages:
        return {}
    own = snapshot.languages[lang].lexical
    tokens = [(token, own.words(token)) for token in _TOKEN.findall(query)]
    strange = " ".join(token for token, stems in tokens if stems and not any(map(own.frequency, stems)))
    typed = {lang: own.words(query)}
    for index in snapshot.languages.values():
        if index.lang != lang and strange:
            typed[index.lang] = [stem for stem in index.lexical.words(strange) if index.lexical.frequency(stem)]
    return typed
