"""What is asked of someone who ran a practice. Command line, Word file and form on the site all ask from this list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from kb.content.problems import closest
from kb.content.vocabulary import vocabulary

Answer = Literal["text", "paragraph", "list", "date", "choice", "choices", "section", "table"]


class Column(BaseModel):
    """A column of a table that is filled in; `facet` names the vocabulary that its words come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    question: Mapping[str, str]
    facet: str = ""
    required: bool = False


class Question(BaseModel):
    """One question. `question` and `hint` go from language to words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    answer: Answer
    question: Mapping[str, str]
    hint: Mapping[str, str]
    facet: str = ""
    required: bool = False
    advanced: bool = False
    columns: tuple[Column, ...] = ()


_TELLING = 4
"""Letters with which a label must begin to be offered."""
_NAMES = ("countries", "themes", "populations")


class UnknownWordError(Exception):
    """Words that mean no term of a vocabulary; `closest` is the label nearest to them, or empty."""

    def __init__(self, closest: str) -> None:
        super().__init__(closest)
        self.closest = closest


@cache
def questions() -> tuple[Question, ...]:
    """All questions, in the order in which they are asked."""
    raw = yaml.load(files("kb.contribute").joinpath("questions.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return tuple(Question.model_validate(question) for question in raw)


def options(facet: str, lang: str) -> dict[str, str]:
    """Term to label. States, themes and populations stand in alphabetical order, the MIRPS States before others; other terms in the
    order of the vocabulary, which is one of degree."""
    terms = vocabulary()[facet]
    ordered = vocabulary().in_order(facet, terms, lang) if facet in _NAMES else list(terms)
    ordered.sort(key=lambda term: facet == "countries" and not terms[term].mirps)
    return {term: terms[term].label[lang] for term in ordered}


def term_for(facet: str, words: str) -> str:
    """The term that someone means who writes its key, or its label or an alias in either language.

    Raises:
        UnknownWordError: no term is meant.
    """
    found = vocabulary().named(facet, words)
    if not found:
        labels = [label for entry in vocabulary()[facet].values() for label in entry.label.values()]
        begun = [label for label in labels if len(words) >= _TELLING and label.lower().startswith(words.lower())]
        raise UnknownWordError(closest(words, labels) or "".join(begun[:1]))
    return found
