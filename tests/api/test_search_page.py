"""The page of results as the server makes it, without any script."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from tests.api.serving import Server

QUESTION = "salud mental"


def _links(page: str, label: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(rf'href="([^"]+)">{label}', page)]


def _titles(page: str) -> list[str]:
    return re.findall(r'<h3 class="title"[^>]*><a href="([^"]+)"', page)


def test_every_choice_has_an_address_that_keeps_the_others(server: Server) -> None:
    first = server.get("/es/buscar/", q=QUESTION, country=["HN", "SV", "GT", "MX"], own="1").text
    assert len(_titles(first)) == 10
    (newest,) = _links(first, "Más recientes")
    assert newest == "/es/buscar/?q=salud+mental&country=HN&country=SV&country=GT&country=MX&sort=newest&own=1"
    (following,) = _links(first, "Página siguiente")
    second = httpx.get(server.address + following).text
    assert not set(_titles(second)) & set(_titles(first))
    assert httpx.get(server.address + _links(second, "Página anterior")[0]).text == first
    (without,) = _links(first, "Honduras <")
    assert "country=HN" not in without
    assert "country=SV" in without
    (everything,) = _links(first, "Quitar todos los filtros")
    assert everything == "/es/buscar/?q=salud+mental"
    (own,) = _links(first, "Solo lo escrito en español")
    assert "own=1" not in own


def test_a_result_leads_to_the_section_that_answers(server: Server) -> None:
    page = server.get("/en/search/", q="who pays for the psychologists?").text
    leads = re.findall(r'href="/en/practices/([a-z0-9-]+)/#(\w+)">Read on in: ([^<]+)<', page)
    assert leads
    for practice, section, heading in leads:
        shown = server.get(f"/en/practices/{practice}/").text
        assert re.search(rf'<section id="{section}">\s*<h2>{heading}</h2>', shown)


def test_who_asks_for_an_institution_reads_on_where_it_is_named(server: Server) -> None:
    page = server.get("/es/buscar/", q="CONARE").text
    leads = re.findall(r'href="(/es/practicas/[a-z0-9-]+/)#facts">Seguir leyendo: Datos<', page)
    assert len(leads) == 2
    for address in leads:
        facts = re.search(r'<h2 id="facts">.*?</aside>', server.get(address).text, re.DOTALL)
        assert facts
        assert "CONARE" in facts[0].upper()


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("/es/buscar/", "Declaración de Heredia", ["/es/compromisos/commit-regional-heredia-declaration-2026/"]),
        ("/en/search/", "learning event Bogotá", ["/en/events/event-bogota-internal-displacement-learning-2023/"]),
        ("/es/buscar/", "mhGAP", ["/es/compromisos/commit-hn-mental-health-displaced/"]),
        ("/es/buscar/", "fútbol", []),
        ("/en/search/", "how do we?", []),
    ],
)
def test_commitments_and_events_that_say_what_was_asked_are_named(
    server: Server, path: str, query: str, found: list[str]
) -> None:
    page = server.get(path, q=query).text
    named = re.search(r'<ul aria-labelledby="mentions">(.*?)</ul>', page, re.DOTALL)
    assert (re.findall(r'href="([^"]+)"', named[1]) if named else []) == found
    for address in found:
        assert server.get(address).status_code == 200


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"sort": "beauty"}, "«Orden» debe ser uno de Relevancia, Más recientes, Evidencia, no &#39;beauty&#39;."),
        ({"page": "two"}, "«Página» debe ser un número entero, no &#39;two&#39;."),
        ({"page": "9" * 40}, "«Página» debe ser un número entero"),
        ({"page": "99"}, "«Página» debe estar entre 1 y 50, no 99."),
        ({"country": "XX"}, "&#39;XX&#39; no es un término del filtro «Estado»."),
    ],
)
def test_an_address_that_makes_no_sense_is_explained(server: Server, parameters: dict[str, str], said: str) -> None:
    page = server.get("/es/buscar/", q=QUESTION, **parameters)
    assert page.status_code == 422
    assert said in page.text
    assert 'role="alert"' in page.text


def test_a_state_that_the_question_names_can_be_chosen_or_set_aside(server: Server) -> None:
    page = server.get("/es/buscar/", q="buenas prácticas de Panamá sobre salud").text
    assert "<strong>Panamá</strong> <span>(con preferencia)</span>" in page
    (only,) = _links(page, "Solo Panamá")
    assert "country=PA" in only
    (aside,) = _links(page, "Sin preferencia<span")
    assert "con preferencia" not in httpx.get(server.address + aside).text


def test_a_poor_answer_says_so_instead_of_counting(server: Server) -> None:
    page = server.get("/es/buscar/", q="receta de pastel de chocolate").text
    (heading,) = re.findall(r'<h2 id="found"[^>]*>([^<]+)', page)
    assert heading.strip() == "Nada coincide bien con esta búsqueda"
    assert _titles(page)
    assert _links(page, "Por tema")
