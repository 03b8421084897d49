"""What a preview writes when a file is saved: the page that its editor looks at first, what lists it afterwards."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb.preview import Preview
from kb.search.engine import SearchEngine
from kb.settings import Settings
from tests.content.writing import ORIGINAL, PATH, TRANSLATED, TRANSLATION, changed, write


@pytest.fixture
def preview(tmp_path: Path, settings: Settings, engine: SearchEngine) -> Preview:
    """A preview of two practices, rendered once."""
    write(tmp_path / "content", PATH, ORIGINAL)
    write(tmp_path / "content", "practices/hn/other.en.md", ORIGINAL.replace("[SV]", "[HN]"))
    made = Preview(replace(settings, content=tmp_path / "content", site=tmp_path / "site", lang="es"), engine)
    made.render()
    return made


def _times(site: Path) -> dict[str, int]:
    return {path.relative_to(site).as_posix(): path.stat().st_mtime_ns for path in site.rglob("*.html")}


def test_only_the_edited_page_is_made_before_its_editor_sees_it(preview: Preview, tmp_path: Path) -> None:
    site = tmp_path / "site"
    before, version = _times(site), preview.version
    write(tmp_path / "content", PATH, changed("Drop-in legal desk", "Floating legal desk"))
    assert preview.render_changed()
    assert preview.version != version
    touched = {path for path, time in _times(site).items() if before.get(path) != time}
    assert touched == {"en/practices/sv-legal-desk/index.html", "es/practicas/sv-legal-desk/index.html"}
    assert "Floating legal desk" not in (site / "en/practices/index.html").read_text()
    preview.render_rest()
    assert "Floating legal desk" in (site / "en/practices/index.html").read_text()


def test_a_preview_and_a_build_write_the_same_page(preview: Preview, tmp_path: Path) -> None:
    page = tmp_path / "site/en/practices/sv-legal-desk/index.html"
    write(tmp_path / "content", PATH, changed("Drop-in legal desk", "Floating legal desk"))
    preview.render_changed()
    at_once = page.read_bytes()
    preview.render_rest()
    assert page.read_bytes() == at_once


def test_a_file_that_breaks_says_what_is_wrong_where_its_page_was(
    preview: Preview, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pages = [tmp_path / "site" / page for page in ("en/practices/sv-legal-desk", "es/practicas/sv-legal-desk")]
    before, version = [(page / "index.html").read_bytes() for page in pages], preview.version
    write(tmp_path / "content", PATH, "---\ntitle: [\n---\n")
    assert preview.render_changed()
    assert preview.version != version
    assert f"{PATH}:2: datos del inicio: tiene un lugar vacío entre corchetes" in caplog.text
    english, spanish = [(page / "index.html").read_text() for page in pages]
    assert f"{PATH}:2: front matter: has an empty place between brackets" in english
    assert "Esta página aún no se puede mostrar" in spanish
    assert f"{PATH}:2: datos del inicio: tiene un lugar vacío entre corchetes" in spanish
    preview.render_rest()
    assert (pages[0] / "index.html").read_text() == english
    write(tmp_path / "content", PATH, ORIGINAL)
    preview.render_changed()
    assert [(page / "index.html").read_bytes() for page in pages] == before


def test_a_draft_that_was_never_right_has_a_page_that_says_what_is_missing(preview: Preview, tmp_path: Path) -> None:
    write(tmp_path / "content", "practices/gt/new.en.md", changed("status: ongoing", "review: {status: draft}"))
    preview.render_changed()
    preview.render_rest()
    page = (tmp_path / "site/es/practicas/gt-new/index.html").read_text()
    assert "practices/gt/new.en.md:1: status: falta." in page


def test_a_page_shows_what_the_check_says_of_its_file(preview: Preview, tmp_path: Path) -> None:
    site, other = tmp_path / "site", "practices/hn/other.en.md"
    english, spanish = (
        site / page / "index.html" for page in ("en/practices/sv-legal-desk", "es/practicas/sv-legal-desk")
    )
    assert f"stands in {other} too; say what is special here." in english.read_text()
    write(tmp_path / "content", PATH, changed("lunch [1]", "lunch [1-2]"))
    preview.render_changed()
    assert "Preview: this is still to be mended in the file of this page." in english.read_text()
    assert f"{PATH}:36: body: [1-2] is shown as text and cites nothing" in english.read_text()
    assert f"{PATH}:36: texto: [1-2] se muestra como texto" in spanish.read_text()
    write(tmp_path / "content", PATH, ORIGINAL)
    (tmp_path / "content" / other).unlink()
    preview.render_changed()
    preview.render_rest()
    assert "still to be mended" not in english.read_text()


def test_a_translation_that_breaks_leaves_the_originals_page(preview: Preview, tmp_path: Path) -> None:
    write(tmp_path / "content", TRANSLATED, TRANSLATION.format(fingerprint="x").replace("title:", "titel:"))
    preview.render_changed()
    assert "titel: no es una clave" in (tmp_path / "site/es/practicas/sv-legal-desk/index.html").read_text()
    assert "Drop-in legal desk" in (tmp_path / "site/en/practices/sv-legal-desk/index.html").read_text()


def test_watching_goes_on_after_pages_that_could_not_be_written(
    preview: Preview, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "site/en/practices/sv-legal-desk"
    preview.watch()
    try:
        shutil.rmtree(folder)
        folder.write_text("a file where a folder belongs")
        _save_until(lambda: "No se pudo escribir" in caplog.text, tmp_path)
        folder.unlink()
        page = folder / "index.html"
        _save_until(lambda: page.exists() and "Floating legal desk" in page.read_text(), tmp_path)
    finally:
        preview.close()


def _save_until(done: Callable[[], bool], folder: Path) -> None:
    """Saves the practice again and again: what is saved before the watcher looks is not seen."""
    for number in range(200):
        if done():
            return
        write(folder / "content", PATH, changed("Drop-in legal desk", f"Floating legal desk {number}"))
        time.sleep(0.3)
    pytest.fail("the preview did not follow")
