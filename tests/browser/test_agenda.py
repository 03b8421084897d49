"""An organiser's way from the form to a Word file, without JavaScript; and pages that fit a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.api.serving import Server

pytestmark = pytest.mark.browser


def test_the_form_makes_an_agenda_without_javascript(browser: Browser, server: Server, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=server.address, locale="es-SV")
    page = context.new_page()
    page.goto("/es/agenda/?wanted=sv-a-tu-lado-support-spaces")
    page.get_by_label("Título", exact=True).fill("Intercambio sobre apoyo psicosocial")
    page.get_by_label("¿Qué debería ser distinto después?").fill("La niñez desplazada encuentra apoyo psicosocial")
    page.get_by_label("Lugar", exact=True).fill("San Salvador")
    page.get_by_label("Día 1").fill("2027-03-02")
    for state in ("El Salvador", "Honduras", "Belice"):
        page.get_by_label(f"Personas ({state})", exact=True).fill("3")
    page.get_by_label("Estado anfitrión").select_option("SV")
    page.get_by_role("button", name="Crear la agenda", exact=True).click()
    expect(page.get_by_role("heading", name="Día 1 · martes, 2 de marzo de 2027")).to_be_visible()
    expect(page.locator(".agenda-document")).to_contain_text("A tu Lado")
    # The practice of the address stands in the form by its title, and the form finds it again by it.
    assert "wanted=Espacios+de+Apoyo" in page.url
    expect(page.get_by_label("Zona horaria").locator("option:checked")).to_have_text("La del anfitrión")
    with page.expect_download() as download:
        page.get_by_role("button", name="Word").click()
    assert download.value.suggested_filename == "agenda-es.docx"
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/es/aprendizaje/", "/en/learning/?state=HN", "/es/agenda/"])
def test_nothing_runs_out_of_the_screen(browser: Browser, server: Server, width: int, path: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, base_url=server.address)
    page.goto(path, timeout=240_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("path", ["/es/agenda/", "/en/agenda/"])
def test_who_does_what_is_read_on_a_telephone(browser: Browser, server: Server, path: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800}, base_url=server.address)
    page.goto(
        path
        + "?title=Prueba&change=Apoyo+psicosocial&date-1=2027-03-02&start-1=08:30&end-1=17:00&time_zone=America/Costa_Rica"
        + "&place=San+Jose&host=CR&people-CR=3&people-HN=3&wanted=gt-casa-joven"
    )
    assert page.get_by_role("checkbox", name="Español" if path.startswith("/es") else "Spanish").is_checked()
    who = page.locator(".agenda-document tbody tr:first-child td:last-child")
    box = who.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 360
    assert page.evaluate(
        "[...document.querySelectorAll('.agenda-document .scroll')].every(one => one.scrollWidth <= one.clientWidth)"
    )
    page.close()


def test_the_html_file_is_styled(browser: Browser, server: Server) -> None:
    page = browser.new_page(base_url=server.address)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(
        "/es/agenda/?title=Prueba&change=Apoyo+psicosocial&date-1=2027-03-02&start-1=08:30&end-1=17:00"
        "&time_zone=America/Costa_Rica&place=San+Jose&host=CR&people-CR=3&people-HN=3"
    )
    page.get_by_role("button", name="HTML").click()
    expect(page).to_have_url(re.compile("/api/v1/agenda$"))
    assert page.locator("table.agenda").first.evaluate("one => getComputedStyle(one).borderCollapse") == "collapse"
    assert not [words for words in said if "Content Security Policy" in words]
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('style'), {textContent: 'h1 {color: red}'}))"
    )
    assert page.get_by_role("heading", level=1).evaluate("one => getComputedStyle(one).color") != "rgb(255, 0, 0)"
    page.close()
