"""What we know and what we don't: the page's counts against the content itself, counted in another way."""

from __future__ import annotations

import html
import re

import pytest

from kb.content.library import Library
from kb.settings import Settings

PAGES = {"en": "what-we-know", "es": "que-sabemos"}


def _page(settings: Settings, lang: str) -> str:
    text = (settings.site / lang / PAGES[lang] / "index.html").read_text(encoding="utf-8")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.parametrize(
    ("lang", "evidence", "results", "others"),
    [
        (
            "en",
            r"Described At least one source.*? results\. (\d+)",
            r"For (\d+) of (\d+) practices no source gives a figure of results; (\d+) of them",
            r"Even so, (\d+) of these give other figures",
        ),
        (
            "es",
            r"Descrita Al menos una fuente.*? resultados\. (\d+)",
            r"En (\d+) de las (\d+) prácticas, ninguna fuente da cifras de resultados; (\d+) de ellas",
            r"Aun así, (\d+) de estas dan otras cifras",
        ),
    ],
)
def test_the_table_of_evidence_and_the_list_of_gaps_agree(
    settings: Settings, library: Library, lang: str, evidence: str, results: str, others: str
) -> None:
    text = _page(settings, lang)
    described = re.search(evidence, text)
    gap = re.search(results, text)
    other = re.search(others, text)
    assert described is not None
    assert gap is not None
    assert other is not None
    of_described = [one for one in library.practices if getattr(one.facts, "evidence", "") == "described"]
    without = [one for one in library.practices if one in of_described or not one.facts.results]
    assert described[1] == gap[3] == str(len(of_described))
    assert ".Aun" not in text
    assert [int(gap[1]), int(gap[2])] == [len(without), len(library.practices)]
    assert int(other[1]) == len([one for one in without if one.facts.results])


def test_open_points_and_editors_notes_are_no_answer(settings: Settings, library: Library) -> None:
    silent = 0
    for entry in library.practices:
        section = next(one.markdown for one in entry.page("es").sections if one.key == "adapting")
        paragraphs = [" ".join(part.split()) for part in section.split("\n\n") if part.strip()]
        silent += all(part.startswith(("Aún no está documentado", "Nota editorial:")) for part in paragraphs)
    assert silent > 20
    assert f"En {silent} de las {len(library.practices)} prácticas, ninguna fuente dice cómo adaptarlas" in _page(
        settings, "es"
    )


def test_levels_of_evidence_stand_in_the_order_in_which_they_are_assigned(settings: Settings) -> None:
    text = _page(settings, "es")
    levels = ["Descrita", "Con resultados informados", "Evaluada", "Replicada"]
    places = [text.index(f"{level} ", text.index("Cada práctica tiene un solo nivel")) for level in levels]
    assert places == sorted(places)
