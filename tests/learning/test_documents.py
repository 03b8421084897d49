"""What leaves the house, read back: Word, calendar, Markdown, HTML, ZIP; the same bytes each time."""

from __future__ import annotations

import datetime
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from docx import Document
from icalendar import Calendar

from kb.cli import cli
from kb.errors import AgendaRequestError
from kb.learning.agenda import Agenda
from kb.learning.as_data import fixed_request
from kb.learning.documents.kinds import DOCUMENTS
from kb.learning.documents.outcome import months_later
from kb.learning.knowledge import Knowledge
from kb.learning.making import make_agenda
from kb.learning.request import request_of
from kb.learning.words import say
from kb.settings import Settings
from kb.site.agendas import FORMATS, Wish, write_agenda
from tests.api.serving import environment
from tests.conftest import ROOT
from tests.learning.conftest import asked

SITE = "https://example.org"


def _text(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_word_files_read_back_with_headings_and_language(founding: Agenda, name: str, lang: str) -> None:
    content = write_agenda(founding, "docx", Wish(lang, name, SITE))
    document = Document(io.BytesIO(content))
    assert any(paragraph.style and paragraph.style.name == "Heading 1" for paragraph in document.paragraphs)
    assert document.core_properties.language == {"en": "en-GB", "es": "es-MX"}[lang]
    text = _text(content)
    assert founding.title[lang] in text
    other = {"en": "El cambio que buscamos", "es": "The change we seek"}[lang]
    assert other not in text


@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_each_language_has_its_own_quotation_marks(founding: Agenda, name: str) -> None:
    english = write_agenda(founding, "md", Wish("en", name, SITE)).decode()
    # Interpreters get the titles in the other language too.
    own = [one.practice.title["es"] for one in founding.practices.values()]
    assert "«" not in re.sub("|".join(map(re.escape, own)), "", english)
    spanish = write_agenda(founding, "md", Wish("es", name, SITE)).decode()
    assert not re.findall(r"«[^»]*«[^»]*", spanish), "a quotation within a quotation has marks of its own"
    assert not re.findall(r"“[^”]*“[^”]*", english + spanish)


def test_a_title_with_marks_stands_in_a_sentence_with_marks(knowledge: Knowledge) -> None:
    wanted = [name for name, one in knowledge.practices.items() if one.states == ("SV",)][:8]
    wanted = [*(name for name in wanted if "a-tu-lado" not in name), "sv-a-tu-lado-support-spaces"]
    request = asked(
        days=[{"date": "2027-03-02", "start": "08:30", "end": "12:30"}],
        host="SV",
        delegations=[{"state": code, "people": 3} for code in ("HN", "SV")],
        practices={"wanted": wanted, "fair_share": 9},
    )
    with pytest.raises(AgendaRequestError) as refused:
        make_agenda(request, knowledge)
    assert "(la última es «Espacios de Apoyo “A tu Lado”»)" in refused.value.said("es")


def test_the_participants_agenda_holds_times_practices_and_links(founding: Agenda) -> None:
    content = write_agenda(founding, "docx", Wish("es", "agenda", SITE))
    text = _text(content)
    for block in founding.blocks:
        assert block.title["es"] in text
    for one in founding.practices.values():
        assert one.practice.title["es"] in text
        assert say("quotation", words=one.passage)["es"] in text
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        links = parts.read("word/_rels/document.xml.rels").decode()
    for name in founding.practices:
        assert f"{SITE}/es/practicas/{name}/" in links


def test_the_outcome_document_has_steps_for_each_state_follow_up_and_pledge(founding: Agenda) -> None:
    text = _text(write_agenda(founding, "docx", Wish("es", "outcome")))
    for state in ("Belice", "Costa Rica", "El Salvador", "Guatemala", "Honduras", "México", "Panamá"):
        assert state in text
    assert "27 de diciembre de 2023" in text
    assert "27 de marzo de 2024" in text
    assert "borrador cero" in text


def test_institutions_are_called_as_each_language_calls_them(knowledge: Knowledge) -> None:
    partners = [{"name": "ACNUR"}, {"name": "OIM Honduras"}, {"name": "Suiza"}, {"name": "Fundación Nexos"}]
    made = make_agenda(asked(partners=partners, follow_up="ACNUR"), knowledge)
    for document in ("concept-note", "outcome"):
        english, spanish = (_text(write_agenda(made, "docx", Wish(lang, document))) for lang in ("en", "es"))
        assert "UNHCR" in english
        assert not re.search(r"\b(ACNUR|OIM|Suiza)\b", english)
        assert not re.search(r"\b(UNHCR|IOM|Switzerland)\b", spanish)
        for name in ("UNHCR (1)", "IOM Honduras (1)", "Switzerland (1)", "Fundación Nexos (1)"):
            assert name in english
        for name in ("ACNUR (1)", "OIM Honduras (1)", "Suiza (1)", "Fundación Nexos (1)"):
            assert name in spanish
    assert any("written in one language" in note["en"] for note in made.notes)


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_no_document_shows_keys_of_the_request_or_ids_of_blocks(founding: Agenda, name: str, lang: str) -> None:
    text = _text(write_agenda(founding, "docx", Wish(lang, name, SITE)))
    assert not re.search(r"practices\.(wanted|count|fair_share)|action-planning|travel-1-out|clave|\bkey in\b", text)
    if name == "agenda":
        assert not any(practice in text for practice in founding.practices)
        words = {"en": "Whole page", "es": "Página completa"}[lang]
        for one in founding.practices.values():
            assert f"{words}: {one.practice.title[lang]}" in text


def test_a_month_that_is_too_short_ends_on_its_last_day() -> None:
    assert months_later(datetime.date(2023, 11, 30), 3) == datetime.date(2024, 2, 29)
    assert months_later(datetime.date(2023, 9, 27), 6) == datetime.date(2024, 3, 27)


def test_the_calendar_reads_back_in_utc_with_its_time_zone(founding: Agenda) -> None:
    calendar = Calendar.from_ical(write_agenda(founding, "ics", Wish("es", site=SITE)))
    zones = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
    assert zones == ["America/El_Salvador"]
    events = calendar.walk("VEVENT")
    assert len(events) == len(founding.blocks) == len({str(event["UID"]) for event in events})
    first = events[0]
    assert first["DTSTART"].dt == datetime.datetime(2023, 9, 26, 14, 30, tzinfo=datetime.UTC)
    assert all(event["DTSTART"].dt.utcoffset() == datetime.timedelta() for event in events)


def test_a_block_that_moves_keeps_its_uid(knowledge: Knowledge) -> None:
    def uids(content: bytes) -> dict[str, datetime.datetime]:
        return {str(event["UID"]): event["DTSTART"].dt for event in Calendar.from_ical(content).walk("VEVENT")}

    fixed = {"id": "opening", "day": 1, "start": "09:00", "end": "09:20", "title": "Opening", "method": "opening"}
    before = uids(write_agenda(make_agenda(asked(), knowledge), "ics", Wish()))
    after = uids(write_agenda(make_agenda(asked(fixed=[fixed]), knowledge), "ics", Wish()))
    opening = next(uid for uid in before if uid.startswith("opening-"))
    assert before[opening] < after[opening]


def test_a_later_revision_takes_the_place_of_the_earlier(founding: Agenda, knowledge: Knowledge) -> None:
    edited = yaml.safe_load(fixed_request(founding))
    edited["title"] = "Another title"
    edited["days"] = [day | {"date": day["date"].replace("2023", "2024")} for day in edited["days"]]
    later = make_agenda(request_of(edited), knowledge)
    before, after = (
        {str(one["UID"]): one for one in Calendar.from_ical(write_agenda(made, "ics", Wish())).walk("VEVENT")}
        for made in (founding, later)
    )
    assert before.keys() == after.keys()
    for uid, event in after.items():
        assert event["SEQUENCE"] == before[uid]["SEQUENCE"] + 1
        assert event["DTSTAMP"].dt > before[uid]["DTSTAMP"].dt


def test_the_calendar_is_written_as_its_standard_asks(founding: Agenda) -> None:
    """RFC 5545, 3.1: lines end with CRLF and hold 75 octets at most; a letter is never cut in two."""
    for lang in ("en", "es"):
        content = write_agenda(founding, "ics", Wish(lang, site=SITE))
        lines = content.split(b"\r\n")
        assert lines[-1] == b""
        assert not any(b"\n" in line or b"\r" in line or len(line) > 75 for line in lines)
        assert all(line.decode("utf-8") for line in lines[:-1])
        unfolded = content.decode().replace("\r\n ", "").split("\r\n")
        begun = [line.removeprefix("BEGIN:") for line in unfolded if line.startswith("BEGIN:")]
        assert sorted(begun) == sorted(line.removeprefix("END:") for line in unfolded if line.startswith("END:"))
        starts = [line for line in unfolded if line.startswith("DTSTART:202309")]
        assert len(starts) == len(founding.blocks)
        assert all(line.endswith("Z") for line in starts)


def test_the_interpreters_page_says_where_they_work_and_for_whom(founding: Agenda) -> None:
    page = write_agenda(founding, "md", Wish("es", "run-of-show")).decode().split("## Para los intérpretes")[1]
    assert "Hablan inglés: Belice." in page
    assert page.count("equipo portátil") == 2
    assert "susurrada" in page
    assert "| ACNUR / UNHCR | UN Refugee Agency |" in page


def test_everybody_who_comes_is_counted_in_the_outcome_document(founding: Agenda) -> None:
    text = write_agenda(founding, "md", Wish("en", "outcome")).decode().split("## What we heard")[0]
    assert sum(int(count) for count in re.findall(r"^- .* \((\d+)\)$", text, re.MULTILINE)) == founding.request.people


def test_bold_words_are_bold_in_markdown(founding: Agenda) -> None:
    text = write_agenda(founding, "md", Wish("es", "run-of-show")).decode()
    assert "**Propósito:** Para qué estamos aquí" in text
    assert not re.search(r"\*\*[^*\n]* \*\*", text)


def test_summer_time_is_kept(knowledge: Knowledge) -> None:
    days = [{"date": f"2027-03-{day}", "start": "09:00", "end": "16:00"} for day in (13, 14)]
    made = make_agenda(asked(days=days, time_zone="America/New_York"), knowledge)
    starts = [made.moment(day, 540).astimezone(datetime.UTC).hour for day in (1, 2)]
    assert starts == [14, 13]


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "zip"])
def test_the_same_request_gives_the_same_bytes(founding: Agenda, form: str) -> None:
    wish = Wish("es", "run-of-show", SITE)
    assert write_agenda(founding, form, wish) == write_agenda(founding, form, wish)


