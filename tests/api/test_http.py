"""The API over real HTTP: a real server process on the real content."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import httpx
import pytest

from kb.settings import Settings
from tests.api.serving import Server, start


def test_a_spanish_question_is_answered(server: Server) -> None:
    answer = server.get("/api/v1/search", q="apoyo psicosocial para niñas y niños desplazados", lang="es").json()
    assert answer["total"] > 5
    first = answer["results"][0]
    assert first["lang"] == "es"
    assert "<mark>" in first["snippet"]
    assert first["explanation"]["words"]
    assert set(first["explanation"]) == {"dense", "late", "lexical", "found_in", "section", "words"}


def test_filters_restrict_and_facets_follow(server: Server) -> None:
    everything = server.get("/api/v1/search", q="health", lang="en").json()
    filtered = server.get("/api/v1/search", q="health", lang="en", country=["HN", "gt"]).json()
    assert filtered["results"]
    assert all({"HN", "GT"} & set(one["facets"]["country"]) for one in filtered["results"])
    assert filtered["total"] <= everything["total"]
    # The filtered facet is counted without its own filter, so that one may widen the choice.
    assert set(filtered["facets"]["country"]) > {"HN", "GT"}
    assert sum(filtered["facets"]["status"].values()) == filtered["total"]


def test_pages_do_not_overlap_and_end(server: Server) -> None:
    seen: list[str] = []
    for page in range(1, 51):
        answer = server.get("/api/v1/search", q="refugees", page=page, page_size=20).json()
        if not answer["results"]:
            break
        seen += [one["id"] for one in answer["results"]]
    assert len(seen) == len(set(seen)) == answer["total"]


@pytest.mark.parametrize(
    ("path", "parameters", "status", "detail"),
    [
        ("/api/v1/search", {}, 422, "q: Field required."),
        ("/api/v1/search", {"q": "   "}, 422, "The query is empty"),
        ("/api/v1/search", {"q": "x" * 4001}, 422, "The query has 4001 characters; at most 4000 are read."),
        ("/api/v1/search", {"q": "a\x00b"}, 422, "The query holds the control character U+0000"),
        ("/api/v1/search", {"q": "a", "lang": "fr"}, 422, "lang: "),
        ("/api/v1/search", {"q": "a", "page": "0"}, 422, "page: "),
        ("/api/v1/search", {"q": "a", "page": "51"}, 422, "page: "),
        ("/api/v1/search", {"q": "a", "page_size": "1000"}, 422, "page_size: "),
        ("/api/v1/search", {"q": "a", "page": "two"}, 422, "page: "),
        ("/api/v1/search", {"q": "a", "theme": "healht"}, 422, "Did you mean 'health'?"),
        ("/api/v1/search", {"q": "a", "countri": "SV"}, 422, "There is no parameter 'countri'. Did you mean 'country'?"),
        ("/api/v1/practices/sv-nothing", {}, 404, "There is no practice 'sv-nothing'."),
        ("/api/v1/practices/sv-nothing/similar", {}, 404, "There is no practice 'sv-nothing'."),
        ("/api/v1/nothing", {}, 404, "There is nothing at /api/v1/nothing"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_problem_document(
    server: Server, path: str, parameters: dict[str, str], status: int, detail: str
) -> None:
    response = server.get(path, **parameters)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert detail in problem["detail"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "/api/v1/practices/sv-a-tu-lado-support-space",
            "No existe la práctica 'sv-a-tu-lado-support-space'. ¿Quiso decir 'sv-a-tu-lado-support-spaces'?",
        ),
        ("/api/v1/practices/sv-nothing/similar", "No existe la práctica 'sv-nothing'."),
        ("/api/v1/search?q=a&countri=SV", "No existe el parámetro 'countri'. ¿Quiso decir 'country'?"),
        ("/api/v1/nothing", "No hay nada en /api/v1/nothing; la documentación está en /api/v1/docs."),
    ],
)
def test_what_is_not_there_is_said_in_the_language_of_who_asks(server: Server, path: str, said: str) -> None:
    assert server.get(path, headers={"Accept-Language": "es"}).json()["detail"] == said


def test_only_reading_is_possible(server: Server) -> None:
    response = httpx.post(server.address + "/api/v1/search", json={})
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/health", "/api/v1/search?q=salud", "/es/buscar/?q=salud", "/es/", "/health/live", "/api/v1/nothing"],
)
def test_the_head_of_an_answer_is_that_of_the_answer(server: Server, path: str) -> None:
    """Those who watch and those who check links ask for nothing else."""
    with httpx.Client(base_url=server.address, headers={"Accept-Encoding": "identity"}) as client:
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        for name in ("content-type", "content-length", "etag"):
            assert head.headers.get(name) == whole.headers.get(name)
        assert client.head(path).status_code == whole.status_code  # the connection is as it should be


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "[::1]", ""])
def test_a_foreign_host_is_refused(server: Server, host: str) -> None:
    refused = server.get("/api/v1/health", headers={"Host": host})
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"] == "Invalid host header: this server has another name."


def test_its_own_names_are_answered(settings: Settings, tmp_path: Path) -> None:
    names = ("practices.example", "*.example.org", "[::1]")
    server = start(dataclasses.replace(settings, allowed_hosts=(*names, "127.0.0.1")), tmp_path / "log")
    for host, status in {
        "practices.example": 200, "Practices.Example:8443": 200, "a.example.org": 200, "[::1]:8000": 200,
        "example.org": 400, "evil-example.org": 400, "localhost": 400,
    }.items():  # fmt: skip
        assert server.get("/api/v1/health", headers={"Host": host}).status_code == status, host
    assert server.stop() == 0


def test_a_practice_in_full(server: Server) -> None:
    practice = server.get("/api/v1/practices/sv-a-tu-lado-support-spaces").json()
    assert set(practice["pages"]) == {"en", "es"}
    assert practice["facts"]["results"][0]["value"] == 1140
    assert practice["pages"]["es"]["labels"]["results"][0].startswith("Personas atendidas")
    assert practice["pages"]["en"]["sections"][0]["html"].startswith("<p>")


def test_the_list_and_its_filters(server: Server) -> None:
    everything = server.get("/api/v1/practices").json()
    salvador = server.get("/api/v1/practices", country="SV").json()
    assert 0 < salvador["total"] < everything["total"]
    assert all("SV" in one["facets"]["country"] for one in salvador["practices"])


def test_similar_practices_come_from_other_states_first(server: Server) -> None:
    near = server.get("/api/v1/practices/hn-idp-profiling/similar", limit=3).json()
    assert len(near) == 3
    assert "HN" not in near[0]["facets"]["country"]
    assert {"sv-internal-displacement-profiling", "mx-chihuahua-idp-profiling"} & {one["id"] for one in near}


def test_every_facet_says_its_words_in_both_languages(server: Server) -> None:
    for terms in server.get("/api/v1/facets").json().values():
        for term in terms:
            assert term["labels"]["en"]
            assert term["labels"]["es"]


def test_health_names_the_index(server: Server) -> None:
    health = server.get("/api/v1/health").json()
    assert health["status"] == "ok"
    assert health["practices"] > 100
    assert health["passages"] > 1000


def test_the_documentation_needs_nothing_from_elsewhere(server: Server) -> None:
    page = server.get("/api/v1/docs").text
    assert re.findall(r'<script(?! type="module" src="/assets/)', page) == []
    document = server.get("/api/v1/openapi.json").json()
    for path in document["paths"]:
        assert path in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page) == []


def test_every_operation_is_described(server: Server) -> None:
    document = server.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            for parameter in operation.get("parameters", []):
                assert parameter["in"] == "path" or parameter["description"], (path, parameter["name"])


def test_answers_carry_safe_headers(server: Server) -> None:
    headers = server.get("/es/buscar/").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_answers_are_compressed_and_assets_kept(server: Server) -> None:
    page = server.get("/es/practicas/sv-a-tu-lado-support-spaces/")
    assert page.headers["content-encoding"] == "gzip"
    assets = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text)
    assert len(assets) > 5
    for asset in assets:
        answer = httpx.get(server.address + asset)
        assert answer.status_code == 200
        assert ("immutable" in answer.headers.get("cache-control", "")) == ("?" in asset)
    assert "cache-control" not in page.headers


def test_without_a_site_its_pages_are_not_found_and_the_api_answers(settings: Settings, tmp_path: Path) -> None:
    server = start(dataclasses.replace(settings, site=tmp_path / "none"), tmp_path / "log")
    assert server.get("/es/").status_code == 404
    assert server.get("/api/v1/search", q="salud").status_code == 200
    assert server.stop() == 0
