"""How queries are read as people type them: slips, acronyms, places, pasted pages, and questions with no answer."""

from __future__ import annotations

import pytest
from httpx import Client

from kb.search.engine import SearchEngine
from kb.search.evaluation import load_judgements
from kb.search.expansion import ENCODED
from kb.search.request import search_request
from kb.search.spelling import Correction
from tests.api.serving import Server
from tests.search.test_engine import DEV, ids


@pytest.mark.parametrize(
    ("typed", "read", "lang"),
    [("psicosocail", "psicosocial", "es"), ("asistensia", "asistencia", "es"), ("refugess", "refugees", "en"),
     ("yuoth", "youth", "en"), ("espasios", "espacios", "es"), ("detenton", "detention", "en"),
     ("childen", "children", "en"), ("credt", "credit", "en")],
)  # fmt: skip
def test_a_slip_is_read_as_the_word_that_was_meant(engine: SearchEngine, typed: str, read: str, lang: str) -> None:
    response = engine.search(search_request(f"{typed} migrantes" if lang == "es" else f"{typed} for migrants", lang))
    assert response.corrections == (Correction(typed, read),)


def test_a_slip_in_the_other_language_than_the_pages_is_mended_too(engine: SearchEngine) -> None:
    for lang in ("en", "es"):
        response = engine.search(search_request("psicosocail", lang))
        assert response.corrections == (Correction("psicosocail", "psicosocial"),)


def test_words_that_stand_in_the_content_and_names_are_left_alone(engine: SearchEngine) -> None:
    for query in ("atención psicológica a hondureñas", "refugees in Tapachula with Zzyzxov", "COMAR y SMAPS", "MHPSS"):
        assert engine.search(search_request(query, "es")).corrections == ()


@pytest.mark.parametrize(
    ("query", "lang"),
    [("sin reglamento ni plata", "es"), ("receta de baleadas", "es"), ("printer toner", "en"), ("curry recipe", "en")],
)
def test_words_of_the_language_that_the_content_lacks_are_left_alone(
    engine: SearchEngine, query: str, lang: str
) -> None:
    assert engine.search(search_request(query, lang)).corrections == ()


@pytest.mark.parametrize(
    ("query", "lang", "plainly"),
    [("chamba para migrantes", "es", "trabajo para migrantes"), ("Patojos sin acompañantes", "es", "niñas y niños sin acompañantes"),
     ("cipotes en la calle", "es", "niñas y niños en la calle"), ("apoyo a chavos", "es", "apoyo a jóvenes")],
)  # fmt: skip
def test_what_people_say_is_read_as_what_texts_say(engine: SearchEngine, query: str, lang: str, plainly: str) -> None:
    response = engine.search(search_request(query, lang))
    assert [hit.item.id for hit in response.hits] == ids(engine, plainly, lang=lang)
    assert response.matches_well
    assert [one.read for one in response.corrections if one.typed in query] != []
    assert engine.search(search_request(query, lang, as_typed=True)).corrections == ()


def test_names_are_not_read_as_what_people_say(engine: SearchEngine) -> None:
    assert engine.search(search_request("refugiados en Chamba", "es")).corrections == ()


def test_a_reader_may_insist_on_what_was_typed(engine: SearchEngine) -> None:
    assert engine.search(search_request("espasios seguros", "es", as_typed=True)).corrections == ()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("MHPSS standard", "pa-technical-standard-mental-health"), ("norma SMAPS", "pa-technical-standard-mental-health"),
        ("CODER", "sv-coder-inter-institutional-protocol"), ("COMAR mesas", "mx-inter-institutional-roundtables"),
        ("microcredito", "pa-microserfin-microcredit"), ("Casa Joven", "gt-casa-joven"),
        ("mhGAP", "pa-technical-standard-mental-health"),
    ],
)  # fmt: skip
def test_acronyms_and_single_words_find_their_practice(engine: SearchEngine, query: str, expected: str) -> None:
    for lang in ("en", "es"):
        assert expected in ids(engine, query, lang=lang)[:5]


def test_acronyms_of_either_language_mean_the_same(engine: SearchEngine) -> None:
    for one, other in (("GBV", "VBG"), ("IDP", "PDI"), ("MHPSS", "SMAPS")):
        assert len(set(ids(engine, one)) & set(ids(engine, other))) >= 6


@pytest.mark.parametrize(
    ("query", "country"), [("practices of Panama about health", "PA"), ("salud de personas hondureñas", "HN"),
                           ("qué hace Belice por la niñez", "BZ"), ("Salvadoran municipalities", "SV")],
)  # fmt: skip
def test_a_state_in_the_question_is_recognised_and_preferred_but_never_imposed(
    engine: SearchEngine, query: str, country: str
) -> None:
    response = engine.search(search_request(query, "en", page_size=20))
    assert ("country", country) in {(one.facet, one.term) for one in response.recognised}
    found = [country in hit.item.facets["country"] for hit in response.hits]
    assert any(found[:3])
    assert not all(found)
    aside = engine.search(search_request(query, "en", set_aside=[f"country:{country}"]))
    assert country not in {one.term for one in aside.recognised}


