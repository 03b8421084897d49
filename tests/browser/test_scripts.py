"""What the scripts add: results in place, a list of practices in this browser, exits of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.serving import Server

pytestmark = pytest.mark.browser

RESULTS = "/es/buscar/?q=salud+mental"


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.address, locale="es-SV")
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    assert said == []
    context.close()


def test_results_change_in_place_and_the_back_button_works(page: Page) -> None:
    page.goto(RESULTS)
    page.evaluate("window.same = true")
    before = page.locator("#found").inner_text()
    box = page.get_by_role("checkbox", name="Honduras")
    box.focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("country=HN"))
    expect(page.locator("#found")).not_to_have_text(before)
    expect(page.locator("#said")).to_have_text(page.locator("#found").inner_text())
    expect(page.get_by_role("checkbox", name="Honduras")).to_be_focused()
    page.get_by_role("link", name="Más recientes").click()
    expect(page.locator("[aria-current=true]")).to_have_text("Más recientes")
    expect(page.locator("#found")).to_be_focused()
    page.get_by_role("searchbox").fill("permisos de trabajo")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("permisos de trabajo"))
    expect(page.get_by_role("link", name="English")).to_have_attribute(
        "href", re.compile(r"/en/search/\?q=permisos\+de\+trabajo&country=HN&sort=newest")
    )
    for _ in range(3):
        page.go_back()
    expect(page).to_have_url(re.compile(r"q=salud\+mental$"))
    expect(page.locator("#found")).to_have_text(before)
    expect(page.get_by_role("checkbox", name="Honduras")).not_to_be_checked()
    expect(page.get_by_role("searchbox")).to_have_value("salud mental")
    assert page.evaluate("window.same")


def test_a_list_of_practices_stays_in_the_browser(page: Page) -> None:
    page.goto(RESULTS)
    names = page.locator(".card h3 a").all_inner_texts()[:2]
    for name in names:
        page.get_by_role("button", name=f"Agregar a mi lista: {name}").click()
    mine = page.locator("#my-list")
    expect(mine).to_have_text("Comparar 2 en mi lista")
    page.get_by_role("checkbox", name="Honduras").check()
    expect(page).to_have_url(re.compile("country=HN"))
    expect(page.locator(".card button")).to_have_count(page.locator(".card").count())
    page.reload()
    mine.click()
    expect(page.locator("table.compare thead th a:first-child")).to_have_text(names)
    page.get_by_role("link", name=f"Quitar: {names[0]}").click()
    expect(page.locator("h1")).to_have_text("Comparar prácticas")
    expect(mine).to_have_text("Comparar 1 en mi lista")
    page.get_by_role("button", name=f"En mi lista: {names[1]}").click()
    expect(mine).to_have_text("Comparar")


def test_a_broken_list_does_no_harm(page: Page) -> None:
    page.goto("/es/")
    for broken in ("{", '{"a":1}', "[1,null]"):
        page.evaluate("broken => localStorage.setItem('shortlist', broken)", broken)
        page.goto(RESULTS)
        expect(page.locator(".card button").first).to_have_text("Agregar a mi lista")
        expect(page.locator("#my-list")).to_have_text("Comparar")


def test_a_page_can_be_printed_and_sent(page: Page, server: Server) -> None:
    page.add_init_script("window.print = () => { window.printed = true; }")
    page.goto("/es/practicas/sv-a-tu-lado-support-spaces/")
    page.get_by_role("button", name="Imprimir").click()
    assert page.evaluate("window.printed")
    mail = page.locator("#share").get_attribute("href") or ""
    assert mail.startswith("mailto:?subject=Espacios%20de%20Apoyo")
    assert mail.endswith(
        server.address.replace(":", "%3A").replace("/", "%2F") + page.url[len(server.address) :].replace("/", "%2F")
    )
    page.add_init_script("navigator.share = (data) => { window.shared = data; return Promise.resolve(); }")
    page.reload()
    page.get_by_role("link", name="Compartir").click()
    assert page.evaluate("window.shared.url") == page.url
