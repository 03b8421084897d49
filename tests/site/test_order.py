"""Lists stand in the order in which a reader looks for a name: alphabetical in the page's language; events by their dates."""

from __future__ import annotations

import html
import re

import pytest

from kb.content.letters import alphabetical
from kb.content.library import Library
from kb.content.vocabulary import vocabulary
from kb.settings import Settings

SEVEN = ["Belice", "Costa Rica", "El Salvador", "Guatemala", "Honduras", "México", "Panamá"]
"""Written down by hand: El Salvador came last where codes made the order."""


def _page(settings: Settings, path: str) -> str:
    return html.unescape((settings.site / path / "index.html").read_text(encoding="utf-8"))


def test_a_dictionary_puts_accents_marks_and_enye_in_their_place() -> None:
    names = ["Zapatos", "ñandú", "Nube", "«Águila»", "agua", "¿Abrigo?", "Oso", "nácar"]
    assert sorted(names, key=alphabetical) == [
        "¿Abrigo?",
        "agua",
        "«Águila»",
        "nácar",
        "Nube",
        "ñandú",
        "Oso",
        "Zapatos",
    ]


@pytest.mark.parametrize("path", ["es/panorama", "es/que-sabemos"])
def test_the_states_of_the_framework_stand_by_name(settings: Settings, path: str) -> None:
    heads = re.findall(r'<th scope="col">(?:<a [^>]+>)?([^<]+)', _page(settings, path))
    assert [name for name in heads if name in SEVEN] == SEVEN


@pytest.mark.parametrize(
    ("lang", "path", "facet"),
    [
        ("es", "es/temas", "themes"),
        ("en", "en/themes", "themes"),
        ("es", "es/poblaciones", "populations"),
        ("es", "es/panorama", "themes"),
        ("en", "en/overview", "themes"),
    ],
)
def test_terms_stand_by_name_in_the_pages_language(settings: Settings, lang: str, path: str, facet: str) -> None:
    known = {vocabulary().label(facet, term, lang) for term in vocabulary()[facet]}
    text = _page(settings, path)
    shown = [
        name for name in re.findall(r">([^<>]+)<", text[text.index("<h1>") : text.index("<footer")]) if name in known
    ]
    assert len(shown) > 10
    assert shown == sorted(shown, key=alphabetical)


@pytest.mark.parametrize("path", ["es/eventos", "en/events"])
def test_events_stand_by_their_dates_the_last_first(settings: Settings, library: Library, path: str) -> None:
    shown = re.findall(r'<a href="/\w+/\w+/(event-[a-z0-9-]+)/"', _page(settings, path))
    dates = [library.entries[name].facts.dates.start for name in shown]  # type: ignore[attr-defined]
    assert len(dates) == len(library.of_kind("event"))
    assert dates == sorted(dates, reverse=True)


def test_the_states_of_a_commitment_stand_by_name(settings: Settings) -> None:
    text = _page(settings, "es/compromisos/commit-regional-heredia-declaration-2026")
    (found,) = re.findall(r"<dt>Estado</dt><dd>([^<]+)", text)
    names = [name.strip() for name in found.split(",")]
    assert names == sorted(names, key=alphabetical)
    assert [name for name in names if name in SEVEN] == SEVEN
