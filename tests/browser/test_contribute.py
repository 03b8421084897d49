"""The form makes a file that passes the checks, in real Chromium, and hands it to the forge or to the reader."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.content.library import load_library
from kb.content.privacy import personal_data
from kb.sentences import Sentence
from kb.site.build import build_site
from kb.site.contribute import PERSONAL
from kb.site.forge import forge
from tests.api.serving import Server
from tests.content.test_privacy import LABELLED
from tests.content.writing import ORIGINAL, PATH, problems, write
from tests.contribute.filling import ANSWERS

pytestmark = pytest.mark.browser

REPOSITORIES = {
    "github": "https://github.com/example/practices",
    "gitlab": "https://gitlab.com/example/group/practices.git",
    "": "",
}
TWO_WAYS = {
    "en": "may be read in two ways; write a number without a mark of thousands, and decimals with a point and other than three digits.",
    "es": "se puede leer de dos maneras; escriba el número sin separador de miles, y los decimales con punto y con un número de cifras distinto de tres.",
}
ADDRESS = {"en": "/en/contribute/", "es": "/es/contribuir/"}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing on the test's output."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'self'; form-action 'self'")
        super().end_headers()


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A small site with the form for a repository on each forge: kind of forge to address."""
    folder = tmp_path_factory.mktemp("form")
    write(folder / "content", PATH, ORIGINAL)
    servers = {}
    for kind, repository in REPOSITORIES.items():
        place = folder / f"site-{kind}"
        build_site(load_library(folder / "content"), place, repository=forge(repository))
        servers[kind] = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(place)))
        threading.Thread(target=servers[kind].serve_forever, daemon=True).start()
    yield {kind: f"http://127.0.0.1:{server.server_port}" for kind, server in servers.items()}
    for server in servers.values():
        server.shutdown()
        server.server_close()


def _fill(page: Page, lang: str, **others: str) -> None:
    for key, answer in (ANSWERS[lang] | others).items():
        asked = page.locator(f"[data-key={key}]")
        kind = asked.get_attribute("data-answer")
        if kind in ("choice", "choices"):
            for term in answer:
                asked.locator(f"input[value='{term}']").check()
        elif kind == "table":
            for row, cells in enumerate(answer):
                for cell, text in zip(
                    asked.locator(".row").nth(row).locator("[data-column]").all(), cells, strict=True
                ):
                    if cell.evaluate("e => e.tagName") != "SELECT":
                        cell.fill(text)
        elif kind == "lines":
            for line, text in zip(asked.locator("[data-line]").all(), answer, strict=False):
                line.fill(text)
        else:
            asked.fill("\n".join(answer) if isinstance(answer, list) else answer)
    page.get_by_role("button", name={"en": "Make the file", "es": "Crear el archivo"}[lang]).click()


@pytest.mark.parametrize(("kind", "lang"), [("github", "es"), ("gitlab", "en"), ("", "es")])
def test_the_form_makes_a_file_that_passes_the_checks(
    browser: Browser, sites: dict[str, str], kind: str, lang: str, tmp_path: Path
) -> None:
    address = sites[kind]
    page = browser.new_page()
    asked: list[str] = []
    broken: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    page.goto(address + ADDRESS[lang])
    _fill(page, lang)
    expect(page.locator("#made")).to_be_visible()
    path = page.locator("#made-path").inner_text()
    text = page.locator("#made-text").input_value()
    with page.expect_download() as downloading:
        page.locator("#made-download").click()
    assert downloading.value.path().read_text(encoding="utf-8") == text
    write(tmp_path, path.removeprefix("content/"), text)
    assert problems(tmp_path) == []
    entry = next(iter(load_library(tmp_path).unpublished.values()))
    assert (entry.facts.review.status, entry.facts.results[0].value) == ("draft", 120)
    assert set(entry.facts.themes) == set(ANSWERS[lang]["themes"])
    expect(page.locator("#made-open")).to_have_count(1 if kind else 0)
    if kind:
        target = urlsplit(page.locator("#made-open").get_attribute("href") or "")
        parameters = parse_qs(target.query)
        if kind == "github":
            assert (target.netloc, target.path) == ("github.com", "/example/practices/new/main")
            assert parameters == {"filename": [path], "value": [text]}
        else:
            assert (target.netloc, target.path) == ("gitlab.com", "/example/group/practices/-/new/main")
            assert parameters == {"file_name": [path]}
            expect(page.locator("#made-paste")).to_be_visible()
    assert broken == []
    assert all(url.startswith((address, "blob:")) for url in asked), asked
    page.close()


