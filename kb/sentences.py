"""What we tell people who write or ask: a sentence kept apart from its values, so that it can be said in their language.

English is what the code holds; the other languages stand in the catalogue of the interface, under the sentence's template.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Self

from kb.quotations import fitted

if TYPE_CHECKING:
    from babel.support import NullTranslations


@cache
def translations(lang: str) -> NullTranslations:
    """The catalogue of a language; English is what code and templates are written in."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import NullTranslations, Translations

    if lang == "en":
        return NullTranslations()
    text = files("kb.site").joinpath("locale", lang, "messages.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(text), locale=lang))
    compiled.seek(0)
    return Translations(compiled)


class Sentence(str):
    """A sentence in English that can also be said in other languages. A value may be a sentence itself.

    Example:
        told = Sentence("has %(count)s words; at most %(most)s are read.", count=80, most=60)
        told              # 'has 80 words; at most 60 are read.'
        told.said("es")   # 'tiene 80 palabras; se leen 60 como máximo.'
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str = "", /, **values: object) -> Self:
        made = super().__new__(cls, template % fitted(template, values, "en") if values else template)
        made.template = template
        made.values = values
        return made

    def said(self, lang: str) -> str:
        """The sentence in `lang`; in English where the catalogue has no other words."""
        if lang == "en" or not self.template:
            return str(self)
        words: str = translations(lang).gettext(self.template)
        values = {
            name: value.said(lang) if isinstance(value, Sentence) else value for name, value in self.values.items()
        }
        return words % fitted(words, values, lang) if values else words


def template(words: str, /) -> str:
    """Marks words for the catalogue that stand apart from the `Sentence` made of them."""
    return words


def joined(sentences: Sequence[str], between: str = "") -> Sentence:
    """Several sentences as one."""
    parts = {f"part{number}": sentence for number, sentence in enumerate(sentences)}
    return Sentence(between.join(f"%({name})s" for name in parts), **parts)
