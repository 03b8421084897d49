"""Map, matrix, charts and data page in real Chromium: by keyboard, on a telephone, for a screen reader, under the policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.api.serving import Server

pytestmark = pytest.mark.browser

PATHS = [
    "/es/panorama/",
    "/en/data/",
    "/es/compromisos/commit-gt-labour-inclusion/",
    "/en/events/event-san-salvador-mhpss-learning-2023/",
    "/es/practicas/sv-a-tu-lado-support-spaces/",
]


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    opened = browser.new_page(base_url=server.address, viewport={"width": 360, "height": 800})
    said: list[str] = []
    # The content security policy speaks in the console: data blocks and pictures must not break it.
    opened.on("console", lambda message: said.append(message.text))
    yield opened
    assert said == []
    opened.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anyone_out(page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_state_on_the_map_is_reached_by_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/es/panorama/")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "Honduras: 16 prácticas":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/es/paises/hn/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Honduras")


def test_on_a_telephone_the_table_and_the_list_take_the_place_of_the_map(page: Page) -> None:
    page.goto("/es/")
    expect(page.locator(".map")).to_be_hidden()
    expect(page.locator(".places").get_by_role("link", name="El Salvador 16")).to_be_visible()
    page.goto("/en/overview/")
    expect(page.locator(".map svg")).to_be_hidden()
    row = page.locator(".map").get_by_role("row", name="Panama")
    expect(row.get_by_role("cell").first).to_have_text("17")
    row.get_by_role("link").click()
    page.wait_for_url("**/en/countries/pa/")


def test_a_citation_opens_and_can_be_copied(page: Page) -> None:
    page.goto("/es/practicas/sv-a-tu-lado-support-spaces/")
    page.get_by_text("Citar esta página").click()
    expect(page.locator("#cite .reference")).to_contain_text("(21 de noviembre de 2026).")
    expect(page.get_by_role("region", name="BibTeX")).to_contain_text("@misc{sv-a-tu-lado-support-spaces,")
