"""Feeds, site map, OpenSearch and robots: read as their readers read them, against their standards."""

from __future__ import annotations

import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kb.content.library import Library, load_library
from kb.settings import Settings
from kb.site.build import build_site
from kb.site.feeds import ATOM, OPENSEARCH, SITEMAP, XHTML
from kb.site.urls import Urls, origin_and_base
from tests.content.writing import ORIGINAL, PATH, write

NAMES = {"a": ATOM, "s": SITEMAP, "x": XHTML, "o": OPENSEARCH}
HOST = "http://127.0.0.1:8000"


def _file(settings: Settings, address: str) -> Path:
    assert address.startswith(HOST)
    path = settings.site / address.removeprefix(HOST).lstrip("/")
    return path / "index.html" if address.endswith("/") else path


def test_every_feed_has_what_atom_requires(settings: Settings, library: Library) -> None:
    feeds = sorted(settings.site.rglob("feed.xml"))
    assert len(feeds) > 2 * (7 + 20)
    for path in feeds:
        feed = ET.parse(path).getroot()
        assert feed.tag == f"{{{ATOM}}}feed"
        assert feed.findtext("a:title", "", NAMES)
        assert feed.findtext("a:author/a:name", "", NAMES)
        itself, page = (feed.find(f"a:link[@rel='{rel}']", NAMES) for rel in ("self", "alternate"))
        assert itself is not None
        assert page is not None
        assert feed.findtext("a:id", "", NAMES) == itself.get("href")
        assert _file(settings, itself.get("href", "")) == path
        assert _file(settings, page.get("href", "")).is_file()
        entries = feed.findall("a:entry", NAMES)
        moments = [entry.findtext("a:updated", "", NAMES) for entry in entries]
        assert all(datetime.datetime.fromisoformat(moment).tzinfo for moment in moments)
        assert feed.findtext("a:updated", "", NAMES) == max(moments)
        ids = [entry.findtext("a:id", "", NAMES) for entry in entries]
        assert len(ids) == len(set(ids)) > 0
        for entry in entries:
            assert entry.findtext("a:title", "", NAMES)
            assert entry.findtext("a:summary", "", NAMES)
            assert _file(settings, entry.find("a:link", NAMES).get("href", "")).is_file()  # type: ignore[union-attr]


def test_a_state_has_its_own_practices_in_its_feed(settings: Settings, library: Library) -> None:
    feed = ET.parse(settings.site / "es/paises/bz/feed.xml").getroot()
    shown = {entry.findtext("a:id", "", NAMES).rstrip("/").split("/")[-1] for entry in feed.findall("a:entry", NAMES)}
    assert shown == {entry.id for entry in library.practices if "BZ" in entry.facts.countries}


def test_the_site_map_names_every_page_with_its_other_language(settings: Settings) -> None:
    root = ET.parse(settings.site / "sitemap.xml").getroot()
    listed = {url.findtext("s:loc", "", NAMES): url for url in root.findall("s:url", NAMES)}
    pages = {path for path in settings.site.rglob("*.html") if path.name == "index.html"}
    assert {_file(settings, address) for address in listed} == pages
    for address, url in listed.items():
        others = {link.get("hreflang"): link.get("href", "") for link in url.findall("x:link", NAMES)}
        assert set(others) == {"en", "es"}
        for other in others.values():
            assert other in listed
        assert address == HOST + "/" or address in others.values()
    reviewed = listed[f"{HOST}/en/practices/sv-a-tu-lado-support-spaces/"].findtext("s:lastmod", "", NAMES)
    assert reviewed == "2026-11-21"


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_browser_can_add_the_search(settings: Settings, lang: str) -> None:
    root = ET.parse(settings.site / lang / "opensearch.xml").getroot()
    assert root.tag == f"{{{OPENSEARCH}}}OpenSearchDescription"
    assert 0 < len(root.findtext("o:ShortName", "", NAMES)) <= 16
    assert 0 < len(root.findtext("o:Description", "", NAMES)) <= 1024
    template = root.find("o:Url[@type='text/html']", NAMES)
    assert template is not None
    assert template.get("template") == f"{HOST}{Urls(lang).section('search')}?q={{searchTerms}}"


def test_robots_find_the_site_map(settings: Settings) -> None:
    lines = (settings.site / "robots.txt").read_text().splitlines()
    assert f"Sitemap: {HOST}/sitemap.xml" in lines


def test_whole_addresses_carry_the_public_address_and_its_path(tmp_path: Path) -> None:
    write(tmp_path / "content", PATH, ORIGINAL)
    origin, base = origin_and_base("https://practices.example.org/kb")
    assert (origin, base) == ("https://practices.example.org", "/kb/")
    library = load_library(tmp_path / "content")
    build_site(library, tmp_path / "site", base=base, origin=origin)
    for path in ("en/feed.xml", "sitemap.xml", "es/datos/practicas.json", "en/practices/sv-legal-desk/index.html"):
        text = (tmp_path / "site" / path).read_text(encoding="utf-8")
        assert "https://practices.example.org/kb/e" in text
        assert "127.0.0.1" not in text
    # Another public address changes every file that holds it, though no content changed.
    build_site(library, tmp_path / "site", base=base, origin="https://other.example.org")
    assert "practices.example.org" not in (tmp_path / "site/en/feed.xml").read_text(encoding="utf-8")
