"""States and themes that a query names: shown to the reader, who may filter by them or set them aside."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from kb.content.glossary import plain
from kb.content.vocabulary import vocabulary

_FACETS = {"country": "countries", "theme": "themes"}
_WORD = re.compile(r"\w+")
_LONGEST = 5
_REGIONS = ("regional", "global")
"""Terms of the facet of States that are none."""


@dataclass(frozen=True)
class Recognised:
    """A term of a facet, and the words of the query that name it."""

    facet: str
    term: str
    typed: str

    @property
    def key(self) -> str:
        """As a request sets it aside: `country:PA`."""
        return f"{self.facet}:{self.term}"


def recognise(query: str, set_aside: Collection[str] = ()) -> tuple[Recognised, ...]:
    """The terms that a query names by label, alias or demonym, in either language; the longest name wins.

    Args:
        query: as typed, or corrected.
        set_aside: keys (`country:PA`) that the reader does not mean.
    """
    words = list(_WORD.finditer(query))
    folded = [plain(word.group()) for word in words]
    names = _names()
    found: dict[str, Recognised] = {}
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            named = names.get(" ".join(folded[at : at + length]))
            typed = query[words[at].start() : words[at + length - 1].end()]
            if named and (len(typed) > 3 or typed.isupper()):
                one = Recognised(*named, typed)
                if one.key not in set_aside:
                    found.setdefault(one.key, one)
                at += length - 1
                break
        at += 1
    return tuple(found.values())


@cache
def _names() -> dict[str, tuple[str, str]]:
    """Every name of a term, in lower case without accents, to its facet and the term; the facets' order decides ties."""
    names: dict[str, tuple[str, str]] = {}
    for facet, kind in _FACETS.items():
        for key, term in vocabulary()[kind].items():
            if key in _REGIONS:
                continue
            for words in (tuple(term.label.values()), *term.aliases.values(), *term.demonyms.values()):
                for phrase in words:
                    names.setdefault(" ".join(_WORD.findall(plain(phrase))), (facet, key))
    return names
