"""Pages of commitments and events: what others can answer with, what was shown where."""

from __future__ import annotations

from kb.content.library import Library
from kb.settings import Settings
from kb.site.answers import ANSWERS, answers
from kb.site.urls import Urls
from kb.site.views import view


def test_a_commitment_is_answered_by_other_states_for_a_reason(library: Library) -> None:
    for entry in library.of_kind("commitment"):
        found = answers(view(entry, Urls("es")), library.practices)
        assert 0 < len(found) <= ANSWERS
        shared = []
        for answer in found:
            practice = answer.it.entry
            assert practice.kind == "practice"
            assert entry.folder == "regional" or not set(practice.facts.countries) & set(entry.facts.countries)
            assert answer.themes
            assert set(answer.themes) <= set(entry.facts.themes) & set(practice.facts.themes)
            assert set(answer.populations) <= set(entry.facts.populations) & set(practice.facts.populations)
            shared.append(2 * len(answer.themes) + len(answer.populations))
        assert shared == sorted(shared, reverse=True)


def test_the_page_of_a_commitment_shows_answers_and_figures(settings: Settings) -> None:
    html = (settings.site / "es/compromisos/commit-gt-labour-inclusion/index.html").read_text(encoding="utf-8")
    assert "Prácticas de otros Estados que pueden servir" in html
    assert html.count("En común:") == ANSWERS
    assert "<caption>Cifras</caption>" in html


def test_the_page_of_an_event_shows_its_practices(settings: Settings, library: Library) -> None:
    facts = library.entries["event-san-salvador-mhpss-learning-2023"].facts
    path = "es/eventos/event-san-salvador-mhpss-learning-2023/index.html"
    html = (settings.site / path).read_text(encoding="utf-8")
    shown = html[html.index('id="shown"') :]
    for practice in (*facts.practices, *facts.prioritised):  # type: ignore[attr-defined]
        assert f"/es/practicas/{practice}/" in shown
    assert "Hubo Estados que expresaron interés en esta práctica." in shown
    assert "26–27 de septiembre de 2023" in html
    assert "Ninguna fuente indica qué prácticas se presentaron." in (
        settings.site / "es/eventos/event-ottawa-signature-event-2022/index.html"
    ).read_text(encoding="utf-8")
