"""Open data: read back with the ordinary readers of each format, and compared with the content."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from kb.content.library import Library, load_library
from kb.settings import Settings
from kb.site.build import build_site
from kb.site.urls import Urls
from tests.content.writing import PATH, changed, write


def _path(settings: Settings, lang: str, subject: str, ending: str) -> Path:
    return settings.site / Urls(lang).download(subject, ending).lstrip("/")


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("kind", ["practice", "commitment", "event"])
def test_three_formats_hold_the_same_entries(settings: Settings, library: Library, lang: str, kind: str) -> None:
    whole = json.loads(_path(settings, lang, kind, "json").read_bytes())
    lines = [json.loads(line) for line in _path(settings, lang, kind, "ndjson").read_bytes().splitlines()]
    with _path(settings, lang, kind, "csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    ids = {entry.id for entry in library.of_kind(kind)}
    assert whole["entries"] == lines
    assert whole["count"] == len(lines)
    assert {one["id"] for one in lines} == {row[0] for row in rows[1:]} == ids
    assert whole["licence"]["name"] == "CC BY 4.0"
    assert {len(row) for row in rows} == {16}
    assert {one["language"] for one in lines} == {lang}


def test_a_record_says_what_the_page_says(settings: Settings, library: Library) -> None:
    lines = _path(settings, "es", "practice", "ndjson").read_bytes().splitlines()
    found = next(one for one in map(json.loads, lines) if one["id"] == "sv-a-tu-lado-support-spaces")
    facts = library.entries[found["id"]].facts
    assert found["title"] == "Espacios de Apoyo «A tu Lado»"
    assert found["countries"] == [{"code": "SV", "label": "El Salvador"}]
    assert [one["value"] for one in found["results"]] == [figure.value for figure in facts.results]
    assert found["results"][0]["label"].startswith("Personas atendidas")
    assert {one["n"] for one in found["sources"]} == {source.n for source in facts.sources}
    assert found["sections"][0]["heading"] == "La necesidad"


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_figure_has_a_row_with_its_source(settings: Settings, library: Library, lang: str) -> None:
    with _path(settings, lang, "figures", "csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    figures = [
        (entry.id, figure)
        for entry in library.practices
        for figure in (*entry.facts.results, *getattr(entry.facts, "costs", ()))
    ]
    assert sorted((row[0], float(row[5])) for row in rows) == sorted((name, figure.value) for name, figure in figures)
    assert all(row[8] for row in rows)


def test_a_spreadsheet_takes_no_word_for_a_formula(tmp_path: Path) -> None:
    write(tmp_path / "content", PATH, changed("implementers: [Municipality", "implementers: ['=2+3', Municipality"))
    write(tmp_path / "content", PATH.replace("desk", "other"), changed("title: Drop-in", "title: -1+1 Drop-in"))
    build_site(load_library(tmp_path / "content"), tmp_path / "site")
    with (tmp_path / "site/en/data/practices.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not any(cell.startswith(("=", "-", "+", "@")) for cell in cells)
    assert "'-1+1 Drop-in legal desk at the bus terminal" in cells


def test_a_figure_of_a_source_that_is_missing_is_published_without_one(tmp_path: Path) -> None:
    write(tmp_path / "content", PATH, changed("year: 2023, source: 1", "year: 2023, source: 99"))
    build_site(load_library(tmp_path / "content"), tmp_path / "site")
    with (tmp_path / "site" / Urls("en").download("figures", "csv").lstrip("/")).open(
        encoding="utf-8-sig", newline=""
    ) as file:
        row = list(csv.reader(file))[1]
    assert (row[4], row[5], row[8], row[9]) == ("People advised", "120", "", "")
    page = (tmp_path / "site/en/practices/sv-legal-desk/index.html").read_text()
    assert "People advised" in page
    assert "#source-99" not in page
    assert "#source-1" in page