def test_the_zip_holds_every_document_in_both_languages(founding: Agenda) -> None:
    with zipfile.ZipFile(io.BytesIO(write_agenda(founding, "zip", Wish()))) as archive:
        names = set(archive.namelist())
    assert {f"{lang}/{name}.docx" for lang in ("en", "es") for name in DOCUMENTS} <= names
    assert {"en/agenda.ics", "es/agenda.ics", "agenda.json", "agenda.yaml"} <= names


def test_markdown_and_html_escape_what_organisers_write(knowledge: Knowledge) -> None:
    made = make_agenda(asked(title="<script>alert(1)</script> | *x*"), knowledge)
    assert "<script>alert" not in write_agenda(made, "html", Wish()).decode()
    first = write_agenda(made, "md", Wish()).decode().splitlines()[0]
    assert first == r"# \<script\>alert(1)\</script\> \| \*x\*"


def test_json_says_when_with_the_offset(founding: Agenda) -> None:
    data = json.loads(write_agenda(founding, "json", Wish(site=SITE)))
    assert data["blocks"][0]["start"] == "2023-09-26T08:30:00-06:00"
    assert data["practices"][0]["urls"]["en"].startswith(f"{SITE}/en/practices/")


def test_interpreters_have_a_page_of_their_own(founding: Agenda) -> None:
    text = write_agenda(founding, "md", Wish("en", "run-of-show")).decode()
    page = text[text.index("## For the interpreters") :]
    assert "Day 1, morning" in page
    for one in founding.practices.values():
        assert one.practice.title["es"].replace("|", "") in page.replace("\\", "")


