"""The site on a host of plain files, in real Chromium: the same search address searches both languages in one list."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from kb.content.library import Library, load_library
from kb.learning.matching import matching_of
from kb.search.engine import SearchEngine
from kb.site.build import build_site
from tests.content.writing import ORIGINAL, PATH, TRANSLATED, TRANSLATION, changed, write

pytestmark = pytest.mark.browser


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A plain file server over a small site: one practice in both languages, one in English alone."""
    place = tmp_path_factory.mktemp("plain")
    write(place / "content", PATH, ORIGINAL)
    write(place / "content", TRANSLATED, TRANSLATION.format(fingerprint="0" * 12))
    alone = changed("Drop-in legal desk at the bus terminal", "Bicycle couriers bring papers").replace("SV", "HN")
    write(place / "content", "practices/hn/couriers.en.md", alone)
    build_site(load_library(place / "content"), place / "site", plain=True)
    with _served(place / "site") as address:
        yield address


@pytest.fixture
def page(browser: Browser, host: str) -> Iterator[Page]:
    opened = browser.new_page(base_url=host)
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    opened.on("request", lambda asked: failures.append(asked.url) if not asked.url.startswith(host) else None)
    yield opened
    assert failures == []
    opened.close()


def test_a_spanish_word_finds_the_spanish_page(page: Page) -> None:
    page.goto("/es/buscar/")
    expect(page.get_by_text("Esta copia del sitio no tiene servicio de búsqueda.")).to_be_visible()
    page.get_by_role("searchbox", name="Describa lo que necesita").fill("boletería")
    page.locator("main").get_by_role("button", name="Buscar").click()
    expect(page.get_by_role("status")).to_have_text("1 práctica")
    assert "q=boleter" in page.url
    expect(page.locator("#hits mark").first).to_be_visible()
    page.get_by_role("link", name="Mesa legal en la terminal de buses").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mesa legal en la terminal de buses")


def test_both_languages_stand_in_one_list_each_practice_once(page: Page) -> None:
    page.goto("/es/buscar/?q=students")
    expect(page.get_by_role("status")).to_have_text("Prácticas encontradas: 2")
    titles = page.locator("#hits h3")
    assert sorted(titles.all_inner_texts()) == ["Bicycle couriers bring papers", "Mesa legal en la terminal de buses"]
    expect(titles.filter(has_text="Bicycle")).to_have_attribute("lang", "en")
    page.goto("/es/buscar/?q=students&country=HN")
    expect(page.get_by_role("status")).to_have_text("1 práctica")
    expect(page.get_by_label("Estado")).to_have_value("HN")


def test_nothing_found_says_what_to_do(page: Page) -> None:
    page.goto("/en/search/?q=xylophone")
    expect(page.get_by_role("status")).to_contain_text("No practice holds these words.")


def test_without_javascript_the_lists_are_offered(browser: Browser, host: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=host)
    page = context.new_page()
    page.goto("/es/buscar/?q=salud")
    expect(page.get_by_text("Sin JavaScript esta copia no puede buscar.")).to_be_visible()
    page.locator("main").get_by_role("link", name="Por tema").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prácticas por tema")
    context.close()


def test_the_brief_is_a_file(page: Page, host: str) -> None:
    page.goto("/es/practicas/sv-legal-desk/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Ficha de una página (Word)").click()
    saved = Path(waiting.value.path())
    assert saved.read_bytes()[:2] == b"PK"


@pytest.fixture(scope="module")
def copy(library: Library, engine: SearchEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A copy of real content, all commitments and events and a part of the practices, given out by a plain server."""
    kept = {entry.id for entry in library.practices[::8]}
    entries = {key: entry for key, entry in library.entries.items() if entry.kind != "practice" or key in kept}
    folder = tmp_path_factory.mktemp("copy")
    build_site(replace(library, entries=entries), folder, plain=True, matching=matching_of(engine))
    with _served(folder) as address:
        yield address


def test_every_link_of_the_copy_leads_somewhere(copy: str) -> None:
    with httpx.Client(base_url=copy) as client:
        asked, waiting = {"/"}, ["/", "/404.html"]
        while waiting:
            page = waiting.pop()
            answer = client.get(page)
            assert answer.status_code == 200, page
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            found = set(re.findall(r'(?:href|src|action)="(/[^"#?]*)', answer.text)) - asked
            asked |= found
            waiting += found
    assert len(asked) > 300
    assert {"/es/buscar/", "/es/aprendizaje/", "/es/datos/practicas.csv"} <= asked
    assert not [address for address in asked if re.search(r"/compar\w+/|/agenda/|/api/", address)]


def test_who_can_learn_from_whom_stands_without_the_server(copy: str, browser: Browser) -> None:
    page = browser.new_page(base_url=copy)
    page.goto("/es/aprendizaje/")
    expect(page.get_by_text("Esta copia del sitio no tiene servidor.")).to_be_visible()
    page.locator(".learning-matrix").get_by_role("link", name="Honduras").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Honduras")
    page.locator("a[href*='/commit-hn-']").first.click()
    expect(page.locator(".why").first).to_contain_text("Práctica de")
    page.close()
