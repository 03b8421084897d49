"""WCAG 2.2 AA as far as axe-core can tell, the keyboard, large text, and the weight of a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.api.serving import Server

pytestmark = pytest.mark.browser

SIDE_BY_SIDE = "id=sv-a-tu-lado-support-spaces&id=hn-idp-profiling"
LONG_LIST = f"{SIDE_BY_SIDE}&id=mx-la-72-shelter&id=mx-temporary-curp&id=gt-retorno-al-hogar"
AGENDA = (
    "title=Mental+health&change=Children+find+care&date-1=2027-03-02&start-1=08%3A30&end-1=17%3A00&place=Tegucigalpa&host=HN"
    "&time_zone=America%2FTegucigalpa&people-HN=3&people-GT=3&people-BZ=2"
)
PAGES = {
    "es": [
        "/", "/es/", "/es/buscar/", "/es/buscar/?q=salud+mental&country=HN&sort=newest", "/es/buscar/?q=%00",
        "/es/practicas/", "/es/compromisos/", "/es/eventos/", "/es/practicas/sv-a-tu-lado-support-spaces/",
        "/es/compromisos/commit-sv-idp-law-implementation/", "/es/eventos/event-san-salvador-mhpss-learning-2023/",
        "/es/paises/", "/es/temas/", "/es/paises/sv/", "/es/que-sabemos/", "/es/acerca/", "/es/comparar/",
        f"/es/comparar/?{SIDE_BY_SIDE}", f"/es/comparar/?{LONG_LIST}",
        "/es/panorama/", "/es/datos/", "/es/aprendizaje/", "/es/aprendizaje/?state=HN", "/es/agenda/", "/es/contribuir/",
        "/es/buscar/?q=pr%C3%A1cticas+de+Panam%C3%A1+sobre+salud", "/es/buscar/?q=receta+de+pastel+de+chocolate",
        "/es/poblaciones/", "/es/poblaciones/refugees/", "/es/aprendizaje/?practice=pa-technical-standard-mental-health",
        f"/es/agenda/?{AGENDA}", "/es/agenda/?title=Salud", "/es/nada/", "/es/practicas/gt-church-network-socio-labour-integration/",
    ],
    "en": [
        "/404.html", "/en/", "/en/search/", "/en/search/?q=mental+health&country=HN&sort=newest", "/en/search/?q=%00",
        "/en/practices/", "/en/commitments/", "/en/events/", "/en/practices/cr-graduation-model/",
        "/en/commitments/commit-sv-idp-law-implementation/", "/en/events/event-san-salvador-mhpss-learning-2023/",
        "/en/countries/", "/en/themes/", "/en/themes/health/", "/en/what-we-know/", "/en/about/", "/en/compare/",
        f"/en/compare/?{SIDE_BY_SIDE}", f"/en/compare/?{LONG_LIST}", "/api/v1/docs", "/en/populations/",
        "/en/populations/refugees/", "/en/overview/", "/en/data/", "/en/learning/", "/en/learning/?state=HN",
        "/en/learning/?practice=pa-technical-standard-mental-health", "/en/agenda/", f"/en/agenda/?{AGENDA}", "/en/contribute/",
    ],
}  # fmt: skip
COLOURED = [
    "/es/", "/es/buscar/?q=salud+mental&country=HN&sort=newest", "/es/practicas/bz-mobile-clinics/", "/es/que-sabemos/",
    f"/es/comparar/?{LONG_LIST}", "/es/paises/bz/", "/es/aprendizaje/", "/es/buscar/?q=pr%C3%A1cticas+de+Panam%C3%A1+sobre+salud",
    f"/es/agenda/?{AGENDA}", "/en/agenda/?title=Health", "/en/learning/?state=HN", "/en/contribute/", "/en/overview/", "/en/data/",
    "/en/commitments/commit-hn-mental-health-displaced/", "/en/events/event-san-salvador-mhpss-learning-2023/", "/es/nada/",
    "/en/practices/gt-church-network-socio-labour-integration/", "/api/v1/docs",
]  # fmt: skip
"""Pages that together show every colour on every ground: language changes no colour, and contrast is slow to compute."""

AXE = Axe().axe_script
RUN = """options => axe.run(document, {resultTypes: ["violations"], ...options}).then(
    found => found.violations.flatMap(one => one.nodes.map(node => [one.id, node.html.slice(0, 160)])))"""


def _violations(page: Page, path: str, options: dict[str, object]) -> list[tuple[str, list[str]]]:
    page.goto(path)
    page.evaluate(AXE)
    return [(path, found) for found in page.evaluate(RUN, options)]


@pytest.mark.parametrize("lang", PAGES)
def test_axe_finds_nothing(browser: Browser, server: Server, lang: str) -> None:
    page = browser.new_page(base_url=server.address)
    off = {"rules": {"color-contrast": {"enabled": False}, "target-size": {"enabled": True}}}
    assert [one for path in PAGES[lang] for one in _violations(page, path, off)] == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(browser: Browser, server: Server, scheme: Literal["light", "dark"]) -> None:
    page = browser.new_page(base_url=server.address, color_scheme=scheme, reduced_motion="reduce")
    only = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    assert [one for path in COLOURED for one in _violations(page, path, only)] == []
    page.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    opened = browser.new_page(base_url=server.address, viewport={"width": 1280, "height": 800})
    yield opened
    opened.close()


def _tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Presses Tab until the element has the focus; on the way, each element with the focus shows it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; }"
        )
        assert shown, page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


def test_the_whole_way_by_keyboard(page: Page) -> None:
    page.goto("/es/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Ir al contenido")).to_be_in_viewport()
    page.keyboard.press("Enter")
    _tab_to(page, "#q", most=1)
    page.keyboard.type("permisos de trabajo")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_be_visible()
    _tab_to(page, "input[name=country]")
    page.keyboard.press("Space")
    expect(page.locator(".chips a")).to_have_count(1)
    page.locator("#found").focus()
    _tab_to(page, ".card h3 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/es/practicas/**")
    _tab_to(page, ".exits button")
    page.keyboard.press("Enter")
    expect(page.locator("#my-list .badge")).to_be_visible()
    _tab_to(page, ".exits a[href*=comparar]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/es/comparar/**")
    _tab_to(page, "a[href*='&id=']")
    page.keyboard.press("Enter")
    expect(page.locator("table.compare")).to_be_visible()
    _tab_to(page, "a[href*='.docx']")


@pytest.mark.parametrize(
    "path",
    [
        "/es/", "/es/buscar/?q=salud", "/es/practicas/sv-a-tu-lado-support-spaces/", "/es/aprendizaje/", "/es/contribuir/",
        f"/es/agenda/?{AGENDA}", f"/es/comparar/?{LONG_LIST}", "/es/panorama/", "/es/datos/", "/es/que-sabemos/", "/es/nada/",
        "/es/compromisos/commit-hn-mental-health-displaced/", "/es/eventos/event-san-salvador-mhpss-learning-2023/",
    ],
)  # fmt: skip
def test_text_twice_as_large_still_fits(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 640, "height": 480})
    page.goto(path)
    page.evaluate("document.documentElement.style.fontSize = '212.5%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_nothing_moves_for_those_who_ask_for_rest(browser: Browser, server: Server) -> None:
    page = browser.new_page(base_url=server.address, reduced_motion="reduce")
    for path in (
        "/es/",
        "/es/buscar/?q=salud",
        "/es/practicas/sv-a-tu-lado-support-spaces/",
        f"/es/comparar/?{LONG_LIST}",
    ):
        page.goto(path)
        moving = page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll('*')].filter((one) => {
                const s = getComputedStyle(one);
                return s.animationName !== 'none' || s.scrollBehavior === 'smooth'
                    || s.transitionDuration.split(',').some((time) => parseFloat(time) > 0.01);
            }).map((one) => one.outerHTML.slice(0, 90))"""
        )
        assert moving == [], path
    page.close()


def test_what_one_presses_is_large_enough(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    for path in (
        "/es/",
        "/es/buscar/?q=salud",
        "/es/practicas/sv-a-tu-lado-support-spaces/",
        "/es/comparar/?" + LONG_LIST,
    ):
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, input, summary, .top a, .quiet, .needs a, .onpage a, .sorting a')]
                .filter((one) => one.checkVisibility() && !(one.type === 'checkbox' && one.closest('label')))
                .filter((one) => { const r = one.getBoundingClientRect(); return r.height < 24 || r.width < 24; })
                .map((one) => one.outerHTML.slice(0, 90))"""
        )
        assert small == [], path


@pytest.mark.parametrize(("path", "most"), [("/es/practicas/sv-a-tu-lado-support-spaces/", 60_000), ("/es/", 60_000)])
def test_a_first_visit_is_light(browser: Browser, server: Server, path: str, most: int) -> None:
    context = browser.new_context(base_url=server.address)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    devtools.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    devtools.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(path, wait_until="networkidle")
    context.close()
    assert len(sizes) >= 6
    assert sum(sizes.values()) <= most
    assert sum(size for request, size in sizes.items() if kinds.get(request) == "Script") <= 20_000
