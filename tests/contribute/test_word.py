"""A filled-in Word template becomes a page that passes the checks; what it cannot carry over is named."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.cli import cli
from kb.content import frontmatter
from kb.content.library import load_library
from kb.content.markdown import blocks
from kb.content.model import MAX_QUESTIONS, MIN_QUESTIONS
from kb.contribute.products import products
from kb.contribute.questions import questions
from kb.contribute.word_import import _escaped, import_word
from kb.errors import ContributionError
from kb.word.parts import add_link
from tests.conftest import ROOT
from tests.content.writing import problems
from tests.contribute.filling import answer_paragraph, filled, saved


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_filled_in_template_passes_the_checks(lang: str, tmp_path: Path) -> None:
    file = saved(filled(lang), tmp_path / "filled.docx")
    content = tmp_path / "content"
    content.mkdir()
    done = CliRunner().invoke(cli, ["import", str(file), "--content", str(content)])
    assert done.exit_code == 0, done.output
    assert problems(content) == []
    entry = next(iter(load_library(content).unpublished.values()))
    assert (entry.folder, entry.original.lang, entry.facts.review.status) == ("sv", lang, "draft")
    assert entry.facts.results[0].value == 120
    assert entry.facts.sources[0].url.startswith("https://example.org/")
    assert "legal-aid" in entry.facts.themes
    assert [section.key for section in entry.original.sections] == ["need", "done", "results", "factors", "adapting"]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_what_is_missing_is_said_by_its_question(lang: str, tmp_path: Path) -> None:
    file = saved(filled(lang, leave_out=("summary", "sources", "evidence")), tmp_path / "filled.docx")
    (tmp_path / "content").mkdir()
    done = CliRunner().invoke(cli, ["import", str(file), "--content", str(tmp_path / "content")])
    words = {"en": "Not answered: ", "es": "Sin respuesta: "}[lang]
    asked = {question.key: question.question[lang] for question in questions()}
    assert done.output.count(words) == 3
    for key in ("summary", "sources", "evidence"):
        assert f"- {words}{asked[key]}\n" in done.output


def test_a_question_that_was_deleted_is_named_for_its_answer_moved_up(tmp_path: Path) -> None:
    document = filled("es")
    asked = {question.key: (number, question.question["es"]) for number, question in enumerate(questions(), start=1)}
    number, results = asked["results"]
    heading = next(paragraph for paragraph in document.paragraphs if results in paragraph.text)
    heading._p.getparent().remove(heading._p)
    notes = import_word(saved(document, tmp_path / "x.docx")).notes
    assert [note for note in notes if "no está en el archivo" in note] == [
        f"La pregunta {number} no está en el archivo ({results}). Si está su respuesta, quedó en la pregunta anterior; revísela."
    ]


def test_an_empty_template_is_answered_in_its_language(tmp_path: Path) -> None:
    file = saved(filled("es", leave_out=("countries",)), tmp_path / "empty.docx")
    done = subprocess.run(
        [sys.executable, "-c", "from kb.cli import main; main()", "import", str(file), "--content", str(tmp_path)],
        env=os.environ | {"LANG": "C", "LC_ALL": "C"}, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "kb: Indique al menos un Estado: el archivo va en su carpeta.\n")


def test_what_is_said_of_a_file_is_said_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    document = filled("en", leave_out=("summary",))
    number = [question.key for question in questions()].index("figures") + 1
    answer_paragraph(document, number).rows[1].cells[1].text = "1.140"
    file = saved(document, tmp_path / "filled.docx")
    (tmp_path / "content").mkdir()
    done = CliRunner().invoke(cli, ["import", str(file), "--lang", "es", "--content", str(tmp_path / "content")])
    assert done.exit_code == 0, done.output
    asked = {question.key: question.question["es"] for question in questions()}
    assert f"Sin respuesta: {asked['summary']}" in done.output
    assert "'1.140' no se puede leer como número" in done.output
    assert not re.search("Not answered|Wrote|cannot", done.output)
    assert next((tmp_path / "content").rglob("*.md")).name.endswith(".en.md")


def test_an_answer_that_is_no_word_of_ours_names_the_closest(tmp_path: Path) -> None:
    document = filled("es", leave_out=("themes",))
    answer_paragraph(document, 10)._tbl.addprevious(_paragraph("Asistencia legl"))
    notes = import_word(saved(document, tmp_path / "x.docx")).notes
    assert any(
        "'Asistencia legl' no es ninguna de las palabras de esta pregunta. ¿Quiso decir" in note for note in notes
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,140", 1140), ("1 140", 1140), ("56.7", 56.7), ("56,7", 56.7), ("[2]", 2), ("12 %", 12), ("1.140", None)],
)
def test_numbers_are_read_as_the_region_writes_them(text: str, value: float | None, tmp_path: Path) -> None:
    from kb.contribute.proposal import number_in

    assert number_in(text) == value


def test_bullets_typed_by_hand_are_no_part_of_a_line(tmp_path: Path) -> None:
    document = filled("es", leave_out=("implementers",))
    number = [question.key for question in questions()].index("implementers") + 1
    answer_paragraph(document, number).text = "• ACNUR"
    (tmp_path / "content").mkdir()
    file = saved(document, tmp_path / "filled.docx")
    assert CliRunner().invoke(cli, ["import", str(file), "--content", str(tmp_path / "content")]).exit_code == 0
    entry = next(iter(load_library(tmp_path / "content").unpublished.values()))
    assert entry.original.words["implementers"] == ("ACNUR",)


def _picture() -> BytesIO:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return BytesIO(b"\x89PNG\r\n\x1a\n" + parts)


def test_tables_lists_pictures_and_boxes_never_crash_it_and_are_named(tmp_path: Path) -> None:
    document = filled("en")
    need = answer_paragraph(document, 12)
    need.add_run().add_picture(_picture())
    need.add_run("bold").bold = True
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(1, 1).text = "first cell", "last cell"
    need._p.addnext(table._tbl)
    for style in ("List Bullet", "List Number"):
        need._p.addnext(document.add_paragraph(f"item of a {style}", style=style)._p)
    names = nsdecls("w") + ' xmlns:v="urn:schemas-microsoft-com:vml"'
    for extra in (
        "<w:r><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>",
        "<w:r><w:object/></w:r>",
        "<w:ins w:id='1' w:author='a'><w:r><w:t> inserted</w:t></w:r></w:ins>",
        "<w:del w:id='2' w:author='a'><w:r><w:delText> deleted</w:delText></w:r></w:del>",
        "<w:moveFrom w:id='3' w:author='a'><w:r><w:t> moved away</w:t></w:r></w:moveFrom>",
        "<w:r><w:commentReference w:id='0'/></w:r>",
        "<w:r><w:footnoteReference w:id='9'/></w:r>",
    ):
        need._p.append(parse_xml(f"<w:x {names}>{extra}</w:x>")[0])
    block = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>in a content control</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    need._p.addnext(parse_xml(block))
    proposal = import_word(saved(document, tmp_path / "rich.docx"))
    for part in ("first cell", "last cell", "- item of a List Bullet", "inserted", "in a content control"):
        assert part in proposal.text
    assert "deleted" not in proposal.text
    assert "moved away" not in proposal.text
    assert "in a box" not in proposal.text
    said = "\n".join(proposal.notes)
    for part in (
        "1 pictures",
        "'in a box'",
        "embedded objects",
        "comments in the margin",
        "Tracked changes",
        "Bold",
        "A table stands",
    ):
        assert part in said, said


def test_a_row_whose_deletion_was_tracked_is_gone_and_a_percentage_keeps_its_unit(tmp_path: Path) -> None:
    document = filled("en")
    table = next(table for table in document.tables if any("People advised" in cell.text for cell in table._cells))
    deleted, share = table.add_row(), table.add_row()
    for row, words in ((deleted, ("Gone", "99")), (share, ("Women", "35 %"))):
        for cell, text in zip(row.cells, (*words, "", "2023", "1"), strict=True):
            cell.text = text
    deleted._tr.get_or_add_trPr().append(parse_xml(f"<w:del {nsdecls('w')} w:id='7' w:author='a'/>"))
    page = import_word(saved(document, tmp_path / "rows.docx")).text
    assert "Gone" not in page
    assert "{label: Women, value: 35, unit: percent," in page


def _table(document: Any, heading: str) -> Any:
    return next(table for table in document.tables if table.rows[0].cells[0].text == heading)


def _paragraph(text: str) -> Any:
    """A paragraph that stands nowhere yet."""
    return parse_xml(f"<w:p {nsdecls('w')}><w:r><w:t>{text}</w:t></w:r></w:p>")


def test_a_raised_digit_never_becomes_part_of_a_figure(tmp_path: Path) -> None:
    document = filled("en")
    results = answer_paragraph(document, 14)
    results.text = "The desk advised 35"
    results.add_run("1").font.superscript = True
    results.add_run(" people on 20 m")
    results.add_run("2").font.superscript = True
    number = _table(document, "What was counted").rows[1].cells[1].paragraphs[0]
    number.style = document.styles["Normal"]
    styled = document.styles.add_style("Mark", WD_STYLE_TYPE.CHARACTER)
    styled.font.superscript = True
    number.add_run("3", style="Mark")
    proposal = import_word(saved(document, tmp_path / "raised.docx"))
    assert "The desk advised 35¹ people on 20 m²" in proposal.text
    assert "1203" not in proposal.text
    assert "Raised digits stand as they were written (35¹, 120³); if they name a source, write them as [1]." in (
        proposal.notes
    )
    assert any("(row 1, Number) '120³' cannot be read as a number" in note for note in proposal.notes)


def test_two_answers_where_one_is_asked_are_named(tmp_path: Path) -> None:
    done = filled("es")
    asked = answer_paragraph(done, 9)
    for label in ("En curso", "Piloto"):
        asked._tbl.addnext(_paragraph(label))
    notes = import_word(saved(done, tmp_path / "x.docx")).notes
    assert (
        "¿En qué situación está hoy? Hay varias respuestas donde se pide una (En curso; Piloto); se tomó la primera."
        in notes
    )


def test_columns_are_found_by_their_headings(tmp_path: Path) -> None:
    document = filled("en")
    table = _table(document, "Title")
    words = [["Published by", "Notes", "Name of it", "Language", "Web address"],
             ["Town of Example", "in the archive", "Yearly report", "English", "https://example.org/report"]]  # fmt: skip
    words[0][2] = "Title"
    for row, texts in zip(table.rows, words, strict=False):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    proposal = import_word(saved(document, tmp_path / "moved.docx"))
    source = frontmatter.parse(proposal.path, proposal.text.encode()).data["sources"]
    assert source == [
        {
            "n": 1,
            "title": "Yearly report",
            "publisher": "Town of Example",
            "url": "https://example.org/report",
            "language": "en",
        }
    ]
    assert (
        "Where can this be read? The table has a column that we do not ask for; this was left out: 'in the archive'"
        in (proposal.notes)
    )


def test_text_beside_a_table_is_named(tmp_path: Path) -> None:
    document = filled("en")
    _table(document, "What was counted")._tbl.addnext(_paragraph("And 40 came back."))
    notes = import_word(saved(document, tmp_path / "x.docx")).notes
    assert (
        "Which figures show its results? Text that stands beside the table was left out; put it into a row: 'And 40 came back.'"
        in notes
    )


def test_links_keep_their_address(tmp_path: Path) -> None:
    document = filled("en")
    row = _table(document, "Title").rows[1]
    row.cells[0].text = ""
    add_link(row.cells[0].paragraphs[0], "Yearly report", "https://example.org/linked")
    row.cells[2].text = "here"
    add_link(answer_paragraph(document, 12), "the survey", "https://example.org/need")
    proposal = import_word(saved(document, tmp_path / "links.docx"))
    (source,) = frontmatter.parse(proposal.path, proposal.text.encode()).data["sources"]
    assert (source["title"], source["url"]) == ("Yearly report", "https://example.org/linked")
    assert [note for note in proposal.notes if "link" in note] == [
        "The link behind 'the survey' was left out; if it is a source, add it to the sources: https://example.org/need"
    ]


def test_a_problem_in_a_table_is_named_by_its_row_and_column(tmp_path: Path) -> None:
    document = filled("es")
    _table(document, "Título").rows[1].cells[2].text = "en la biblioteca"
    _table(document, "Qué se contó").rows[1].cells[3].text = "23"
    (tmp_path / "content").mkdir()
    file = saved(document, tmp_path / "x.docx")
    said = CliRunner().invoke(cli, ["import", str(file), "--content", str(tmp_path / "content")]).output
    assert "- ¿Dónde se puede leer esto? (fila 1, Dirección web) (practices/sv/" in said
    assert "- ¿Qué cifras muestran sus resultados? (fila 1, Año) (practices/sv/" in said


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        (
            "questions",
            "De tres a cinco, en palabras de todos los días, una por línea, cada una entre signos de interrogación.",
        ),
        ("done", "Paso a paso, con quién lo hizo. Las fuentes como [1]."),
        ("title", "Un título de 12 palabras como máximo que diga de qué se trata, no solo su nombre."),
    ],
)
def test_a_hint_in_other_words_is_no_answer_and_is_named(tmp_path: Path, key: str, hint: str) -> None:
    document = filled("es")
    number, question = next((n, q) for n, q in enumerate(questions(), start=1) if q.key == key)
    blocks = list(document.iter_inner_content())
    at = next(i for i, one in enumerate(blocks) if getattr(one, "text", "").startswith(f"{number}. "))
    answer = blocks[at + 2].text
    blocks[at + 1].text = hint
    proposal = import_word(saved(document, tmp_path / "hint.docx"))
    assert hint[:30] not in proposal.text
    assert answer in proposal.text
    assert any(note.startswith(f"{question.question['es']} Esto se tomó por la indicación") for note in proposal.notes)


def test_an_answer_on_the_line_of_its_hint_is_read_without_it(tmp_path: Path) -> None:
    document = filled("es")
    number, question = next((n, q) for n, q in enumerate(questions(), start=1) if q.key == "need")
    answer_paragraph(document, number).text = question.hint["es"] + " Llegan de noche [1]."
    assert "\n\nLlegan de noche [1].\n" in import_word(saved(document, tmp_path / "hint.docx")).text


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_template_asks_for_as_many_questions_as_a_page_takes(lang: str) -> None:
    hint = next(question.hint[lang] for question in questions() if question.key == "questions")
    numbers = {"en": {3: "three", 9: "nine"}, "es": {3: "tres", 9: "nueve"}}[lang]
    assert numbers[MIN_QUESTIONS] in hint.lower()
    assert numbers[MAX_QUESTIONS] in hint.lower()


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("12 de marzo de 2024", "2024-03-12"),
        ("1.º de setiembre del 2024", "2024-09-01"),
        ("Marzo de 2024", "2024-03"),
        ("March 12th, 2024", "2024-03-12"),
        ("12 Sept. 2024", "2024-09-12"),
        ("26/09/2023", "2023-09-26"),
        ("09/26/2023", "2023-09-26"),
        ("2023/9/26", "2023-09-26"),
        ("09/2023", "2023-09"),
        ("2023", "2023"),
        ("03/04/2024", "03/04/2024"),
        ("31 de febrero de 2024", "31 de febrero de 2024"),
        ("a mediados de marzo de 2024", "a mediados de marzo de 2024"),
        ("marzo", "marzo"),
    ],
)
def test_dates_are_read_as_people_write_them(written: str, date: str, tmp_path: Path) -> None:
    document = filled("es")
    number = [question.key for question in questions()].index("start") + 1
    answer_paragraph(document, number).text = written
    _table(document, "Título").rows[1].cells[3].text = written
    proposal = import_word(saved(document, tmp_path / "x.docx"))
    read = frontmatter.parse(proposal.path, proposal.text.encode()).data
    assert (str(read["period"]["start"]), str(read["sources"][0]["date"])) == (date, date)


def test_an_end_that_is_none_is_left_open_and_a_wrong_one_is_said_by_its_question(tmp_path: Path) -> None:
    document, number = filled("es"), [question.key for question in questions()].index("end") + 1
    for written, end in (("Continúa.", None), ("en curso", None), ("pronto", "pronto")):
        answer_paragraph(document, number).text = written
        file = saved(document, tmp_path / "x.docx")
        assert frontmatter.parse("x", import_word(file).text.encode()).data["period"]["end"] == end
    (tmp_path / "content").mkdir()
    said = CliRunner().invoke(cli, ["import", str(file), "--content", str(tmp_path / "content")]).output
    assert "- ¿Cuándo terminó? (practices/sv/" in said


def test_everything_is_said_in_one_run_and_once(tmp_path: Path) -> None:
    document = filled("es", leave_out=("themes",))
    figures, sources = _table(document, "Qué se contó"), _table(document, "Título")
    for cell, text in (
        (figures.rows[1].cells[1], "1.140"),
        (figures.rows[1].cells[4], "memoria"),
        (sources.rows[1].cells[4], "Espagnol"),
    ):
        cell.text = text
    answer_paragraph(document, 10)._tbl.addprevious(
        parse_xml(f"<w:p {nsdecls('w')}><w:r><w:t>Documentación</w:t></w:r></w:p>")
    )
    answer_paragraph(document, 12).text = "Quien llega en bus no conoce a nadie [1-2]. Tel. 2222-3333."
    answer_paragraph(document, 13).text = "Se orientó al 20,5% de quienes llegaron."
    answer_paragraph(document, 3).text = 'La municipalidad puso una "mesa". ' + "palabra " * 59
    (tmp_path / "content").mkdir()
    file = saved(document, tmp_path / "x.docx")
    said = CliRunner().invoke(cli, ["import", str(file), "--content", str(tmp_path / "content")]).output
    assert "'memoria' no es el número de una fuente; escriba el de su fila entre las fuentes, por ejemplo 1." in said
    assert (
        "'Documentación' no es ninguna de las palabras de esta pregunta. ¿Quiso decir 'Documentación y situación"
        in said
    )
    assert "20,5%: los números se escriben" in said
    assert "summary: tiene 64 palabras" in said
    assert "summary: cita con otras comillas" in said
    for place in ("fila 1, Número", "fila 1, Fuente", "fila 1, Idioma", "Documentación'", "[1-2]", "2222-3333"):
        assert said.count(place) == 1, said


def test_footnotes_are_named_with_their_text(tmp_path: Path) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = filled("es")
    notes = f"<w:footnotes {nsdecls('w')}><w:footnote w:id='2'><w:p><w:r><w:t>Véase el decreto.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    said = import_word(saved(document, tmp_path / "notes.docx")).notes
    assert any("Se omitió una nota al pie" in note and "Véase el decreto." in note for note in said)


def test_a_file_without_our_questions_says_where_the_template_is(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("A report of ours.")
    with pytest.raises(
        ContributionError, match=r"none of the questions of our template; copy your text into docs/template"
    ):
        import_word(saved(document, tmp_path / "other.docx"))


@settings(max_examples=200)
@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Zs"]) | st.just(" "),
        max_size=60,
    )
)
def test_words_of_a_word_file_read_the_same_on_the_page(text: str) -> None:
    words = " ".join(text.split())
    shown = " ".join(block.text for block in blocks(_escaped(words)))
    if "&" not in words and "[" not in words and "http" not in words:
        assert shown == words


def test_what_the_repository_keeps_is_what_is_made() -> None:
    import zipfile

    for path, made in products().items():
        kept = (ROOT / path).read_bytes()
        if path.endswith(".docx"):
            with zipfile.ZipFile(BytesIO(kept)) as old, zipfile.ZipFile(BytesIO(made)) as new:
                assert old.namelist() == new.namelist()
                assert all(old.read(name) == new.read(name) for name in old.namelist()), f"{path}: run `kb templates`"
        else:
            assert kept == made, f"{path}: run `kb templates`"