def test_hostile_answers_stay_answers(browser: Browser, sites: dict[str, str], tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(sites[""] + ADDRESS["en"])
    nasty = 'x" --- &a [*a]: !!python <script>alert(1)</script> ${{ 1 }} \\ # no'
    page.locator("[data-key=title]").evaluate("(e, text) => { e.value = text }", nasty)
    page.locator("[data-key=need]").fill("---\n# Title\n[x](javascript:alert(1))")
    page.evaluate("show()")
    write(
        tmp_path,
        page.locator("#made-path").inner_text().removeprefix("content/"),
        page.locator("#made-text").input_value(),
    )
    documents = load_library(tmp_path).documents
    assert next(iter(documents.values())).data["title"] == nasty
    page.close()


def _complaint(page: Page, asked: str) -> str:
    return str(page.locator(asked).first.evaluate("one => one.validationMessage"))


@pytest.mark.parametrize(
    ("lang", "asked", "typed", "said"),
    [
        ("es", "[data-key=title]", "", "Responda esta pregunta."),
        ("en", "[data-key=title]", "", "Please answer this question."),
        ("es", "[data-key=countries] input", None, "Elija al menos una opción."),
        ("es", "[data-line]", "Qué hacer", "Escriba una pregunta, con sus signos ¿ y ?."),
        ("es", "[data-column=url]", "informe", "Escriba la dirección completa, como https://example.org/informe."),
        ("es", "[data-column=source]", "99", "Escriba un número de 1 a 6."),
        ("es", "[data-column=year]", "1800", "Escriba un número de 1950 a 2100."),
        (
            "es",
            "[data-column=source]",
            "3",
            "Escriba el número de una de las fuentes que indica más abajo; [3] no es ninguna de ellas.",
        ),
        ("es", "[data-column=year]", "2020.5", "Escriba un número entero."),
        ("es", "[data-column=value]", "1.250", f"1.250 {TWO_WAYS['es']}"),
        ("es", "[data-column=value]", "1,250", f"1,250 {TWO_WAYS['es']}"),
        ("en", "[data-column=value]", "12.345.678", f"12.345.678 {TWO_WAYS['en']}"),
        ("es", "[data-column=value]", "unas 20", "Escriba un número."),
        ("es", "[data-key=sources] [data-column=date]", "2099-02", "2099-02 está en el futuro."),
        ("en", "[data-column=year]", "2099", "2099 lies in the future."),
        (
            "es",
            "[data-key=need]",
            "Llegaron muchos.\n\nNadie los orientó [1-2].",
            "[1-2] se muestra como texto y no cita nada; escriba el número de cada fuente, por ejemplo [1, 2].",
        ),
        (
            "es",
            "[data-key=done]",
            "Se abrió una mesa [^1].",
            "[^1]: las páginas no llevan notas al pie; agregue el documento a las fuentes y cítelo con su número, por ejemplo [1].",
        ),
        (
            "es",
            "[data-key=summary]",
            'Una mesa "legal".',
            "cita con otras comillas que «...»; las “...” van solo dentro de estas.",
        ),
        ("en", "[data-key=summary]", 'A "legal" desk.', ""),
        (
            "es",
            "[data-key=results]",
            "Llame al tel. 2222-3333 [1].",
            Sentence(PERSONAL, found="2222-3333").said("es"),
        ),
        ("es", "[data-key=sources] [data-column=title]", 'La "memoria" del Sr. Ejemplo', ""),
        ("es", "[data-key=start]", "ayer", "Escriba la fecha como 2023, 2023-09 o 2023-09-26."),
    ],
)
def test_what_is_wrong_is_said_in_the_pages_language(
    browser: Browser, sites: dict[str, str], lang: str, asked: str, typed: str | None, said: str
) -> None:
    page = browser.new_page(locale="en-US" if lang == "es" else "es-MX")
    page.goto(sites[""] + ADDRESS[lang])
    if typed is not None:
        page.locator(asked).first.fill(typed)
    assert _complaint(page, asked) == said
    page.close()


def test_the_browser_sees_the_personal_data_that_the_check_sees(browser: Browser, sites: dict[str, str]) -> None:
    """By pattern and sentence; names that only the list of given names tells are left to the check."""
    page = browser.new_page()
    page.goto(sites[""] + ADDRESS["en"])
    for _, sentence in LABELLED:
        found = [one for one in personal_data(sentence) if one.kind != "person"]
        said = page.evaluate("line => personalIn(line, true)", sentence)
        assert said == (Sentence(PERSONAL, found=found[0].text) if found else ""), sentence
    page.close()


def test_a_mistake_is_said_below_its_answer_until_it_is_mended(browser: Browser, sites: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(sites[""] + ADDRESS["es"])
    need, wrong = page.locator("[data-key=need]"), page.locator(".ask:has([data-key=need]) .wrong")
    need.fill("Nadie los orientó [1-2].")
    need.blur()
    expect(wrong).to_contain_text("[1-2] se muestra como texto")
    need.fill("Nadie los orientó [1, 2].")
    need.blur()
    expect(wrong).to_have_count(0)
    for key, date, count in (("start", "2023", 0), ("end", "2022", 1), ("start", "2021", 0)):
        page.locator(f"[data-key={key}]").fill(date)
        page.locator(f"[data-key={key}]").blur()
        expect(page.locator(".wrong")).to_have_count(count)
    page.close()


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1250", 1250),
        ("1 250", 1250),
        ("12.5", 12.5),
        ("56,7", 56.7),
        ("1,250.50", 1250.5),
        ("0.125", 0.125),
        ("-3", -3),
    ],
)
def test_a_number_that_can_be_read_in_one_way_is_read_so(
    browser: Browser, sites: dict[str, str], typed: str, value: float, tmp_path: Path
) -> None:
    page = browser.new_page()
    page.goto(sites[""] + ADDRESS["es"])
    _fill(page, "es")
    page.locator("[data-column=value]").first.fill(typed)
    page.get_by_role("button", name="Crear el archivo").click()
    path = page.locator("#made-path").inner_text().removeprefix("content/")
    write(tmp_path, path, page.locator("#made-text").input_value())
    assert next(iter(load_library(tmp_path).unpublished.values())).facts.results[0].value == value
    page.close()


