"""Peer learning over HTTP: matches, agendas in every form, and the pages."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from tests.api.serving import Server
from tests.learning.conftest import FOUNDING, wishes


def _get(server: Server, path: str, **parameters: object) -> httpx.Response:
    """Ranking every commitment takes a while the first time, on a busy machine most of all."""
    return httpx.get(server.address + path, params=parameters, timeout=240)  # type: ignore[arg-type]


def _post(server: Server, path: str = "/api/v1/agenda", **arguments: object) -> httpx.Response:
    return httpx.post(server.address + path, timeout=60, **arguments)  # type: ignore[arg-type]


def test_practices_for_a_commitment(server: Server) -> None:
    found = _get(server, "/api/v1/commitments/commit-hn-mental-health-displaced/practices", lang="es", limit=3).json()
    assert len(found) == 3
    for one in found:
        assert "HN" not in one["countries"]
        assert one["passage_lang"] == "es"
        assert one["reason"].startswith("Práctica de ")
    missing = _get(server, "/api/v1/commitments/commit-hn-nothing/practices")
    assert missing.status_code == 404
    assert "There is no commitment 'commit-hn-nothing'." in missing.json()["detail"]


def test_states_for_a_practice(server: Server) -> None:
    found = _get(server, "/api/v1/practices/pa-technical-standard-mental-health/states").json()
    assert {"HN", "MX"} <= {one["country"] for one in found}
    assert "PA" not in {one["country"] for one in found}
    assert _get(server, "/api/v1/practices/sv-nothing/states").status_code == 404


@pytest.mark.parametrize(
    ("accept", "query", "media_type"),
    [
        ("*/*", "", "application/json"),
        ("text/html,application/xhtml+xml;q=0.9", "", "text/html"),
        ("application/json;q=0.1, text/calendar", "", "text/calendar"),
        ("text/html", "?format=md", "text/markdown"),
        ("text/html;q=\xb2, text/calendar;q=0.5", "", "text/calendar"),
    ],
)
def test_the_form_of_an_agenda_is_chosen(server: Server, accept: str, query: str, media_type: str) -> None:
    response = _post(server, f"/api/v1/agenda{query}", json=wishes(), headers={"Accept": accept.encode("latin-1")})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(media_type)


def test_a_yaml_file_and_a_form_are_taken_too(server: Server) -> None:
    yaml = _post(server, content=FOUNDING.read_bytes(), headers={"Content-Type": "application/yaml"})
    assert yaml.json()["title"]["es"].startswith("Evento de aprendizaje del MIRPS")
    again = _post(server, content=FOUNDING.read_bytes(), headers={"Content-Type": "application/yaml"})
    assert again.content == yaml.content
    form = _post(server, data={"request": FOUNDING.read_text(encoding="utf-8"), "format": "docx", "lang": "en"})
    assert form.headers["content-disposition"] == 'attachment; filename="agenda-en.docx"'
    assert form.content.startswith(b"PK")


@pytest.mark.parametrize(
    ("content", "kind", "status", "detail"),
    [
        (b"{", "application/json", 422, "The body is not JSON"),
        (b"[" * 60000, "application/json", 422, "The body is not JSON"),
        (b"{}", "application/json", 422, "title: is missing."),
        (b"x" * 70000, "application/json", 413, "The request is larger than 64 kB"),
        (b"title: x", "application/yaml", 422, "change: is missing."),
        (b'{"title": "a \\u0000 b"}', "application/json", 422, "title.en: holds the invisible character U+0000"),
        (b'{"change": {"es": "a \\uffff b"}}', "application/json", 422, "change.es: holds the invisible character U+FFFF"),
        (b"title=%ff", "application/x-www-form-urlencoded", 422, "Give the date of at least one day."),
        (b"&".join(b"a=b" for _ in range(500)), "application/x-www-form-urlencoded", 422, "The form cannot be read"),
    ],
)  # fmt: skip
def test_bad_bodies_get_a_problem_document(server: Server, content: bytes, kind: str, status: int, detail: str) -> None:
    response = _post(server, content=content, headers={"Content-Type": kind})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert detail in response.json()["detail"]


@pytest.mark.parametrize(
    ("query", "headers", "words"),
    [
        ("?lang=es", {}, "title: falta."),
        ("", {"Accept-Language": "es-SV,es;q=0.9,en;q=0.8"}, "title: falta."),
        ("?lang=en", {"Accept-Language": "es"}, "title: is missing."),
        ("", {"Accept-Language": "fr"}, "title: is missing."),
    ],
)
def test_a_problem_is_said_in_the_callers_language(
    server: Server, query: str, headers: dict[str, str], words: str
) -> None:
    response = _post(server, f"/api/v1/agenda{query}", json={"tittle": "x"}, headers=headers)
    detail = response.json()["detail"].splitlines()
    assert words in detail
    assert len(detail) == 8
    assert detail[-1].startswith("tittle: ")
    assert ("¿Quiso decir 'title'?" in detail[-1]) == ("falta" in words)


def test_an_infeasible_request_says_what_to_change(server: Server) -> None:
    response = _post(server, json=wishes(interpretation={"interpreters": 0}))
    assert (response.status_code, response.json()["type"]) == (422, "infeasible")
    assert "name one language" in response.json()["detail"]


QUERY = {
    "title": "Prueba", "change": "Apoyo psicosocial para niñez desplazada", "date-1": "2027-03-02", "start-1": "08:30", "end-1": "17:00",
    "time_zone": "America/Costa_Rica", "place": "San José", "host": "CR", "people-CR": 3, "people-HN": 3, "interpreters": 2,
}  # fmt: skip


def test_the_agenda_page_holds_form_and_agenda(server: Server) -> None:
    empty = _get(server, "/es/agenda/").text
    assert "<form" in empty
    assert "agenda-document" not in empty
    page = _get(server, "/es/agenda/", **QUERY).text
    assert "agenda-document" in page
    assert "/es/practicas/" in page
    assert "/en/agenda/?title=Prueba" in page.replace("&amp;", "&")


def test_the_form_keeps_languages_and_leaves_the_time_zone_to_the_host(server: Server) -> None:
    fields = {name: value for name, value in QUERY.items() if name != "time_zone"} | {"speaks-HN": "en"}
    page = html.unescape(_get(server, "/es/agenda/", **fields).text)
    assert 'value="en" selected' in page
    assert '<option value="">La del anfitrión</option>' in page
    assert " selected>San José (Costa Rica)<" not in page
    made = _post(server, data=fields | {"format": "json"}).json()
    assert made["request"]["time_zone"] == "America/Costa_Rica"
    assert {one["state"]: one.get("language") for one in made["request"]["delegations"]} == {"CR": None, "HN": "en"}


def test_a_mistake_in_the_form_is_said_in_its_language(server: Server) -> None:
    response = _get(server, "/es/agenda/", **(QUERY | {"interpreters": 0}))
    assert response.status_code == 422
    assert "El evento tiene dos idiomas y ningún intérprete" in response.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "Título: está vacío."),
        ({"people-CR": "", "people-HN": ""}, "Indique con cuántas personas vienen al menos dos Estados."),
        ({"date-1": ""}, "Indique la fecha de al menos un día."),
        (
            {"start-1": "8h30"},
            "Día 1: &#39;8h30&#39; no es una hora; escríbala como &#34;08:30&#34;, en pasos de 5 minutos.",
        ),
        ({"people-CR": "many"}, "Quién viene, Costa Rica: debe ser un número entero, no &#39;many&#39;."),
        (
            {"wanted": "pa-technical-standard-mental-helth"},
            "Práctica 1: Ninguna práctica se llama «pa-technical-standard-mental-helth». Con nombre parecido: «",
        ),
        ({"people-CR": "0"}, "Quién viene, Costa Rica: debe ser 1 o más, no 0."),
        (
            {"visit-travel-2": "5", "visit-practice-2": "salud mental"},
            "Visita 2: Ninguna práctica se llama «salud mental».",
        ),
        ({"comes-BZ": "Empleo"}, "Belice tiene a qué viene o su idioma, pero no cuántas personas;"),
        ({"speaks-BZ": "en"}, "Belice tiene a qué viene o su idioma, pero no cuántas personas;"),
        ({"people-CR": "3", "speaks-CR": "xx"}, "Quién viene, Costa Rica: "),
        ({"partners": "UNICEF, 900"}, "Agencias y otros socios"),
        ({"visit-practice-2": "cr-casa-de-derechos"}, "La visita 2 no tiene minutos de traslado;"),
        ({"visit-minutes-1": "60"}, "La visita 1 no tiene minutos de traslado;"),
        ({"languages-asked": "1"}, "Elija al menos un idioma del evento."),
        ({"request": "title: x\nhots: SV"}, "no es una clave de este archivo. ¿Quiso decir &#39;host&#39;?"),
    ],
)
def test_the_form_names_its_fields_in_spanish(server: Server, changed: dict[str, str], said: str) -> None:
    response = _get(server, "/es/agenda/", **(QUERY | changed))
    assert response.status_code in (404, 422)
    assert said in response.text
    assert "is missing" not in response.text


def test_the_form_names_practices_time_zones_and_boxes_in_words(server: Server) -> None:
    fields = {"wanted": "gt-casa-joven", "visit-practice-1": "hn-teachers-at-risk", "time_zone": "America/Tegucigalpa"}
    page = html.unescape(_get(server, "/es/agenda/", **(fields | {"title": ""})).text)
    assert 'value="Casa Joven, centros de día para adolescentes en zonas de alto riesgo"' in page
    assert 'value="gt-casa-joven"' not in page
    assert '<option value="America/Tegucigalpa" selected>Tegucigalpa (Honduras)</option>' in page
    assert '<option value="America/Mexico_City">Ciudad de México</option>' in page
    assert 'for="people-HN">Personas<' in page


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_practice_is_found_by_its_title_in_the_form(server: Server, lang: str) -> None:
    title = _get(server, "/api/v1/practices/gt-casa-joven", lang=lang).json()["pages"][lang]["title"]
    made = _post(server, data=QUERY | {"wanted": title.upper(), "format": "json"}).json()
    assert made["request"]["practices"]["wanted"] == ["gt-casa-joven"]
    assert "gt-casa-joven" in [one["id"] for one in made["practices"]]


@pytest.mark.parametrize(
    ("words", "practice"),
    [('Espacios de Apoyo "A tu Lado"', "sv-a-tu-lado-support-spaces"), ("PEX", "gt-work-permit-platform-pex")],
)
def test_marks_do_not_matter_and_a_part_of_a_title_is_enough(server: Server, words: str, practice: str) -> None:
    made = _post(server, data=QUERY | {"wanted": words, "format": "json"}).json()
    assert made["request"]["practices"]["wanted"] == [practice]


def test_what_cannot_be_is_said_with_names_instead_of_keys(server: Server) -> None:
    short = QUERY | {"start-1": "09:00", "end-1": "09:30"}
    for path, words in (
        ("/es/agenda/", "Plan de acción por Estado y Cierre necesitan 55 minutos"),
        ("/en/agenda/", "Action planning by State and Closing need 55 minutes"),
    ):
        assert words in html.unescape(_get(server, path, **short).text)


def test_an_edited_request_is_pasted(server: Server) -> None:
    page = _post(server, "/es/agenda/", data={"request": FOUNDING.read_text(encoding="utf-8")})
    assert page.status_code == 200
    assert "Un Espacio de Apoyo" in page.text or "un Espacio de Apoyo" in page.text


@pytest.mark.parametrize(("path", "word"), [("/en/learning/", "Learns"), ("/es/aprendizaje/", "Aprende")])
def test_the_matrix_has_every_state(server: Server, path: str, word: str) -> None:
    page = _get(server, path).text
    assert f'<th scope="col">{word}</th>' in page
    cells = html.unescape(page).count("&from=")
    assert page.count("?state=") == 14 + cells
    assert cells > 20
    assert "no match" in page or "sin coincidencia" in page


def test_a_cell_without_a_match_says_whose_practices_are_meant(server: Server) -> None:
    page = _get(server, "/es/aprendizaje/").text
    states = ["BZ", "CR", "GT", "HN", "MX", "PA", "SV"]
    taught = set(re.findall(r"\?state=(\w+)&amp;from=(\w+)", page))
    empty = [(one, other) for one in states for other in states if one != other and (one, other) not in taught]
    assert empty
    for state, other in empty:
        shown = html.unescape(_get(server, "/es/aprendizaje/", state=state, **{"from": other}).text)
        assert "todavía ninguna práctica de otro Estado" not in shown
        assert "se acerca a un compromiso de" in shown


def test_no_state_learns_from_itself(server: Server) -> None:
    own, others = (_get(server, "/es/aprendizaje/", state="BZ", **more).text for more in ({"from": "BZ"}, {}))
    title = re.compile("<h1>(.*?)</h1>")
    assert title.findall(own) == title.findall(others)


def test_a_cell_of_the_matrix_leads_to_the_practices_that_it_counts(server: Server) -> None:
    page = html.unescape(_get(server, "/es/aprendizaje/").text)
    state, teacher, themes = re.findall(r'\?state=(\w+)&from=(\w+)"[^>]*><ul>(.*?)</ul>', page)[0]
    shown = html.unescape(_get(server, "/es/aprendizaje/", state=state, **{"from": teacher}).text)
    practices = re.findall(r'class="title"><a href="/es/practicas/([a-z0-9-]+)/"', shown)
    assert practices
    for practice in practices:
        assert teacher in _get(server, f"/api/v1/practices/{practice}").json()["facts"]["countries"]
    first = re.findall(r"<li>([^<(]+)", themes)[0].strip()
    assert f"Temas en común: {first}" in shown or first in shown[shown.index("<h1>") :]
    assert _get(server, "/es/aprendizaje/", state=state, **{"from": "XX"}).status_code == 404


def test_the_page_of_a_state_shows_reasons_and_passages(server: Server) -> None:
    page = _get(server, "/es/aprendizaje/", state="HN").text
    assert "responde a la necesidad" in page
    assert "<mark>" in page
    # Of a commitment of all States it shows what others do, not what the State does itself.
    own = _get(server, "/es/aprendizaje/", state="CR").text
    assert "/es/practicas/" in own
    assert "/es/practicas/cr-" not in own
    used = _get(server, "/es/aprendizaje/", practice="pa-technical-standard-mental-health").text
    assert "/es/compromisos/commit-hn-mental-health-displaced/" in used


@pytest.mark.parametrize(
    ("path", "parameters", "said"),
    [
        ("/es/aprendizaje/", {"state": "CO"}, "Colombia no es un Estado del MIRPS; elija uno de la tabla."),
        ("/en/learning/", {"state": "ES"}, "Spain is not a MIRPS State; choose one from the table."),
        ("/es/aprendizaje/", {"state": "XX"}, "XX no es un Estado del MIRPS; elija uno de la tabla."),
        ("/es/aprendizaje/", {"practice": "sv-nothing"}, "No existe la práctica &#39;sv-nothing&#39;."),
    ],
)
def test_what_there_is_not_is_said_on_a_page_with_the_way_on(
    server: Server, path: str, parameters: dict[str, str], said: str
) -> None:
    response = _get(server, path, **parameters)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert said in response.text
    assert response.text.count("?state=") >= 14