@pytest.mark.parametrize(("form", "document"), [("pdf", "agenda"), ("docx", "poster")])
def test_unknown_formats_and_documents_are_named(founding: Agenda, form: str, document: str) -> None:
    with pytest.raises(AgendaRequestError, match="use "):
        write_agenda(founding, form, Wish("es", document))


def test_an_agenda_that_cannot_be_written_says_why(settings: Settings, tmp_path: Path) -> None:
    place = tmp_path / "nowhere" / "agenda.md"
    done = CliRunner(env=environment(settings)).invoke(
        cli, ["agenda", str(ROOT / "examples" / "san-salvador-2023.yaml"), "-o", str(place), "--lang", "en"]
    )
    assert str(done.exception) == f"{place} cannot be written (No such file or directory)."


@pytest.mark.parametrize(
    ("lang", "refused", "counted"),
    [
        ("es", "host: 'SX' no es un término de countries.", "bloques"),
        ("en", "host: 'SX' is not a term of countries.", "blocks"),
    ],
)
def test_the_command_speaks_the_language_that_it_is_asked_for(
    settings: Settings, tmp_path: Path, lang: str, refused: str, counted: str
) -> None:
    request = (ROOT / "examples" / "san-salvador-2023.yaml").read_text(encoding="utf-8")
    right, wrong = tmp_path / "right.yaml", tmp_path / "wrong.yaml"
    right.write_text(request, encoding="utf-8")
    wrong.write_text(request.replace("host: SV", "host: SX"), encoding="utf-8")
    other = {"en": "es", "es": "en"}[lang]
    environ = environment(settings) | {"KB_LANG": other, "PYTHONPATH": str(ROOT)}

    def run(file: Path) -> subprocess.CompletedProcess[str]:
        words = ["agenda", str(file), "-o", str(tmp_path / "agenda.md"), "--lang", lang]
        verb = [sys.executable, "-c", "from kb.cli import main; main()", *words]
        return subprocess.run(verb, env=environ, capture_output=True, text=True, check=False)

    assert refused in run(wrong).stderr
    assert f" {counted}, " in run(right).stdout


