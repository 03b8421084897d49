"""Citations: the two forms on a page, and BibTeX that BibTeX can read."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kb.content.library import Library, load_library
from kb.settings import Settings
from kb.site.citation import citation
from kb.site.urls import Urls
from kb.site.views import view
from tests.content.writing import PATH, changed, write


def test_both_languages_cite_their_own_page(library: Library) -> None:
    entry = library.entries["sv-a-tu-lado-support-spaces"]
    english, spanish = (citation(view(entry, Urls(lang))) for lang in ("en", "es"))
    assert english.author == "Good practices for protection and solutions"
    assert english.date == "2026, November 21"
    assert english.url == "http://127.0.0.1:8000/en/practices/sv-a-tu-lado-support-spaces/"
    assert spanish.date == "21 de noviembre de 2026"
    assert spanish.url == "http://127.0.0.1:8000/es/practicas/sv-a-tu-lado-support-spaces/"
    assert english.bibtex == (
        "@misc{sv-a-tu-lado-support-spaces,\n"
        "  author   = {{Good practices for protection and solutions}},\n"
        "  title    = {{'A tu Lado' (By Your Side) support spaces}},\n"
        "  year     = {2026},\n"
        "  month    = nov,\n"
        "  url      = {http://127.0.0.1:8000/en/practices/sv-a-tu-lado-support-spaces/},\n"
        "  language = {english}\n"
        "}"
    )


def test_every_kind_of_entry_shows_how_to_cite_it(settings: Settings) -> None:
    for path in (
        "es/practicas/sv-a-tu-lado-support-spaces",
        "en/commitments/commit-gt-labour-inclusion",
        "en/events/event-san-salvador-mhpss-learning-2023",
    ):
        html = (settings.site / path / "index.html").read_text(encoding="utf-8")
        assert '<details id="cite"' in html
        assert "@misc{" in html


def test_a_date_without_day_or_month_is_cited_as_it_is(tmp_path: Path) -> None:
    for written, english in (("2024", "2024"), ("2024-03", "2024, March")):
        write(tmp_path, PATH, changed("last_reviewed: 2024-03-01", f"last_reviewed: {written}"))
        cited = citation(view(load_library(tmp_path).entries["sv-legal-desk"], Urls("en")))
        assert cited.date == english
        assert ("month" in cited.bibtex) == (written != "2024")


@given(st.text(st.sampled_from("aé &%$#_{}\\~^\"'"), min_size=1, max_size=30))
def test_no_title_breaks_bibtex(title: str) -> None:
    from kb.site.citation import _tex

    escaped = _tex(title)
    bare = re.sub(r"\\text[a-z]+\{\}|\\[&%$#_{}]", "", escaped)
    assert not set(bare) & set("&%$#_{}\\~^")
