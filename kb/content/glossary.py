"""Acronyms of the vocabulary: what they stand for, for tooltips on pages and for people who search by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kb.content.letters import plain
from kb.content.vocabulary import Term, vocabulary

_SOURCES = ("glossary", "themes", "populations")
_ACRONYM = re.compile(r"[A-ZÁÉÍÓÚÑ][\w+&/-]*[A-Z0-9+]")
_AT_THE_END = re.compile(rf"^(?P<words>.+?)\s*\((?P<acronym>{_ACRONYM.pattern})\)$")


@dataclass(frozen=True)
class Meaning:
    """What an acronym stands for, per language."""

    words: Mapping[str, str]


@cache
def acronyms() -> dict[str, Meaning]:
    """Every acronym of the vocabulary, in lower case without accents, to its meaning.

    An acronym of one language is found in the other too: people type what their colleagues say.
    """
    found: dict[str, Meaning] = {}
    for facet in _SOURCES:
        for term in vocabulary()[facet].values():
            meaning = Meaning({lang: _split(label)[0] for lang, label in term.label.items()})
            for acronym in _acronyms_of(term):
                found.setdefault(plain(acronym), meaning)
    return found


@cache
def tooltips(lang: str) -> dict[str, str]:
    """Acronyms as they stand in text, to their words in `lang`: only those that a label itself gives as its short form."""
    found: dict[str, str] = {}
    for term in vocabulary()["glossary"].values():
        words, acronym = _split(term.label[lang])
        for short in (acronym, *(_split(label)[1] for label in term.label.values())):
            if short:
                found.setdefault(short, words)
    return found


@cache
def _short_forms() -> dict[str, Mapping[str, str]]:
    """Acronyms that languages write differently (ACNUR, UNHCR), to those of each language."""
    found: dict[str, Mapping[str, str]] = {}
    for term in vocabulary()["glossary"].values():
        short = {lang: _split(label)[1] for lang, label in term.label.items()}
        if all(short.values()) and len(set(short.values())) > 1:
            found |= dict.fromkeys(short.values(), short)
    return found


def named_in(lang: str, name: str) -> str:
    """A name as `lang` has it: a State or an institution of the vocabulary, or what holds such an institution's acronym.

    Example:
        named_in("en", "ACNUR Costa Rica")    # 'UNHCR Costa Rica'
        named_in("es", "Canada")              # 'Canadá'
    """
    for facet in ("countries", "glossary"):
        for term in vocabulary()[facet].values():
            if plain(name) in (plain(_split(label)[0]) for label in term.label.values()):
                return _split(term.label[lang])[0]
    short = _short_forms()
    return re.sub(r"\w+", lambda word: short[word[0]][lang] if word[0] in short else word[0], name)


def _acronyms_of(term: Term) -> list[str]:
    short = [_split(label)[1] for label in term.label.values()]
    aliases = [alias for words in term.aliases.values() for alias in words if _ACRONYM.fullmatch(alias)]
    return [acronym for acronym in (*short, *aliases) if acronym]


def _split(label: str) -> tuple[str, str]:
    """`Refugee status determination (RSD)` to its words and its short form; an empty one where there is none."""
    found = _AT_THE_END.match(label)
    return (found["words"], found["acronym"]) if found else (label, "")