@pytest.mark.parametrize(
    ("query", "lang"),
    [("albergues excepto México", "es"), ("experiencias que no sean de México sobre albergues", "es"), ("albergues fuera de México", "es"),
     ("shelters except in Mexico", "en"), ("practices not from Mexico about shelter", "en"), ("niñas que no hablan español", "es"),
     ("clases de español para niñas", "es"), ("Spanish lessons for refugees", "en"), ("información en español", "es"),
     ("regularización de venezolanos", "es"), ("familias indígenas que hablan poco español", "es"),
     ("women who speak mainly Spanish", "en")],
)  # fmt: skip
def test_a_state_that_is_excluded_or_a_language_or_without_practices_is_not_recognised(
    engine: SearchEngine, query: str, lang: str
) -> None:
    response = engine.search(search_request(query, lang))
    assert [one.term for one in response.recognised if one.facet == "country"] == []
    assert response.corrections == ()


def test_a_demonym_that_is_no_language_is_recognised(engine: SearchEngine) -> None:
    response = engine.search(search_request("programa español de patrocinio", "es"))
    assert ("country", "ES") in {(one.facet, one.term) for one in response.recognised}


@pytest.mark.parametrize(
    ("query", "lang"),
    [
        ("VBG", "es"),
        ("GBV", "es"),
        ("PDI", "es"),
        ("NNA no acompañados", "es"),
        ("MHPSS", "en"),
        ("GBV safe house", "en"),
    ],
)
def test_an_acronym_that_is_understood_matches_well(engine: SearchEngine, query: str, lang: str) -> None:
    assert engine.search(search_request(query, lang)).matches_well


def test_a_theme_in_the_question_is_recognised(engine: SearchEngine) -> None:
    recognised = engine.search(search_request("practices of Panama about health", "en")).recognised
    assert ("theme", "health") in {(one.facet, one.term) for one in recognised}


def test_off_topic_questions_are_told_so_and_others_are_not(engine: SearchEngine) -> None:
    """At least 80 in 100 of the unanswerable recognised, at most 5 in 100 of the answerable lost."""
    well: dict[bool, list[bool]] = {True: [], False: []}
    for judged in load_judgements(DEV):
        response = engine.search(search_request(judged.query, judged.lang))
        well[bool(judged.relevant)].append(response.matches_well)
        assert response.hits
    assert sum(well[True]) >= 0.95 * len(well[True])
    assert sum(well[False]) <= 0.2 * len(well[False])


@pytest.mark.parametrize(
    "query", ["quién ganó el partido de fútbol", "chocolate cake recipe", "repair a cracked phone screen",
              "receta de arroz con leche", "best laptop for gaming"],
)  # fmt: skip
def test_wholly_off_topic_questions_match_nothing_well(engine: SearchEngine, query: str) -> None:
    assert not engine.search(search_request(query, "es")).matches_well


def test_words_of_the_other_language_are_searched_by_translation(engine: SearchEngine) -> None:
    """What stands only in English is found by Spanish words: the pages themselves teach what says what."""
    hit = engine.search(search_request("albergues para niñez", "es", passages_in="en")).hits[0]
    assert hit.explanation.lexical > 0
    english = engine.search(search_request("albergues para niñez", "en", passages_in="en")).hits[0]
    assert any("shelter" in word or "child" in word for word in english.explanation.words)


def test_words_of_both_languages_in_one_question_count(engine: SearchEngine) -> None:
    response = engine.search(search_request("cash transfers para desplazados en Honduras", "es"))
    assert "hn-empoder-community-mental-health" in [hit.item.id for hit in response.hits[:3]]


@pytest.mark.parametrize(("query", "first"), [("guardaparques refugiados", "gt-green-jobs-park-rangers")])
def test_a_near_answer_in_other_words_matches_well(engine: SearchEngine, query: str, first: str) -> None:
    response = engine.search(search_request(query, "es"))
    assert response.hits[0].item.id == first
    assert response.matches_well


def test_a_pasted_paragraph_is_read_as_it_stands(engine: SearchEngine) -> None:
    text = "Nuestra municipalidad atiende a familias desplazadas por la violencia y necesita rutas de atencion. " * 30
    response = engine.search(search_request(text, "es"))
    assert response.corrections == ()
    assert response.total > 10


def test_what_stands_late_in_a_pasted_text_is_searched_by_its_words(engine: SearchEngine) -> None:
    """The encoder reads the beginning only; names and acronyms that follow still count."""
    filler = "Quisiéramos conocer experiencias de otros países que nos sirvan para preparar la reunión. " * 8
    assert len(filler.split()) > ENCODED
    plain, named = (engine.search(search_request(filler + end, "es")) for end in ("", "Rudesindo Soto, SMAPS."))
    place = [hit.item.id for hit in named.hits].index("co-rudesindo-soto-mental-health-unit")
    assert place < 3
    assert "co-rudesindo-soto-mental-health-unit" not in [hit.item.id for hit in plain.hits[:3]]


def test_stages_are_timed_when_asked_for(server: Server) -> None:
    with Client(base_url=server.address) as client:
        plain = client.get("/api/v1/search", params={"q": "salud"}).json()
        timed = client.get("/api/v1/search", params={"q": "salud", "debug": True}).json()
        bad = client.get("/api/v1/search", params={"q": "salud", "set_aside": "country:XX"})
    assert plain["timings_ms"] is None
    assert {"read", "encode", "retrieve", "compare", "rank", "show"} == set(timed["timings_ms"])
    assert bad.status_code == 422
