"""Each page in both languages: the switch stays on the page, dates and numbers are written as readers write them."""

from __future__ import annotations

import re

import pytest

from kb.settings import Settings
from kb.site.i18n import date, date_range, number
from tests.conftest import ROOT

_ALTERNATE = re.compile(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)">')
_SWITCH = re.compile(r'<a [^>]*href="([^"]+)" hreflang="(\w+)" lang="\w+">(?:English|Español)</a>')


def _pages(settings: Settings) -> dict[str, str]:
    return {
        "/" + path.relative_to(settings.site).as_posix().removesuffix("index.html"): path.read_text(encoding="utf-8")
        for lang in ("en", "es")
        for path in (settings.site / lang).rglob("*.html")
    }


def test_every_page_and_its_other_language_name_each_other(settings: Settings) -> None:
    pages = _pages(settings)
    kinds = {re.sub(r"[^/]+/$", "", address) for address in pages}
    assert len(kinds) > 14
    for address, html in pages.items():
        lang = address.split("/")[1]
        alternates = dict(_ALTERNATE.findall(html))
        assert set(alternates) == {"en", "es"}, address
        assert alternates[lang] == address
        other = "es" if lang == "en" else "en"
        assert dict(_ALTERNATE.findall(pages[alternates[other]])) == alternates
        switch = _SWITCH.search(html)
        assert switch, address
        assert switch.groups() == (alternates[other], other)


def test_english_pages_quote_with_english_marks(settings: Settings) -> None:
    written = {
        address: re.sub(r"<(\w+)[^>]* lang=\"(?!en).*?</\1>", "", html, flags=re.DOTALL)
        for address, html in _pages(settings).items()
        if address.startswith("/en/")
    }
    assert not [address for address, html in written.items() if "«" in html]


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [(1140, "1,140", "1,140"), (56.7, "56.7", "56.7"), (2000000, "2,000,000", "2,000,000")],
)
def test_numbers_are_written_as_in_the_region(value: float, english: str, spanish: str) -> None:
    assert (number(value, "en"), number(value, "es")) == (english, spanish)


@pytest.mark.parametrize(
    ("text", "english", "spanish"),
    [
        ("2023", "2023", "2023"),
        ("2023-09", "September 2023", "septiembre de 2023"),
        ("2023-09-26", "26 September 2023", "26 de septiembre de 2023"),
    ],
)
def test_dates_are_as_precise_as_their_source(text: str, english: str, spanish: str) -> None:
    assert (date(text, "en"), date(text, "es")) == (english, spanish)


@pytest.mark.parametrize(
    ("start", "end", "spanish"),
    [
        ("2023-09-26", "2023-09-27", "26–27 de septiembre de 2023"),
        ("2023-07", "2023-12", "julio–diciembre de 2023"),
        ("2017-08", "2017-08", "agosto de 2017"),
        ("2023-07", "2023-07-04", "julio de 2023"),
        ("2022", "2023-04-01", "2022–2023"),
    ],
)
def test_two_dates_are_written_as_one(start: str, end: str, spanish: str) -> None:
    assert date_range(start, end, "es") == spanish


IN_THEIR_OWN_WORDS = {"root.html", "404.html", "api.html"}
"""Pages that speak both languages at once, and the documentation of the API, which is in English."""


def test_no_template_holds_words_outside_the_catalogue() -> None:
    """Spanish pages hold no English sentence of the templates: what is not marked for translation shows here."""
    templates = {file for file in (ROOT / "kb/site/templates").rglob("*.html") if file.name not in IN_THEIR_OWN_WORDS}
    assert len(templates) > 30
    for template in templates:
        text = re.sub(
            r"\{#.*?#\}|\{% trans.*?%\}.*?\{% endtrans %\}|\{[{%].*?[%}]\}", "", template.read_text(), flags=re.DOTALL
        )
        bare = re.sub(r"<[^>]*>", " ", text)
        assert not re.search(r"[a-z]{4,} [a-z]{2,}", bare), template.name
