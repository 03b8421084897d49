"""Lists of practices as files: they open, and say what the pages say."""

from __future__ import annotations

import csv
import io

import pytest
from docx import Document

from kb.content.library import Library
from kb.site.export import as_csv, as_docx
from kb.site.urls import Urls
from kb.site.views import EntryView, view

IDS = ["sv-a-tu-lado-support-spaces", "hn-idp-profiling", "mx-la-72-shelter"]


@pytest.fixture(params=["en", "es"])
def practices(request: pytest.FixtureRequest, library: Library) -> list[EntryView]:
    return [view(library.entries[one], Urls(request.param)) for one in IDS]


def test_a_table_opens_in_a_spreadsheet(practices: list[EntryView]) -> None:
    written = as_csv(practices)
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == IDS
    address = "Address" if practices[0].urls.lang == "en" else "Dirección"
    assert rows[1][address].endswith(practices[1].url)
    assert "1,140" in " ".join(rows[0].values())


def test_no_cell_is_taken_for_a_formula(library: Library) -> None:
    entry = library.entries[IDS[0]]
    for start in ("=", "+", "-", "@", "\t"):
        page = entry.original.__class__(
            **{**vars(entry.original), "title": f'{start}HYPERLINK("http://evil.example")', "lang": "en"}
        )
        written = as_csv([EntryView(entry, page, Urls("en"))]).decode("utf-8-sig")
        assert next(csv.reader(io.StringIO(written.split("\r\n", 1)[1])))[1].startswith(f"'{start}")


def test_a_word_file_tells_each_practice_with_its_sources(practices: list[EntryView]) -> None:
    written = as_docx(practices)
    assert written == as_docx(practices)
    document = Document(io.BytesIO(written))
    text = [paragraph.text for paragraph in document.paragraphs]
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings == [it.page.title for it in practices]
    overview = document.tables[0]
    assert [row.cells[0].text for row in overview.rows][1:] == headings
    for it in practices:
        assert it.page.summary in text
        assert it.urls.absolute(it.url) in text
        for source in it.entry.facts.sources:
            assert any(line.startswith(f"[{source.n}] {source.title}") for line in text)
