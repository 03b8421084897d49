"""Pages of commitments and events: what others can answer with, what was shown where."""

from __future__ import annotations

import html
import re

from kb.content.library import Library
from kb.learning.matching import Matching, matching_of
from kb.search.engine import SearchEngine
from kb.settings import Settings
from kb.site.peers import MOST_ANSWERS, MOST_USES, answers, uses
from kb.site.urls import Urls
from tests.api.serving import Server


def _linked(page: str, kind: str, start: str, end: str) -> list[str]:
    """Ids of the pages that a part of a page links to, each once."""
    part = page.partition(start)[2].partition(end)[0]
    return list(dict.fromkeys(re.findall(rf'href="/es/{kind}/([a-z0-9-]+)/"', part)))


def test_every_page_tells_the_same_of_commitments_and_practices(
    settings: Settings, engine: SearchEngine, library: Library, server: Server
) -> None:
    """The page of a commitment, those of practices, peer learning and the API all show one ranking."""
    matching = matching_of(engine)
    for entry in library.of_kind("commitment"):
        ranked = [match.practice.id for match in matching.practices_for(matching.knowledge.commitment(entry.id))]
        page = (settings.site / "es/compromisos" / entry.id / "index.html").read_text(encoding="utf-8")
        assert _linked(page, "practicas", 'id="answers"', "</section>") == ranked[:MOST_ANSWERS]
    shown = 0
    for practice in library.practices:
        ranked = [m.commitment.id for m in matching.commitments_for(matching.knowledge.practice(practice.id))]
        page = (settings.site / "es/practicas" / practice.id / "index.html").read_text(encoding="utf-8")
        assert _linked(page, "compromisos", 'id="commitments"', "</ul>") == ranked[:MOST_USES]
        shown += bool(ranked)
    assert shown > 20
    one = "commit-hn-mental-health-displaced"
    told = [found["id"] for found in server.get(f"/api/v1/commitments/{one}/practices", limit=6, lang="es").json()]
    learning = server.get("/es/aprendizaje/", state="HN").text.partition(f'<h2><a href="/es/compromisos/{one}/"')[2]
    page = (settings.site / "es/compromisos" / one / "index.html").read_text(encoding="utf-8")
    listed = _linked(page, "practicas", 'id="answers"', "</section>")
    assert listed == told
    assert _linked(learning, "practicas", "</h2>", "</section>") == told[:3]


def test_the_page_of_a_commitment_says_why(settings: Settings, engine: SearchEngine, library: Library) -> None:
    page = (settings.site / "es/compromisos/commit-gt-labour-inclusion/index.html").read_text(encoding="utf-8")
    assert "Prácticas de otros Estados que pueden servir" in page
    found = answers("commit-gt-labour-inclusion", matching_of(engine), library, Urls("es"))
    assert 0 < len(found) <= MOST_ANSWERS
    for answer in found:
        assert html.escape(answer.reason, quote=False) in html.unescape(page)
        assert answer.states == ("GT",)
    assert "<caption>Cifras</caption>" in page
    assert 'href="/es/aprendizaje/?state=GT"' in page


def test_entries_that_only_the_index_knows_are_left_out(engine: SearchEngine, library: Library) -> None:
    matching: Matching = matching_of(engine)
    gone = answers("commit-gt-labour-inclusion", matching, library, Urls("es"))[0].it.entry.id
    fewer = Library(library.folder, {key: entry for key, entry in library.entries.items() if key != gone})
    left = [one.it.entry.id for one in answers("commit-gt-labour-inclusion", matching, fewer, Urls("es"))]
    assert left
    assert gone not in left
    assert uses("sv-drafted-today", matching, library, Urls("es")) == []
    assert answers("commit-gt-labour-inclusion", None, library, Urls("es")) == []


def test_the_page_of_an_event_shows_its_practices(settings: Settings, library: Library) -> None:
    facts = library.entries["event-san-salvador-mhpss-learning-2023"].facts
    path = "es/eventos/event-san-salvador-mhpss-learning-2023/index.html"
    page = (settings.site / path).read_text(encoding="utf-8")
    shown = page[page.index('id="shown"') :]
    for practice in (*facts.practices, *facts.prioritised):  # type: ignore[attr-defined]
        assert f"/es/practicas/{practice}/" in shown
    assert "Hubo Estados que expresaron interés en esta práctica." in shown
    assert "26–27 de septiembre de 2023" in page
    assert "Ninguna fuente indica qué prácticas se presentaron." in (
        settings.site / "es/eventos/event-ottawa-signature-event-2022/index.html"
    ).read_text(encoding="utf-8")


def test_events_are_organised_and_their_dates_say_whether_they_are_over(settings: Settings) -> None:
    lists = (settings.site / "es/eventos/index.html").read_text(encoding="utf-8")
    event = (settings.site / "es/eventos/event-san-salvador-mhpss-learning-2023/index.html").read_text(encoding="utf-8")
    assert "Finalizada" not in lists
    assert "<dt>Organiza</dt>" in event
    assert "<dt>Situación</dt>" not in event
    practice = (settings.site / "es/practicas/gt-casa-joven/index.html").read_text(encoding="utf-8")
    assert "<dt>La implementa</dt>" in practice
    assert "<dt>Situación</dt>" in practice


def test_publishers_are_named_in_the_pages_language(settings: Settings) -> None:
    spanish = (settings.site / "es/compromisos/commit-cr-asylum-system-pressure/index.html").read_text(encoding="utf-8")
    english = (settings.site / "en/commitments/commit-cr-asylum-system-pressure/index.html").read_text(encoding="utf-8")
    assert "Organización de los Estados Americanos (OEA)" in spanish
    assert "</cite>. Organization of American States (OAS)" in english
    assert "</cite>. Organization of American States" not in spanish
    for page in (settings.site / "es/compromisos").glob("*/index.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"</cite>\. (UNHCR|IOM|OAS|PAHO/WHO)[ ,.]+(\(|<|\d)", text), page
