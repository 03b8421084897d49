"""Acronyms and colloquial words of the vocabulary: what they stand for, for tooltips on pages and for people who search by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from kb.content.letters import plain
from kb.content.vocabulary import Term, vocabulary

_SOURCES = ("glossary", "themes", "populations")
_ACRONYM = re.compile(r"(?:[A-ZÁÉÍÓÚÑ]|[a-z]+[A-Z])[\w+&/-]*[A-Z0-9+]")
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
def colloquial() -> dict[str, Mapping[str, str]]:
    """Words that people of the region say (`chamba`), without accents, to what texts say (`trabajo`), per language."""
    return {
        plain(alias): term.label
        for term in vocabulary()["colloquial"].values()
        for aliases in term.aliases.values()
        for alias in aliases
    }


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
def _names() -> dict[str, Mapping[str, str]]:
    """States, institutions and their acronyms as each language writes them, by any of these ways in plain letters."""
    found: dict[str, Mapping[str, str]] = {}
    for facet in ("countries", "glossary"):
        for term in vocabulary()[facet].values():
            parts = {lang: _split(label) for lang, label in term.label.items()}
            for part in (0, 1):
                ways = {lang: both[part] for lang, both in parts.items()}
                if all(ways.values()):
                    found |= {plain(way): ways for way in ways.values() if plain(way) not in found}
    return found


_BETWEEN = re.compile(r"(\s*[/,;()]\s*|\s+(?:y|and)\s+)")


@lru_cache(maxsize=1024)
def named_in(lang: str, name: str) -> str:
    """A name as `lang` has it, part by part: a State, an institution or its acronym, also with a State behind it. Others stay.

    Example:
        named_in("es", "UNHCR (ReliefWeb)")    # 'ACNUR (ReliefWeb)'
        named_in("en", "OIM Honduras")         # 'IOM Honduras'
        named_in("es", "USA for UNHCR")        # 'USA for UNHCR'
    """
    return "".join(_part_in(lang, part) for part in _BETWEEN.split(name))


def _part_in(lang: str, part: str) -> str:
    known = _names()
    if plain(part) in known:
        return known[plain(part)][lang]
    first, _, place = part.partition(" ")
    if plain(first) in known and first.isupper() and plain(place) in known:
        return f"{known[plain(first)][lang]} {known[plain(place)][lang]}"
    return part


def _acronyms_of(term: Term) -> list[str]:
    short = [_split(label)[1] for label in term.label.values()]
    aliases = [alias for words in term.aliases.values() for alias in words if _ACRONYM.fullmatch(alias)]
    return [acronym for acronym in (*short, *aliases) if acronym]


def _split(label: str) -> tuple[str, str]:
    """`Refugee status determination (RSD)` to its words and its short form; an empty one where there is none."""
    found = _AT_THE_END.match(label)
    return (found["words"], found["acronym"]) if found else (label, "")
