"""JSON-LD: every entry page describes itself, and says what the page says."""

from __future__ import annotations

import json
import re
from typing import Any

from kb.content.library import Library
from kb.settings import Settings
from kb.site.urls import Urls

_BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def _described(settings: Settings, address: str) -> dict[str, Any]:
    html = (settings.site / address.lstrip("/") / "index.html").read_text(encoding="utf-8")
    (block,) = _BLOCK.findall(html)
    found: dict[str, Any] = json.loads(block)
    return found


def test_every_entry_describes_itself_in_both_languages(settings: Settings, library: Library) -> None:
    for lang in ("en", "es"):
        urls = Urls(lang)
        for entry in library.entries.values():
            found = _described(settings, urls.page(entry.kind, entry.id))
            page = entry.page(lang)
            assert found["@context"] == "https://schema.org"
            assert found["url"] == urls.absolute(urls.page(entry.kind, entry.id))
            assert found["inLanguage"] == page.lang
            assert (found.get("headline") or found["name"]) == page.title
            assert found["@type"] == ("Event" if entry.kind == "event" else "Article")


def test_a_practice_names_its_sources_states_and_licence(settings: Settings, library: Library) -> None:
    found = _described(settings, "/es/practicas/sv-a-tu-lado-support-spaces/")
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["spatialCoverage"] == [{"@type": "Country", "name": "El Salvador", "identifier": "SV"}]
    assert found["temporalCoverage"] == "2021/.."
    assert len(found["citation"]) == len(library.entries["sv-a-tu-lado-support-spaces"].facts.sources)
    assert found["encoding"]["contentUrl"].endswith("/ficha.docx")


def test_an_event_says_when_and_where(settings: Settings) -> None:
    found = _described(settings, "/en/events/event-san-salvador-mhpss-learning-2023/")
    assert (found["startDate"], found["endDate"]) == ("2023-09-26", "2023-09-27")
    assert found["location"]["name"] == "San Salvador, El Salvador"


def test_the_data_page_lists_files_that_are_there(settings: Settings) -> None:
    for address in ("/en/data/", "/es/datos/"):
        found = _described(settings, address)
        assert len(found["distribution"]) == 10
        for file in found["distribution"]:
            assert (settings.site / file["contentUrl"].removeprefix("http://127.0.0.1:8000/")).is_file()
