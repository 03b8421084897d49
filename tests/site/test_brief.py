"""The one-page brief: every practice fits, says its sources, and opens in Word."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.library import Library, load_library
from kb.content.markdown import cited
from kb.site.brief import LONGEST_POINT, Brief, Point, _cut, brief
from kb.site.brief_page import PAGE, fitted, height
from kb.site.brief_word import brief_file
from kb.site.urls import Urls
from kb.site.views import view
from tests.content.writing import PATH, changed, write


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_practice_fits_on_a_page_and_cites_what_it_says(library: Library, lang: str) -> None:
    for entry in library.practices:
        found = brief(view(entry, Urls(lang)))
        assert height(fitted(found)) <= PAGE, entry.id
        assert found.done
        assert found.results, entry.id
        assert found.contacts
        numbers = set().union(*(cited(point.text) for point in (*found.done, *found.results, *found.needs)))
        shown = {number for number, _ in found.sources}
        assert shown <= numbers
        assert len(numbers - shown) == found.more_sources
        assert numbers <= {source.n for source in entry.facts.sources}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_file_reads_back(library: Library, lang: str) -> None:
    it = view(library.entries["sv-a-tu-lado-support-spaces"], Urls(lang, "/", "https://practices.example.org"))
    content = brief_file(it)
    document = docx.Document(io.BytesIO(content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert document.core_properties.title == it.page.title
    assert it.page.summary in text
    assert "1,140" in text
    assert {"en": "Whom to ask", "es": "A quién consultar"}[lang] in text
    address = f"https://practices.example.org{it.url}"
    assert address in text
    assert address in {relation.target_ref for relation in document.part.rels.values() if relation.is_external}
    assert document.paragraphs[1].style.name == "Title"
    assert brief_file(it) == content


def test_a_period_within_one_year_is_said_once(library: Library) -> None:
    found = brief(view(library.entries["pa-meteti-senafront-psychosocial-workshops"], Urls("en")))
    assert dict(found.facts)["Period"] == "2016"


def test_a_source_that_is_missing_is_not_cited(tmp_path: Path) -> None:
    write(tmp_path, PATH, changed("year: 2023, source: 1", "year: 2023, source: 99"))
    found = brief(view(load_library(tmp_path).entries["sv-legal-desk"], Urls("en")))
    assert [(point.figure, point.text) for point in found.results] == [("120", "People advised (2023)")]
    assert [number for number, _ in found.sources] == [1]
    assert found.more_sources == 0


@given(st.lists(st.sampled_from(["word", "dos,", "[2]", "[1,", "3]", "(see", "end."]), min_size=1, max_size=80))
def test_cutting_keeps_every_source(words: list[str]) -> None:
    text = " ".join(words)
    cut = _cut(text, LONGEST_POINT)
    assert cited(cut) == cited(text)
    assert cut == text or (len(words) > LONGEST_POINT and "…" in cut)


@given(st.lists(st.integers(1, LONGEST_POINT), min_size=1, max_size=40), st.integers(0, 5), st.integers(1, 30))
def test_however_much_is_said_it_fits(lengths: list[int], figures: int, needs: int) -> None:
    done = tuple(Point("palabra larga " * length) for length in lengths)
    results = (Point("personas " * 20, "1,140"),) * figures
    found = Brief(
        "Title " * 12, (), "Word " * 60, done, results, (Point("word " * 40),) * needs, "", (), 0, "", "", False
    )
    fit = fitted(found)
    assert height(fit) <= PAGE
    assert fit.done == done[: len(fit.done)] != ()
    assert fit.needs
    assert len(fit.done) == len(done) or height(found) > PAGE
