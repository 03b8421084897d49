"""Dates, numbers, time zones and the site's name as readers of a language write them; `kb.sentences` has the catalogues."""

from __future__ import annotations

import datetime
from functools import lru_cache

from babel.core import get_global
from babel.dates import format_date, format_interval, format_skeleton, get_timezone_location
from babel.numbers import format_decimal

from kb.content.vocabulary import vocabulary
from kb.sentences import translations

# English of the United Nations; Spanish with the decimal point that most States of the region use.
LOCALES = {"en": "en_GB", "es": "es_MX"}


def site_name(lang: str) -> str:
    """What the site is called."""
    return translations(lang).gettext("Good practices for protection and solutions")


@lru_cache(maxsize=4096)
def number(value: float, lang: str) -> str:
    """A figure as the reader writes it: `1,140`, `56.7`."""
    return format_decimal(value, locale=LOCALES[lang])


@lru_cache(maxsize=4096)
def date(text: str, lang: str) -> str:
    """A date of any precision (`2023`, `2023-09`, `2023-09-26`) in words."""
    if len(text) == 4:
        return text
    if len(text) == 7:
        return format_skeleton("yMMMM", _day(text), locale=LOCALES[lang])
    return format_date(_day(text), "long", locale=LOCALES[lang])


_SKELETONS = {4: "y", 7: "yMMMM", 10: "yMMMMd"}


def date_range(start: str, end: str, lang: str) -> str:
    """Two dates as one: `26–27 September 2023`; the less precise one decides how much is said."""
    size = min(len(start), len(end))
    if start[:size] == end[:size]:
        return date(start[:size], lang)
    return format_interval(_day(start), _day(end), _SKELETONS[size], locale=LOCALES[lang])


@lru_cache(maxsize=64)
def time_zone(name: str, lang: str) -> str:
    """A time zone by its city, and the country where that has another name: `Tegucigalpa (Honduras)`."""
    city = get_timezone_location(name, locale=LOCALES[lang], return_city=True)
    country = vocabulary().label("countries", get_global("zone_territories").get(name, ""), lang)
    return f"{city} ({country})" if country and country not in city else city


def _day(text: str) -> datetime.date:
    """The first day that a date of any precision can mean."""
    year, month, day = (int(part) for part in f"{text}{'-01-01'[len(text) - 4 :]}".split("-"))
    return datetime.date(year, month, day)
