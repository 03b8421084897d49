"""What a practice's page says of peers: who wants to know it, and where to go from there."""

from __future__ import annotations

from pathlib import Path

from kb.content.library import load_library
from kb.site.build import build_site
from tests.content.test_interests import EVENT, FILE, INTERESTS
from tests.content.writing import ORIGINAL, PATH, write

PAGE = "es/practicas/sv-legal-desk/index.html"


def test_interests_are_tallied_and_the_page_is_made_again_when_they_change(tmp_path: Path) -> None:
    write(tmp_path / "content", PATH, ORIGINAL)
    write(tmp_path / "content", "events/san-salvador-mhpss-learning-2023.en.md", EVENT)
    build_site(load_library(tmp_path / "content"), tmp_path / "site")
    before = (tmp_path / "site" / PAGE).read_text(encoding="utf-8")
    assert "quiere conocer mejor" not in before
    assert "/es/aprendizaje/?practice=sv-legal-desk" in before
    write(tmp_path / "content", FILE, INTERESTS)
    build_site(load_library(tmp_path / "content"), tmp_path / "site")
    after = (tmp_path / "site" / PAGE).read_text(encoding="utf-8")
    assert "1 Estado quiere conocer mejor esta práctica:" in after
    assert "En nuestra terminal pasa lo mismo." in after
    assert "Record of the prioritisation exercise" in after
