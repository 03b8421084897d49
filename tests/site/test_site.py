"""The static site: every link resolves, every page says its language, nothing comes from elsewhere."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from kb.content.library import Library, load_library
from kb.settings import Settings
from kb.site.build import build_site
from kb.site.render import environment, keep_compiled
from tests.conftest import ROOT
from tests.content.writing import ORIGINAL, changed, write

SERVED = re.compile(
    r"/en/search/|/es/buscar/|/en/compare/|/es/comparar/|/en/learning/|/es/aprendizaje/|/e[ns]/agenda/|/api/v1/docs|/e[ns]/pr[ac]\w+/[a-z0-9-]+/(brief|ficha)\.docx"
)
"""Addresses that the server answers; a copy for plain-file hosts names only those that it has."""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.lang = ""
        self.headings: list[int] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.lang = attributes.get("lang") or ""
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"] or "")
        if tag in ("script", "img", "link", "iframe", "source"):
            self.loaded.append(attributes.get("src") or attributes.get("href") or "")
        if attributes.get("id"):
            self.ids.append(attributes["id"] or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


def _read(file: Path) -> _Page:
    page = _Page()
    page.feed(file.read_text(encoding="utf-8"))
    return page


@pytest.fixture(scope="module")
def pages(settings: Settings) -> dict[str, _Page]:
    found = {}
    for file in settings.site.rglob("*.html"):
        address = "/" + file.relative_to(settings.site).as_posix().removesuffix("index.html")
        found[address] = _read(file)
    return found


def test_every_link_resolves(pages: dict[str, _Page], settings: Settings) -> None:
    checked = 0
    for address, page in pages.items():
        for link in [*page.links, *page.loaded]:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "mailto"):
                continue
            target = unquote(parts.path) or address
            checked += 1
            if SERVED.fullmatch(target):
                continue
            file = settings.site / target.lstrip("/")
            assert (file / "index.html").is_file() or file.is_file(), f"{address} links to {link}"
            if parts.fragment:
                assert parts.fragment in pages[target].ids, f"{address} links to {link}"
    assert checked > 5000


def test_nothing_is_loaded_from_elsewhere(pages: dict[str, _Page]) -> None:
    for address, page in pages.items():
        assert all(not urlsplit(link).netloc for link in page.loaded if link), address


def test_every_page_says_its_language_and_has_one_outline(pages: dict[str, _Page]) -> None:
    for address, page in pages.items():
        expected = address.split("/")[1] if address[:4] in ("/en/", "/es/") else page.lang
        assert page.lang == expected != "", address
        assert page.headings[0] == 1, address
        assert page.headings.count(1) == 1, address
        assert all(later - earlier <= 1 for earlier, later in zip(page.headings, page.headings[1:], strict=False)), (
            address
        )
        assert "main" in page.tags
        assert len(page.ids) == len(set(page.ids)), address


def test_both_languages_have_the_same_pages(pages: dict[str, _Page]) -> None:
    assert sum(a.startswith("/en/") for a in pages) == sum(a.startswith("/es/") for a in pages) > 100


def test_a_practice_page_shows_what_it_must(settings: Settings) -> None:
    html = (settings.site / "es/practicas/sv-a-tu-lado-support-spaces/index.html").read_text(encoding="utf-8")
    for part in (
        "1,140",
        "¿Puede una alcaldía",
        'href="#source-4"',
        'id="source-4"',
        "Aún no está documentado",
        "Resultados",
        "En 30 segundos",
        "Cronología",
        "A quién preguntar",
        "Estados con un compromiso afín",
        "/es/compromisos/commit-sv-idp-law-implementation/",
        "Traducción asistida por máquina".lower(),
        "/es/comparar/?id=sv-a-tu-lado-support-spaces",
        "/es/practicas/sv-a-tu-lado-support-spaces/ficha.docx",
    ):
        assert part in html
    assert 'hreflang="en" href="/en/practices/sv-a-tu-lado-support-spaces/"' in html


def test_questions_beyond_the_fourth_wait_behind_a_summary(settings: Settings, library: Library) -> None:
    practice = max(library.practices, key=lambda entry: len(entry.pages["es"].questions))
    questions = practice.pages["es"].questions
    text = (settings.site / "es" / "practicas" / practice.id / "index.html").read_text(encoding="utf-8")
    answers = text.split('<section class="answers">')[1].split("</section>")[0]
    shown, waiting = answers.split(f"<summary>{len(questions) - 4} más</summary>")
    assert (shown.count("<li>"), waiting.count("<li>")) == (4, len(questions) - 4)


def test_no_page_carries_styles_or_scripts_that_its_policy_forbids(settings: Settings) -> None:
    for file in settings.site.rglob("*.html"):
        html = file.read_text(encoding="utf-8")
        assert not re.search(
            r"<style|\sstyle=|\son[a-z]+=\"|<script(?! type=\"(module\" src=\"/assets/|application/ld)| src=\"/assets/)",
            html,
        ), file


def test_the_list_of_all_practices_has_each_once_under_its_state(settings: Settings, library: Library) -> None:
    html = (settings.site / "es/practicas/index.html").read_text(encoding="utf-8")
    linked = re.findall(r'<li><a href="/es/practicas/([a-z0-9-]+)/"', html)
    assert sorted(linked) == sorted(entry.id for entry in library.practices)
    headings = re.findall(r'<h2 id="([a-z]+)">', html)
    assert headings[:8] == ["bz", "cr", "sv", "gt", "hn", "mx", "pa", "regional"]
    assert linked[0].startswith("bz-")


def test_a_mistake_can_be_told_where_there_is_somebody_to_tell(tmp_path: Path) -> None:
    write(tmp_path / "content", "practices/sv/one.en.md", ORIGINAL)
    for contact, wanted in (
        ("", None),
        ("editors@example.org", "mailto:editors@example.org?subject=Drop-in%20legal%20desk"),
        ("https://example.org/new?labels=page", "https://example.org/new?labels=page&amp;title=Drop-in+legal+desk"),
    ):
        build_site(load_library(tmp_path / "content"), tmp_path / "site", contact=contact)
        html = (tmp_path / "site/en/practices/sv-one/index.html").read_text(encoding="utf-8")
        assert ("Something is wrong on this page" in html) == bool(contact)
        assert wanted is None or f'<a href="{wanted}' in html


def test_the_practice_that_states_asked_for_says_so(settings: Settings) -> None:
    html = (settings.site / "es/practicas/ca-creative-arts-therapy-refugee-children/index.html").read_text(
        encoding="utf-8"
    )
    assert "Los Estados del MIRPS expresaron interés en esta práctica" in html
    assert "/es/eventos/event-san-salvador-mhpss-learning-2023/" in html


def test_building_again_writes_nothing_and_removes_what_is_gone(library: Library, tmp_path: Path) -> None:
    first = build_site(library, tmp_path)
    assert first.written >= first.pages
    (tmp_path / "README.md").write_text("not ours")
    second = build_site(library, tmp_path)
    assert (second.written, second.removed) == (0, 0)
    gone = "sv-a-tu-lado-support-spaces"
    fewer = replace(library, entries={key: entry for key, entry in library.entries.items() if key != gone})
    assert build_site(fewer, tmp_path).removed == 2
    assert not (tmp_path / "es" / "practicas" / gone).exists()
    assert (tmp_path / "README.md").exists()


def test_every_word_of_the_interface_is_in_spanish_too() -> None:
    keywords = {
        "_": None,
        "gettext": None,
        "ngettext": (1, 2),
        "QueryError": None,
        "UnknownTermError": None,
        "InfeasibleError": None,
        **dict.fromkeys(("AgendaRequestError", "ContentError", "ContributionError", "NotFoundError", "TooLargeError")),
        **dict.fromkeys(("Sentence", "refused", "template")),
    }
    options = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    found = extract_from_dir(ROOT / "kb", methods, options, keywords=keywords)
    with (ROOT / "kb/site/locale/es/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="es")
    messages = {message for _, _, message, _, _ in found if message}
    assert len(messages) > 80
    said = {message if isinstance(message, str) else message[0] for message in messages}
    kept = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in catalogue if entry.id}
    assert not kept - said, "words of the catalogue that nothing says"
    for message in messages:
        translated = catalogue.get(message if isinstance(message, str) else message[0])
        assert translated, message
        assert translated.string, message
        assert not translated.fuzzy, message
        if isinstance(message, str):
            placeholders = re.findall(r"%\(\w+\)[sr]", message)
            assert sorted(re.findall(r"%\(\w+\)[sr]", str(translated.string))) == sorted(placeholders), message


def test_only_pages_that_show_what_changed_are_written(tmp_path: Path) -> None:
    for name, title in (("one", "Legal desk one"), ("two", "Legal desk two")):
        write(
            tmp_path / "content", f"practices/sv/{name}.en.md", changed("Drop-in legal desk at the bus terminal", title)
        )
    site = tmp_path / "site"
    build_site(load_library(tmp_path / "content"), site)
    write(
        tmp_path / "content",
        "practices/sv/one.en.md",
        changed("Drop-in legal desk at the bus terminal", "Another title"),
    )
    before = {file: file.stat().st_mtime_ns for file in site.rglob("*.html")}
    build_site(load_library(tmp_path / "content"), site)
    touched = {file.relative_to(site).as_posix() for file in before if file.stat().st_mtime_ns != before[file]}
    assert "en/practices/sv-one/index.html" in touched
    assert "en/practices/index.html" in touched
    assert "en/practices/sv-two/index.html" not in touched
    page = site / "en/practices/sv-two/index.html"
    page.write_text("changed by hand")
    build_site(load_library(tmp_path / "content"), site)
    assert "Legal desk two" in page.read_text()


def test_an_edit_of_a_body_makes_no_list_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import kb.site.build as building

    write(tmp_path / "content", "practices/sv/one.en.md", ORIGINAL)
    write(tmp_path / "content", "practices/sv/two.en.md", ORIGINAL)
    build_site(load_library(tmp_path / "content"), tmp_path / "site")
    write(tmp_path / "content", "practices/sv/one.en.md", changed("two law students", "three law students"))
    rendered: list[str] = []
    render = building.render
    monkeypatch.setattr(
        building, "render", lambda name, *rest, **values: rendered.append(name) or render(name, *rest, **values)
    )
    build_site(load_library(tmp_path / "content"), tmp_path / "site")
    # The practice has no Spanish page: its words stand on the page of both languages.
    assert rendered == ["practice.html", "practice.html"]
    page = (tmp_path / "site/en/practices/sv-one/index.html").read_text(encoding="utf-8")
    assert "three law students" in page
    assert "three law students" in (tmp_path / "site/en/data/practices.ndjson").read_text(encoding="utf-8")


def test_compiled_templates_are_kept_and_a_damaged_one_is_compiled_anew(tmp_path: Path) -> None:
    write(tmp_path / "content", "practices/sv/one.en.md", ORIGINAL)
    library, kept = load_library(tmp_path / "content"), tmp_path / "templates"

    def pages(name: str, *, keep: bool = True) -> dict[str, bytes]:
        environment.cache_clear()  # as in a process that has compiled nothing yet
        if keep:
            keep_compiled(kept)
        site = tmp_path / name
        build_site(library, site)
        return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*.html")}

    plain = pages("plain", keep=False)
    assert pages("compiled") == plain
    files = {path: path.read_bytes() for path in kept.iterdir()}
    assert len(files) > 20
    for number, path in enumerate(files):
        path.write_bytes(files[path][: 40 if number % 2 else 0])
    older = kept / "of-an-earlier-version"
    older.touch()
    assert pages("again") == plain
    assert {path: path.read_bytes() for path in kept.iterdir()} == files
    environment.cache_clear()
    keep_compiled(kept)
    shutil.rmtree(kept)  # whoever empties the cache meanwhile loses time and no page
    build_site(library, tmp_path / "gone")
    assert {name: (tmp_path / "gone" / name).read_bytes() for name in plain} == plain


def test_the_page_for_lost_readers_speaks_both_languages(settings: Settings) -> None:
    html = (settings.site / "404.html").read_text(encoding="utf-8")
    spanish, english = html.index("Esta página no existe"), html.index("There is no such page")
    assert html.index('<html lang="es">') < spanish < html.index('lang="en">', spanish) < english
    for link in (
        'href="/es/"',
        'href="/en/"',
        'href="/es/practicas/"',
        'href="/en/practices/"',
        'action="/es/buscar/"',
    ):
        assert link in html
