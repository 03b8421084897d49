"""Words in both languages at once: an agenda is made once and read in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Self, TypeAlias

import yaml

from kb.content.sections import LANGUAGES
from kb.content.vocabulary import vocabulary
from kb.quotations import fitted
from kb.sentences import Sentence

Words: TypeAlias = Mapping[str, str]
"""Language (`en`, `es`) to text."""

_AND = {"en": "and", "es": "y"}


@cache
def _phrases() -> Mapping[str, Words]:
    found: dict[str, Words] = yaml.load(
        files("kb.learning").joinpath("words.yaml").read_bytes(), Loader=yaml.CSafeLoader
    )
    return found


def say(key: str, **values: Words | str | int) -> Words:
    """A phrase of `words.yaml` in both languages, with `{name}` replaced by what is given for it."""
    phrase = _phrases()[key]
    return {lang: _filled(phrase[lang], values, lang) for lang in LANGUAGES}


def _filled(phrase: str, values: Mapping[str, Words | str | int], lang: str) -> str:
    said = {name: value[lang] if isinstance(value, Mapping) else value for name, value in values.items()}
    return phrase.format(**fitted(phrase, said, lang))


def term(facet: str, name: str) -> Words:
    """A term of the vocabulary in words."""
    return {lang: vocabulary().label(facet, name, lang) for lang in LANGUAGES}


def state(code: str) -> Words:
    """A State's name."""
    return term("countries", code)


class Told(Sentence):
    """Words of both languages as the value of a sentence: a State, a practice, a session in a message."""

    __slots__ = ("words",)

    words: Words

    def __new__(cls, words: Words) -> Self:
        made = super().__new__(cls, words["en"])
        made.words = words
        return made

    def said(self, lang: str) -> str:
        return self.words[lang]


def listed(items: Iterable[Words]) -> Words:
    """`a, b and c`."""
    found = list(items)
    return {lang: _joined([item[lang] for item in found], lang) for lang in LANGUAGES}


def _joined(texts: list[str], lang: str) -> str:
    if len(texts) < 2:
        return "".join(texts)
    word = "e" if lang == "es" and texts[-1].lower().startswith(("i", "hi")) else _AND[lang]
    return f"{', '.join(texts[:-1])} {word} {texts[-1]}"
