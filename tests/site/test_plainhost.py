"""A copy for hosts of plain files: every address is a file, and a normal build takes away what only that copy needs."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest

from kb.content.library import Library, load_library
from kb.site.build import build_site
from tests.content.writing import ORIGINAL, PATH, TRANSLATED, TRANSLATION, write


@pytest.fixture
def small(tmp_path: Path) -> Library:
    write(tmp_path / "content", PATH, ORIGINAL)
    write(tmp_path / "content", TRANSLATED, TRANSLATION.format(fingerprint="0" * 12))
    return load_library(tmp_path / "content")


def test_briefs_and_search_are_files(small: Library, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build_site(small, site, plain=True)
    for path, title in (
        ("en/practices/sv-legal-desk/brief.docx", "Drop-in legal desk at the bus terminal"),
        ("es/practicas/sv-legal-desk/ficha.docx", "Mesa legal en la terminal de buses"),
    ):
        assert docx.Document(io.BytesIO((site / path).read_bytes())).core_properties.title == title
    for path in ("en/search/index.html", "es/buscar/index.html"):
        html = (site / path).read_text(encoding="utf-8")
        assert 'data-bundle="/pagefind/"' in html
        assert 'id="without-script"' in html
    for lang in ("en", "es"):
        assert (site / "pagefind" / lang / "pagefind.js").is_file()
        assert list((site / "pagefind" / lang / "fragment").iterdir())
    assert "/api/" not in (site / "en/data/index.html").read_text(encoding="utf-8")
    again = build_site(small, site, plain=True)
    assert (again.written, again.removed) == (0, 0)


def test_a_normal_build_removes_what_the_server_makes(small: Library, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build_site(small, site, plain=True)
    build_site(small, site)
    assert not (site / "pagefind").exists()
    assert not (site / "es/buscar").exists()
    assert not [file for file in site.rglob("*.docx") if file.parent.name != "assets"]
