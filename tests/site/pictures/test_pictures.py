"""Map, matrix and charts: what is drawn is what is counted, and nothing stands outside its picture."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kb.content.library import Library
from kb.settings import Settings
from kb.site.coverage import coverage
from kb.site.pictures.bars import SPREAD, WIDTH, bar_charts
from kb.site.pictures.map import region_map
from kb.site.pictures.matrix import matrix
from kb.site.pictures.shades import SHADES, shade
from kb.site.urls import Urls
from kb.site.views import views

SEVEN = {"BZ", "CR", "GT", "HN", "MX", "PA", "SV"}


def test_the_map_counts_and_stays_in_its_frame(library: Library) -> None:
    drawn = region_map(library)
    assert {state.code for state in drawn.states} == SEVEN
    for state in drawn.states:
        assert state.practices == sum(state.code in entry.facts.countries for entry in library.practices)
        points = re.findall(r"(-?[\d.]+),(-?[\d.]+)", state.outline)
        assert len(points) > 5
        assert all(0 <= float(x) <= drawn.width and 0 <= float(y) <= drawn.height for x, y in points)
        assert 0 < state.x < drawn.width
        assert 0 < state.y < drawn.height
    assert drawn.elsewhere == sum(not SEVEN & set(entry.facts.countries) for entry in library.practices)


def test_neighbours_share_their_border_point_by_point(library: Library) -> None:
    points = {s.code: set(re.findall(r"[\d.]+,[\d.]+", s.outline)) for s in region_map(library).states}
    for one, other in (
        ("MX", "GT"),
        ("MX", "BZ"),
        ("GT", "BZ"),
        ("GT", "HN"),
        ("GT", "SV"),
        ("HN", "SV"),
        ("CR", "PA"),
    ):
        assert len(points[one] & points[other]) >= 2, (one, other)


def test_a_page_shows_the_map_as_links_and_as_a_table(settings: Settings, library: Library) -> None:
    for lang, path in (("en", "overview"), ("es", "panorama")):
        html = (settings.site / lang / path / "index.html").read_text(encoding="utf-8")
        html = html[html.index('<figure class="map">') : html.index("</figure>")]
        for state in region_map(library).states:
            assert html.count(f'href="{Urls(lang).page("country", state.code)}"') == 2
        assert "Natural Earth" in html
        assert "style=" not in html


def test_the_matrix_explains_its_signs_before_it_shows_them_and_names_lead_on(settings: Settings) -> None:
    for lang, path, words in (("en", "overview", "Diamond: the State"), ("es", "que-sabemos", "Rombo: el Estado")):
        text = (settings.site / lang / path / "index.html").read_text(encoding="utf-8")
        assert text.index(words) < text.index('<table class="matrix">')
        table = text[text.index('<table class="matrix">') :]
        assert f'<th scope="row"><a href="{Urls(lang).page("theme", "mental-health")}">' in table
        for code in SEVEN:
            assert f'<th scope="col"><a href="{Urls(lang).page("country", code)}">' in table


def test_the_matrix_shows_practices_gaps_and_stated_needs(library: Library) -> None:
    found = matrix(library, coverage(library))
    assert set(found.states) == SEVEN
    for row in found.rows:
        for state, cell in zip(found.states, row.cells, strict=True):
            both = [e for e in library.entries.values() if state in e.facts.countries and row.theme in e.facts.themes]
            assert cell.practices == sum(entry.kind == "practice" for entry in both)
            assert cell.promised == any(entry.kind == "commitment" for entry in both)
            assert (cell.shade == 0) == (cell.practices == 0)
    assert found.wanted == sum(cell.promised and cell.practices == 0 for row in found.rows for cell in row.cells) > 0


@given(st.integers(0, 500), st.integers(1, 500))
def test_shades_grow_with_the_number(count: int, most: int) -> None:
    count = min(count, most)
    assert 0 <= shade(count, most) <= SHADES
    assert (shade(count, most) == 0) == (count == 0)
    assert shade(most, most) == SHADES
    assert count == 0 or shade(count - 1, most) <= shade(count, most)


def test_charts_compare_only_what_can_be_compared(library: Library) -> None:
    drawn = 0
    for it in views(library.practices, Urls("es")):
        figures = list(it.entry.facts.results)
        for chart in bar_charts(it):
            drawn += 1
            values = [bar.value for bar in chart.bars]
            assert 2 <= len(values) <= 8
            assert min(values) > 0
            assert max(values) <= SPREAD * min(values)
            for bar in chart.bars:
                same = [f for f in figures if f.value == bar.value and f.unit == chart.unit]
                assert same
                assert chart.label or any(figure.year == chart.year for figure in same)
                assert 0 < bar.length < WIDTH
                assert bar.top < bar.bar_top < chart.height
            lengths = [bar.length for _, bar in sorted(zip(values, chart.bars, strict=True), key=lambda one: one[0])]
            assert lengths == sorted(lengths)
    assert drawn > 30


def test_a_chart_says_its_figures_in_words(settings: Settings) -> None:
    html = (settings.site / "es/practicas/sv-a-tu-lado-support-spaces/index.html").read_text(encoding="utf-8")
    (chart,) = re.findall(r'<figure class="chart">.*?</figure>', html, re.DOTALL)
    assert 'role="img" aria-labelledby="chart-1"' in chart
    for figure in ("1,140", "5,241", "1,820", "208"):
        assert f"{figure}. " in chart[chart.index("<desc") : chart.index("</desc>")]
