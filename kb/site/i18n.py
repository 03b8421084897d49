"""Interface words in each language: gettext catalogues, read from the `.po` files that translators edit."""

from __future__ import annotations

import datetime
import io
from functools import cache
from importlib.resources import files

from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

# English of the United Nations; Spanish with the decimal point that most States of the region use.
LOCALES = {"en": "en_GB", "es": "es_MX"}


@cache
def translations(lang: str) -> NullTranslations:
    """The interface catalogue of a language; English is what the templates are written in."""
    if lang == "en":
        return NullTranslations()
    text = files("kb.site").joinpath("locale", lang, "messages.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(text), locale=lang))
    compiled.seek(0)
    return Translations(compiled)


def number(value: float, lang: str) -> str:
    """A figure as the reader writes it: `1,140`, `56.7`."""
    return format_decimal(value, locale=LOCALES[lang])


def date(text: str, lang: str) -> str:
    """A date of any precision (`2023`, `2023-09`, `2023-09-26`) in words."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return text
    day = datetime.date(parts[0], parts[1], parts[2] if len(parts) == 3 else 1)
    if len(parts) == 2:
        return format_skeleton("yMMMM", day, locale=LOCALES[lang])
    return format_date(day, "long", locale=LOCALES[lang])
