"""The controlled vocabulary: every term that front matter may use, with its words in each language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from kb.content.letters import alphabetical, plain
from kb.content.memory import remembered


class Term(BaseModel):
    """A term of one facet. Mappings go from language (`en`, `es`) to words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Mapping[str, str]
    definition: Mapping[str, str] = {}
    aliases: Mapping[str, tuple[str, ...]] = {}
    demonyms: Mapping[str, tuple[str, ...]] = {}
    mirps: bool = False


class Vocabulary:
    """All facets. `vocabulary["themes"]["health"].label["es"]` is the Spanish label."""

    def __init__(self, facets: Mapping[str, Mapping[str, Term]]) -> None:
        self._facets = facets

    def __getitem__(self, facet: str) -> Mapping[str, Term]:
        return self._facets[facet]

    def label(self, facet: str, term: str, lang: str) -> str:
        """The words a reader sees for a term; the term itself where the vocabulary has none."""
        entry = self._facets[facet].get(term)
        return entry.label[lang] if entry else term

    def named(self, facet: str, words: str) -> str:
        """The term that someone means who writes its key, or its label or an alias in any language; empty where there is none."""
        wanted = _bare(words)
        for term, entry in self._facets[facet].items():
            aliases = [alias for listed in entry.aliases.values() for alias in listed]
            if wanted in map(_bare, (term, *entry.label.values(), *aliases)):
                return term
        return ""

    def in_order(self, facet: str, terms: Iterable[str], lang: str) -> list[str]:
        """Terms in the alphabetical order of what a reader sees for them."""
        return sorted(terms, key=lambda term: alphabetical(self.label(facet, term, lang)))

    def mirps_states(self) -> list[str]:
        """Codes of the States of the framework, in the alphabetical order of their names, which is the same in both languages."""
        return self.in_order("countries", (code for code, term in self["countries"].items() if term.mirps), "es")

    def facets(self) -> tuple[str, ...]:
        """Names of all facets."""
        return tuple(self._facets)


def _bare(words: str) -> str:
    """As people type: without case, accents, hyphens and underscores."""
    return " ".join(plain(words).replace("_", " ").replace("-", " ").split())


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that ships with the project."""
    raw = _written()
    return Vocabulary(
        {facet: {str(key): Term.model_validate(term) for key, term in terms.items()} for facet, terms in raw.items()}
    )


@remembered(1)
def _written() -> dict[str, dict[str, Any]]:
    file = files("kb.content").joinpath("vocabulary.yaml")
    found: dict[str, dict[str, Any]] = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    return found
