"""States and themes that a query names: shown to the reader, who may filter by them or set them aside."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from kb.content.letters import plain
from kb.content.vocabulary import vocabulary

_FACETS = {"country": "countries", "theme": "themes"}
_WORD = re.compile(r"\w+")
_LONGEST = 5
_REGIONS = ("regional", "global")
"""Terms of the facet of States that are none."""

_LEADING = frozenset(
    "a al algo also casi de del el en es from in la las little los mainly mostly no not of only poco principalmente sea sean solo "
    "some son tambien the".split()
)
"""Words between a name and the word that says what is meant by it."""
EXCLUDING = frozenset(
    "aparte distinta distintas distinto distintos except excepto excluding excluir excluyendo fuera menos outside salvo sin than without".split()
)
"""Before a State (`excepto México`): it is not asked for."""
_DENIED = (("no", "sea"), ("no", "sean"), ("not", "in"), ("not", "from"), ("no", "en"))
"""Among the words before a State (`que no sea de México`): the same."""
_LANGUAGES = frozenset(
    "aleman english espanol frances french german ingles italian italiano portugues portuguese spanish".split()
)
"""Demonyms that name a language, too."""
_OF_LANGUAGES = frozenset(
    "aprende aprenden aprender clase clases curso cursos ensenan ensenanza ensenar escribir habla hablan hablantes hablar hablen hablo idioma "
    "idiomas interpretacion interpretes into learn learning learns leer lengua lenguas read speak speaking speaks spoken teach teaching "
    "traduccion traducir write".split()
)
"""Before a word of `_LANGUAGES`: the language is meant, not the State."""
_THEN_LANGUAGES = frozenset(
    "class classes course courses interpretation interpreter interpreters language languages lesson lessons speaker speakers speaking".split()
)
"""Behind it: the same."""


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


def recognise(
    query: str, set_aside: Collection[str] = (), held: Collection[tuple[str, str]] | None = None
) -> tuple[Recognised, ...]:
    """The terms that a query names by label, alias or demonym, in either language; the longest name wins.

    A State that the query excludes is none that it asks for, and who speaks Spanish does not ask for Spain.

    Args:
        query: as typed, or corrected.
        set_aside: keys (`country:PA`) that the reader does not mean.
        held: (facet, term) pairs of the content; others lead to nothing. By default all.
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
                meant = named[0] != "country" or _is_asked_for(folded, at, at + length)
                if meant and one.key not in set_aside and (held is None or named in held):
                    found.setdefault(one.key, one)
                at += length - 1
                break
        at += 1
    return tuple(found.values())


def _is_asked_for(words: list[str], start: int, end: int) -> bool:
    """Whether the State that `words[start:end]` name is asked for: neither excluded nor the name of a language."""
    before = start
    while before and words[before - 1] in _LEADING:
        before -= 1
    leading, last = words[before:start], words[before - 1] if before else ""
    if last in EXCLUDING or any(pair in _DENIED for pair in pairwise(leading)):
        return False
    if end - start > 1 or words[start] not in _LANGUAGES:
        return True
    after = words[end] if end < len(words) else ""
    return last not in _OF_LANGUAGES and after not in _THEN_LANGUAGES and not {"en", "in"} & set(leading)


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
