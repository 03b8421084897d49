"""An official's first minutes, in real Chromium, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.serving import Server

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param, base_url=server.address, locale="es-SV")
    opened = context.new_page()
    foreign: list[str] = []
    opened.on("request", lambda asked: foreign.append(asked.url) if not asked.url.startswith(server.address) else None)
    yield opened
    assert foreign == []
    context.close()


def test_from_a_spanish_question_to_a_comparison_and_back(page: Page) -> None:
    page.goto("/es/")
    page.get_by_role("searchbox").fill("apoyo psicosocial para niñez desplazada")
    page.get_by_role("button", name="Buscar").click()
    assert "/es/buscar/?q=" in page.url
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("checkbox", name="El Salvador").check()
    page.get_by_role("button", name="Aplicar filtros").click()
    expect(page.get_by_role("link", name="El Salvador quitar")).to_be_visible()
    assert "country=SV" in page.url
    for particulars in page.locator(".card .kicker").all_inner_texts():
        assert "El Salvador" in particulars
    page.locator(".card h3 a").first.click()
    title = page.get_by_role("heading", level=1).inner_text()
    assert "/es/practicas/" in page.url
    expect(page.get_by_role("heading", name="En 30 segundos")).to_be_visible()
    page.get_by_role("link", name="English").click()
    assert "/en/practices/" in page.url
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".exits").get_by_role("link", name="Compare").click()
    page.get_by_role("link", name="Add to the comparison").first.click()
    expect(page.locator("table.compare thead th")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download for Word").click()
    assert download.value.suggested_filename == "list.docx"
    for _ in range(4):
        page.go_back()
    expect(page.get_by_role("checkbox", name="El Salvador")).to_be_checked()
    expect(page.get_by_role("link", name=title).first).to_be_visible()


def test_a_practice_page_reads_and_cites(page: Page) -> None:
    page.goto("/es/practicas/sv-a-tu-lado-support-spaces/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A tu Lado")
    expect(page.get_by_role("heading", name="Qué ayudó y qué dificultó")).to_be_visible()
    page.locator("#results .cite a").first.click()
    assert page.url.endswith("#source-4")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/es/",
        "/en/",
        "/es/buscar/?q=salud",
        "/en/practices/pa-technical-standard-mental-health/",
        "/es/que-sabemos/",
        "/es/practicas/",
        "/es/comparar/?id=sv-a-tu-lado-support-spaces&id=hn-idp-profiling&id=mx-la-72-shelter",
    ],
)
def test_nothing_runs_out_of_the_screen(browser: Browser, server: Server, width: int, path: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, base_url=server.address)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_a_search_for_nothing_says_what_to_do(page: Page) -> None:
    page.goto("/es/buscar/?q=%00")
    expect(page.get_by_role("alert")).to_contain_text("carácter de control")
    page.goto("/es/buscar/?q=salud&country=BZ&status=planned")
    expect(page.get_by_text("Ninguna práctica cumple estos filtros")).to_be_visible()
