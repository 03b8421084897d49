"""Pictures of the main pages, taken in real Chromium, for the README.

python -m benchmarks.screenshots        writes docs/screenshots/*.png from what `kb build` made last
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from benchmarks.loading import PORT, browser_beside_server

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
QUESTION = "apoyo+psicosocial+para+ni%C3%B1ez+desplazada"
SIDE_BY_SIDE = "id=sv-a-tu-lado-support-spaces&id=mx-la-72-shelter&id=co-centros-integrate"
SHOTS: tuple[tuple[str, str, int, int, Literal["light", "dark"]], ...] = (
    ("home-es", "/es/", 1280, 900, "light"),
    ("search-es", f"/es/buscar/?q={QUESTION}", 1280, 900, "light"),
    ("practice-en", "/en/practices/sv-a-tu-lado-support-spaces/", 1280, 900, "light"),
    ("compare-es", f"/es/comparar/?{SIDE_BY_SIDE}", 1280, 900, "light"),
    ("practice-es-phone", "/es/practicas/sv-a-tu-lado-support-spaces/", 360, 780, "light"),
    ("search-es-phone-dark", f"/es/buscar/?q={QUESTION}", 360, 780, "dark"),
)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with browser_beside_server() as browser:
        for shot in SHOTS:
            _take(browser, *shot)


def _take(browser: Browser, name: str, path: str, width: int, height: int, scheme: Literal["light", "dark"]) -> None:
    page = browser.new_page(
        base_url=f"http://127.0.0.1:{PORT}", viewport={"width": width, "height": height}, color_scheme=scheme
    )
    page.goto(path, wait_until="networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main()