def test_a_state_that_a_title_ends_with_is_not_said_twice(founding: Agenda) -> None:
    for lang in ("en", "es"):
        page = write_agenda(founding, "md", Wish(lang)).decode()
        assert not re.search(r"\b(\w+)\) \(\1\)", page)
        assert "(El Salvador)" in page


def test_documents_of_a_long_programme_say_what_an_organiser_needs(knowledge: Knowledge) -> None:
    made = make_agenda(
        asked(
            days=[{"date": f"2027-03-{n:02}", "start": "08:30", "end": "17:00"} for n in (2, 3, 4)],
            partners=[{"name": "ACNUR"}],
            visits=[{"travel_minutes": 20}],
        ),
        knowledge,
    )
    assert any("confirme que se realiza a 20 minutos de la sede" in note["es"] for note in made.notes)
    written = {
        name: write_agenda(made, "md", Wish("es", name)).decode() for name in ("run-of-show", "evaluation", "outcome")
    }
    assert "trae una dificultad propia" not in written["run-of-show"]  # of each delegation: the steps say it once
    assert "Lo que nos llevamos de ayer" not in written["evaluation"]
    assert "Quién lo ofrece (pendiente si nadie)" in written["outcome"]
    agenda = write_agenda(made, "md", Wish("es", "agenda")).decode()
    without = {b.method.name["es"] for b in made.blocks if not b.is_pause and not b.interpreted}
    assert ("Sin interpretación: " in agenda) == bool(without)
