"""Practices side by side over HTTP, and the files of a list."""

from __future__ import annotations

import io
import re

import pytest
from docx import Document

from tests.api.serving import Server

IDS = ["sv-a-tu-lado-support-spaces", "hn-idp-profiling", "mx-la-72-shelter", "gt-retorno-al-hogar"]
PAGES = {"en": "/en/compare/", "es": "/es/comparar/"}
FILES = {"en": "/en/compare/list", "es": "/es/comparar/lista"}


@pytest.mark.parametrize("lang", PAGES)
@pytest.mark.parametrize("count", [2, 3, 4])
def test_two_to_four_stand_side_by_side(server: Server, lang: str, count: int) -> None:
    page = server.get(PAGES[lang], id=IDS[:count])
    assert page.status_code == 200
    heads = re.findall(r'<th scope="col"[^>]*><a href="/e[ns]/pr[a-z]+/([a-z0-9-]+)/"', page.text)
    assert heads == IDS[:count]
    rows = re.findall(r"<tr>\s*((?:<td>.*?</td>\s*)+)</tr>", page.text, re.DOTALL)
    assert len(rows) > 10
    assert all(row.count("<td>") == count for row in rows)
    # A citation leads to the sources of the practice that it stands in.
    assert 'href="#source-' not in page.text
    assert f'{heads[0]}/#source-4"' in page.text


def test_one_practice_gets_others_to_add(server: Server) -> None:
    page = server.get(PAGES["es"], id=IDS[0]).text
    assert "<table" not in page
    assert len(re.findall(rf'href="/es/comparar/\?id={IDS[0]}&amp;id=[a-z0-9-]+"', page)) == 4


def test_a_longer_list_lets_choose(server: Server) -> None:
    page = server.get(PAGES["en"], id=[*IDS, "mx-temporary-curp"]).text
    assert "<table" not in page
    assert page.count('type="checkbox" name="id"') == 5


def test_what_is_gone_is_said_and_the_rest_is_shown(server: Server) -> None:
    page = server.get(PAGES["es"], id=[IDS[0], "sv-gone", IDS[1]])
    assert page.status_code == 200
    assert "Ya no están aquí: sv-gone." in page.text
    assert "<table" in page.text
    assert server.get(PAGES["es"], id="sv-gone").status_code == 404
    assert server.get(PAGES["es"], id="commit-sv-idp-law-implementation").status_code == 404
    assert server.get(PAGES["es"]).status_code == 200


def test_too_long_a_list_is_refused_in_the_readers_words(server: Server) -> None:
    page = server.get(PAGES["es"], id=[f"x-{n}" for n in range(21)])
    assert page.status_code == 422
    assert "Una lista admite como máximo 20 prácticas, no 21." in page.text


@pytest.mark.parametrize("lang", FILES)
def test_a_list_becomes_a_word_file_and_a_table(server: Server, lang: str) -> None:
    word = server.get(f"{FILES[lang]}.docx", id=IDS)
    assert "attachment" in word.headers["content-disposition"]
    assert len(Document(io.BytesIO(word.content)).tables) == 5
    table = server.get(f"{FILES[lang]}.csv", id=IDS)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.content.decode("utf-8-sig").count(f"/{lang}/") == 4


@pytest.mark.parametrize(("ids", "status"), [([], 422), (["sv-gone"], 404), (["x"] * 2 + IDS, 200)])
def test_bad_lists_get_a_problem_document(server: Server, ids: list[str], status: int) -> None:
    response = server.get("/es/comparar/lista.csv", id=ids)
    assert response.status_code == status
    if status != 200:
        assert response.headers["content-type"] == "application/problem+json"
