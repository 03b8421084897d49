"""Requests: YAML with the line of each mistake, JSON with its key, forms with flat fields."""

from __future__ import annotations

from typing import Any

import pytest

from kb.errors import AgendaRequestError
from kb.learning.forms import fields_of, request_of_fields
from kb.learning.methods import for_practices, methods
from kb.learning.request import MAX_BYTES, load_request, read_request, request_of
from tests.learning.conftest import FOUNDING, asked, wishes

TEXT = FOUNDING.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("host: SV", "host: SX", "host: 'SX' is not a term of countries."),
        ("time_zone: America/El_Salvador", "time_zone: America/Salvador", "Did you mean 'America/El_Salvador'?"),
        (
            "draft_pledge: true",
            "draft_pledges: true",
            "draft_pledges: is not a key of this file. Did you mean 'draft_pledge'?",
        ),
        ("date: 2023-09-27", "date: 27-09-2023", "days.2.date: '27-09-2023' is not a day; write it as 2023-09-26."),
        ('end: "17:15"', 'end: "25:15"', "days.1.end: '25:15' is not a time"),
        ("travel_minutes: 30", "travel_minutes: long", "visits.1.travel_minutes: must be a whole number, not 'long'."),
        ("themes: [mental-health]", "themes: mental-health", "themes: must be a list"),
        ("themes: [mental-health]", "themes: [mental-helth]", "Did you mean 'mental-health'?"),
    ],
)
def test_a_mistake_is_shown_at_its_line(old: str, new: str, message: str) -> None:
    assert TEXT.count(old) >= 1
    changed = TEXT.replace(old, new, 1)
    line = changed[: changed.index(new)].count("\n") + 1
    with pytest.raises(AgendaRequestError) as caught:
        read_request(changed.encode(), "plan.yaml")
    found = [text for text in str(caught.value).splitlines() if message in text]
    assert found, str(caught.value)
    assert found[0].startswith(f"plan.yaml:{line}: ")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "must be an object with keys"),
        ({}, "title: is missing."),
        (wishes(title=7), "title: must be text, or a text for each language"),
        (wishes(delegations=[{"state": "CR"}]), "delegations: has 1 items; at least 2 are needed."),
        (wishes(methods={"wanted": ["karaoke"]}), "'karaoke' is not a method."),
        (wishes(days=[{"date": "2027-03-02", "start": "08:31", "end": "17:00"}]), "in steps of 5 minutes"),
        (wishes(practices={"wanted": ["x"] * 41}), "practices.wanted: has 41 items; at most 40 are allowed."),
    ],
)
def test_a_mistake_in_json_names_its_key(data: Any, message: str) -> None:
    with pytest.raises(AgendaRequestError) as caught:
        request_of(data)
    assert message in str(caught.value)


def test_bodies_are_bounded_and_strange_bytes_refused() -> None:
    for content in (b"x" * (MAX_BYTES + 1), b"\xff\xfe", b"title: &a x\nchange: *a", b"- 1", b""):
        with pytest.raises(AgendaRequestError):
            read_request(content)


def test_a_missing_file_is_a_sentence() -> None:
    with pytest.raises(AgendaRequestError, match="cannot be read"):
        load_request(FOUNDING.with_name("nothing.yaml"))


def test_a_form_makes_the_same_request() -> None:
    body = (
        "title=Psychosocial+support&change=Displaced+children+find+psychosocial+support+in+local+services&date-1=2027-03-02"
        "&start-1=08%3A30&end-1=17%3A00&date-2=&start-2=08%3A30&time_zone=America%2FCosta_Rica&place=San+Jos%C3%A9&host=CR"
        "&people-BZ=3&people-CR=3&people-GT=3&people-HN=3&language=en&language=es"
    )
    asked_for = asked(delegations=[{"state": code, "people": 3} for code in ("BZ", "CR", "GT", "HN")])
    assert request_of_fields(fields_of(body.encode()), str) == asked_for


def test_a_form_takes_languages_of_delegations_and_how_many_partners_come() -> None:
    fields = {
        "title": ["Intercambio"], "change": ["Empleo"], "date-1": ["2027-03-02"], "start-1": ["08:30"], "end-1": ["17:00"],
        "place": ["Tegucigalpa"], "host": ["HN"], "people-HN": ["3"], "people-BZ": ["2"], "speaks-BZ": ["en"],
        "partners": ["UNICEF, 2\nACNUR; 12\nSuiza:1\nOrganización Panamericana de la Salud, Washington"],
    }  # fmt: skip
    made = request_of_fields(fields, str)
    assert {one.state: one.language for one in made.delegations} == {"BZ": "en", "HN": None}
    assert [(one.named["es"], one.people) for one in made.partners] == [
        ("UNICEF", 2), ("ACNUR", 12), ("Suiza", 1), ("Organización Panamericana de la Salud, Washington", 1),
    ]  # fmt: skip
    assert made.people == 21


@pytest.mark.parametrize(("host", "zone"), [("HN", "America/Tegucigalpa"), ("MX", "America/Mexico_City")])
def test_the_time_zone_of_a_form_is_the_hosts_where_none_is_chosen(host: str, zone: str) -> None:
    fields = {
        "title": ["x"], "change": ["y"], "date-1": ["2027-03-02"], "start-1": ["08:30"], "end-1": ["17:00"],
        "place": ["z"], "host": [host], "people-HN": ["3"], "people-MX": ["2"], "time_zone": [""],
    }  # fmt: skip
    assert request_of_fields(fields, str).time_zone == zone
    assert request_of_fields(fields | {"time_zone": ["Europe/Madrid"]}, str).time_zone == "Europe/Madrid"


def test_a_form_says_what_is_missing_in_it() -> None:
    with pytest.raises(AgendaRequestError, match="Give the date of at least one day"):
        request_of_fields(fields_of(b"title=x&change=y&people-CR=many"), str)


def test_every_method_says_what_an_organiser_needs() -> None:
    for method in methods().values():
        assert set(method.name) == {"en", "es"}
        if method.kind != "pause" and method.id != "session":
            assert method.steps
            assert set(method.aim) == {"en", "es"}
            assert all(set(step) == {"en", "es"} for step in method.steps)
        assert method.least() % 5 == 0
        assert method.least(method.practices[1]) <= 120
    assert {method.kind for method in for_practices().values()} == {"technical", "relational", "reflexive"}
    assert all(method.source for method in for_practices().values())