@pytest.mark.parametrize(
    ("lang", "start", "end", "said"),
    [
        ("es", "2023-05", "2022", "2022 es anterior a 2023-05."),
        ("en", "2023-05", "2023-04-30", "2023-04-30 lies before 2023-05."),
        ("en", "2023-05", "2023", ""),
        ("en", "", "2022", ""),
    ],
)
def test_an_end_before_the_start_is_refused(
    browser: Browser, sites: dict[str, str], lang: str, start: str, end: str, said: str
) -> None:
    page = browser.new_page()
    page.goto(sites[""] + ADDRESS[lang])
    page.locator("[data-key=end]").fill(end)
    page.locator("[data-key=start]").fill(start)
    assert _complaint(page, "[data-key=end]") == said
    page.close()


def test_a_figure_may_cite_the_sources_that_are_given(browser: Browser, sites: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(sites[""] + ADDRESS["en"])
    page.locator("[data-column=source]").first.fill("1")
    assert "[1] is none" in _complaint(page, "[data-column=source]")
    page.locator("[data-key=sources] [data-column=title]").first.fill("Yearly report")
    assert _complaint(page, "[data-column=source]") == ""
    page.close()


def test_bullets_typed_by_hand_are_no_part_of_a_line(browser: Browser, sites: dict[str, str], tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(sites[""] + ADDRESS["es"])
    _fill(page, "es", implementers="• ACNUR\n- Cruz Roja\n•\nCruz-Verde")
    path = page.locator("#made-path").inner_text().removeprefix("content/")
    write(tmp_path, path, page.locator("#made-text").input_value())
    entry = next(iter(load_library(tmp_path).unpublished.values()))
    assert entry.original.words["implementers"] == ("ACNUR", "Cruz Roja", "Cruz-Verde")
    page.close()


def test_more_themes_than_a_page_takes_are_refused_with_their_number(browser: Browser, sites: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(sites[""] + ADDRESS["es"])
    boxes = page.locator("[data-key=themes] input")
    for number in range(7):
        boxes.nth(number).check()
    assert _complaint(page, "[data-key=themes] input") == "Elija 6 opciones como máximo."
    boxes.nth(6).uncheck()
    assert _complaint(page, "[data-key=themes] input") == ""
    page.close()


def test_missing_answers_are_asked_for_and_limits_are_told(browser: Browser, sites: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(sites[""] + ADDRESS["es"])
    page.get_by_role("button", name="Crear el archivo").click()
    expect(page.locator("#made")).to_be_hidden()
    page.locator("[data-key=title]").fill("palabra " * 16)
    assert _complaint(page, "[data-key=title]") == "Use 15 palabras como máximo."
    page.close()


def test_without_javascript_the_word_file_is_the_way(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=server.address)
    page = context.new_page()
    page.goto(ADDRESS["es"])
    expect(page.locator("form.contribute")).to_be_hidden()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Español (.docx)").click()
    assert downloading.value.path().read_bytes()[:2] == b"PK"
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_form_fits_the_screen(browser: Browser, sites: dict[str, str], width: int, lang: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(sites[""] + ADDRESS[lang])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
