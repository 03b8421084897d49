"""`kb serve --watch`: drafts are shown, a saved file is on the page at once, and open pages load themselves again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kb.settings import Settings
from tests.api.serving import Server, start, until
from tests.content.writing import ORIGINAL, PATH, changed, write

DRAFT = changed("tier: snapshot", "tier: snapshot\nreview: {status: draft}")


@pytest.fixture(scope="module")
def watching(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server on a small content folder, with the real index: (server, content folder)."""
    place = tmp_path_factory.mktemp("preview")
    write(place / "content", PATH, ORIGINAL)
    write(place / "content", "practices/hn/draft.en.md", DRAFT.replace("[SV]", "[HN]"))
    own = replace(settings, content=place / "content", cache=place / "cache", site=place / "site")
    server = start(own, place / "log", "--watch")
    yield server, place
    assert server.stop() == 0, server.log.read_text()


def test_drafts_are_shown_and_marked_and_stay_out_of_the_site(watching: tuple[Server, Path]) -> None:
    server, place = watching
    assert "Preview: this page is not published." in server.get("/en/practices/hn-draft/").text
    assert "Preview: this page" not in server.get("/en/practices/sv-legal-desk/").text
    assert not (place / "site").exists()


def test_a_saved_file_is_on_the_page(watching: tuple[Server, Path]) -> None:
    server, place = watching
    write(place / "content", PATH, changed("Drop-in legal desk", "Floating legal desk"))
    until(lambda: "Floating legal desk" in server.get("/en/practices/sv-legal-desk/").text)
    page = server.get("/en/practices/sv-legal-desk/").text
    assert page.count('<script src="/live/reload.js" defer></script>') == 1
    until(lambda: "Floating legal desk" in server.get("/en/practices/").text)


def test_a_broken_file_is_named_in_the_log_and_the_rest_stays(watching: tuple[Server, Path]) -> None:
    server, place = watching
    write(place / "content", "practices/sv/broken.en.md", "---\ntitle: [\n---\n")
    said = "practices/sv/broken.en.md:2: front matter: has an empty place between brackets"
    until(lambda: said in server.log.read_text())
    assert server.get("/en/practices/sv-legal-desk/").status_code == 200


@pytest.mark.browser
def test_an_open_page_loads_itself_again(watching: tuple[Server, Path], browser: Browser) -> None:
    server, place = watching
    page = browser.new_page()
    page.goto(f"{server.address}/en/practices/sv-legal-desk/")
    page.wait_for_timeout(500)
    write(place / "content", PATH, changed("Drop-in legal desk", "Underground legal desk"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Underground legal desk", timeout=30_000)
    page.close()


def test_only_a_preview_has_these_addresses(server: Server) -> None:
    assert server.get("/live/reload.js").status_code == 404
    assert "/live/" not in server.get("/en/").text
