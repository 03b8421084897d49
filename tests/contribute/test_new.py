"""`kb new practice`: a draft that passes the checks but for what only its author knows."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.cli import cli
from kb.content import frontmatter
from kb.content.letters import invisible
from kb.content.library import Library
from kb.content.sections import UNDOCUMENTED
from kb.contribute.asking import ask
from kb.contribute.proposal import propose
from kb.contribute.questions import questions
from kb.contribute.schema import MODELS, json_schema, key_meanings, snippets
from kb.contribute.writing import Row, Terms, front_matter
from tests.content.writing import ORIGINAL, PATH, TRANSLATED, problems, write
from tests.contribute.filling import ANSWERS

AUTHORS = {question.key for question in questions() if question.required}


def _new(content: Path, *options: str, typed: str | None = None) -> str:
    content.mkdir(exist_ok=True)
    done = CliRunner().invoke(cli, ["new", "practice", "--content", str(content), *options], input=typed)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.output


@pytest.mark.parametrize("lang", ["en", "es"])
def test_only_what_its_author_knows_is_missing(tmp_path: Path, lang: str) -> None:
    output = _new(tmp_path, "--lang", lang, "--answer", "countries=HN", "--answer", "title=Mobile desk of documents")
    found = problems(tmp_path)
    assert {problem.split(": ")[1] for problem in found} == AUTHORS - {"countries", "title"} | {"body"}
    assert all(not problem.split(": ")[0].endswith(":1") for problem in found), "each stands at its own line"
    assert output.count({"en": "- Not answered: ", "es": "- Sin respuesta: "}[lang]) == len(AUTHORS) - 2
    text = next(tmp_path.rglob("*.md")).read_text(encoding="utf-8")
    assert text.count(UNDOCUMENTED[lang] + ".") == 5


def test_it_asks_question_by_question_and_again_where_a_word_is_none_of_ours(tmp_path: Path) -> None:
    typed = []
    for question in questions():
        if question.answer == "table":
            continue
        answer = ANSWERS["es"].get(question.key, "")
        if question.key == "countries":
            typed.append("")  # the one question that cannot be left open
        if question.key == "status":
            typed.append("en cursoo")
        typed.append("; ".join(answer) if isinstance(answer, list) else answer)
    output = _new(tmp_path, "--lang", "es", typed="\n".join(typed) + "\n")
    assert "¿En qué Estado o Estados se lleva a cabo? *" in output
    assert "Indique al menos un Estado" in output
    assert "No es ninguna de las palabras. ¿Quiso decir 'En curso'?" in output
    assert {problem.split(": ")[1] for problem in problems(tmp_path)} <= {"sources", "body"}
    document = frontmatter.parse("x", next(tmp_path.rglob("*.md")).read_bytes())
    assert document.data["status"] == "ongoing"
    assert document.data["period"] == {"start": "2023", "end": None}


def test_asking_leaves_out_what_is_not_answered() -> None:
    assert ask("en", lambda shown, **_: "SV" if "State or States" in shown else "") == {"countries": ["SV"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--answer", "title=x"], "Name at least one State"),
        (["--answer", "titel=x"], "Did you mean 'title'?"),
        (["--answer", "title"], "is no answer; write QUESTION=TEXT"),
        (["--translation", "es"], "needs both"),
        (["no-such", "--translation", "es"], "There is no entry 'no-such'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, options: list[str], message: str) -> None:
    done = CliRunner().invoke(cli, ["new", "practice", "--content", str(tmp_path), *options])
    assert message in f"{done.output} {done.exception}"
    assert not list(tmp_path.rglob("*.md"))


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    options = ["--answer", "countries=SV", "--answer", "title=Desk"]
    _new(tmp_path, *options)
    file = next(tmp_path.rglob("*.md"))
    file.write_text("mine")
    done = CliRunner().invoke(cli, ["new", "practice", "--content", str(tmp_path), *options])
    assert "is there already; give the new file another name with --name." in str(done.exception)
    assert file.read_text() == "mine"


def test_a_translation_has_headings_lists_and_the_originals_words_in_place(tmp_path: Path) -> None:
    write(tmp_path, PATH, ORIGINAL)
    _new(tmp_path, "sv-legal-desk", "--translation", "es")
    text = (tmp_path / TRANSLATED).read_text(encoding="utf-8")
    for part in (
        "translates: en",
        "## Qué ayudó y qué dificultó",
        '# People advised\n  - ""',
        "# Drop-in legal desk at the bus terminal",
    ):
        assert part in text
    assert text.count("Aún no está documentado.") == 1
    left = {problem.split(": ")[1].split(".")[0] for problem in problems(tmp_path)}
    assert left == {"title", "summary", "questions", "places", "implementers", "results", "body"}
    done = CliRunner().invoke(
        cli, ["new", "practice", "--content", str(tmp_path), "sv-legal-desk", "--translation", "en"]
    )
    assert "has a page in 'en' already: practices/sv/legal-desk.en.md." in str(done.exception)


def test_a_translation_that_is_filled_in_passes(tmp_path: Path) -> None:
    write(tmp_path, PATH, ORIGINAL)
    _new(tmp_path, "sv-legal-desk", "--translation", "es")
    text = (tmp_path / TRANSLATED).read_text(encoding="utf-8")
    text = text.replace('title: ""', "title: Mesa").replace('summary: ""', "summary: Orientó a 120 personas en 2023.")
    for heading, sentence in (
        ("La necesidad", "Quien llega no conoce a nadie [1]."),
        (
            "Qué se hizo",
            "La ciudad puso dos estudiantes en una mesa de la terminal y les pagó el almuerzo cada día [1].",
        ),
        ("Resultados", "La mesa orientó a 120 personas en su primer año [1]."),
        ("Qué ayudó y qué dificultó", "Se iban al final de cada ciclo [1]."),
    ):
        text = text.replace(f"## {heading}\n", f"## {heading}\n\n{sentence}\n")
    head, tail = text.split("questions:\n")
    asked, rest = tail.split("# Take it out", 1)
    for number in range(3):
        asked = asked.replace('- ""', f"- ¿Cómo se hace {'uno dos tres'.split()[number]}?", 1)
    write(tmp_path, TRANSLATED, f"{head}questions:\n{asked}# Take it out" + rest.replace('- ""', "- Palabras"))
    assert problems(tmp_path) == []


TEXT = (
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"]),
        min_size=1,
        max_size=60,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: bool(text) and not frontmatter._OTHER_ALPHABET.search(text) and not invisible(text))
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(["title", "summary", "status"]), TEXT), st.lists(TEXT, max_size=4))
def test_what_is_written_reads_back_the_same(texts: dict[str, str], listed: list[str]) -> None:
    data = {**texts, "questions": listed}
    document = frontmatter.parse("x", front_matter(data).encode())
    assert document.data == data


NUMBER_LIKE = st.from_regex(r"-?[0-9]{1,3}([.,][0-9]{1,4}){0,3}", fullmatch=True)


@settings(max_examples=200)
@given(NUMBER_LIKE, NUMBER_LIKE)
def test_text_that_looks_like_a_number_reads_back_as_text(title: str, place: str) -> None:
    written = front_matter({"title": title, "places": [place], "terms": Terms([place]), "row": Row(label=title)})
    document = frontmatter.parse("x", written.encode())
    assert document.data == {"title": title, "places": [place], "terms": [place], "row": {"label": title}}


@settings(max_examples=100)
@given(TEXT, st.lists(TEXT, max_size=3), TEXT)
def test_whatever_is_answered_gives_a_file_that_is_read(title: str, implementers: list[str], need: str) -> None:
    answers = {"countries": ["SV"], "title": title, "implementers": implementers, "need": need, "themes": [title]}
    proposal = propose(answers, "es")
    document = frontmatter.parse(proposal.path, proposal.text.encode())
    assert document.data["title"] == title
    assert document.data["countries"] == ["SV"]


def test_the_schema_accepts_every_published_page_and_refuses_what_the_check_refuses(library: Library) -> None:
    validators = {kind: jsonschema.Draft7Validator(json_schema(kind)) for kind in MODELS}
    for entry in library.entries.values():
        for page in entry.pages.values():
            kind = entry.kind if page.is_original else "translation"
            errors = [error.message for error in validators[kind].iter_errors(library.documents[page.path].data)]
            assert errors == [], page.path
    data = dict(next(iter(library.documents.values())).data)
    assert list(validators["practice"].iter_errors({**data, "statsu": "x"}))


def test_editors_explain_each_key_and_term_in_both_languages() -> None:
    schema = json_schema("practice")
    evidence = schema["properties"]["evidence"]
    assert len(evidence["enum"]) == len(evidence["enumDescriptions"]) == 4
    for meaning in key_meanings().values():
        assert set(meaning) == {"en", "es"}
    assert "${1|ongoing,completed," in snippets()["status"]["body"]
