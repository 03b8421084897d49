"""Acronyms in a question are searched by what they stand for as well, in both languages."""

from __future__ import annotations

import re

from kb.content.glossary import Meaning, acronyms, plain

WEIGHT = 0.4
"""Of a word that an acronym stands for, where a word that was typed weighs 1."""

_TOKEN = re.compile(r"[\w+&/-]*\w[+]?")


def meanings(query: str) -> list[Meaning]:
    """What the acronyms of a query stand for, each once. Short ones count only when typed in capitals."""
    found: list[Meaning] = []
    for token in _TOKEN.findall(query):
        meaning = acronyms().get(plain(token))
        if meaning and meaning not in found and (len(token) > 3 or token.upper() == token):
            found.append(meaning)
    return found


def spelled_out(query: str, meanings: list[Meaning], lang: str) -> str:
    """The query with its acronyms spelled out behind it: the encoder knows words better than acronyms."""
    return f"{query} ({'; '.join(meaning.words[lang] for meaning in meanings)})" if meanings else query
