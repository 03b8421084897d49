"""What is found in a file is said in Spanish too, whole and with the same values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from kb.cli import cli, main
from kb.content.checks import check_library
from kb.content.findings import findings
from kb.content.interests import InterestFile
from kb.content.library import load_library
from kb.content.model import Commitment, Event, Practice, Translation
from kb.learning.request import AgendaRequest
from kb.sentences import Sentence, joined
from tests.content.test_checks import BAD
from tests.content.writing import ORIGINAL, PATH, TRANSLATED, TRANSLATION, changed, write

ENGLISH = re.compile(r"\b(the|is|must|not|has|with|stands|which|allowed|write|put|take)\b")
"""Words that no Spanish sentence holds."""


def _ours(said: str) -> str:
    """A sentence without what it quotes and lists: values of the file, keys, terms of the vocabulary."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`", "", said)
    return re.sub(r"(Se admiten|en este orden): .*", "", bare)


@pytest.mark.parametrize(("old", "new"), [row[:2] for row in BAD], ids=[row[3] + ":" + row[1] for row in BAD])
def test_each_problem_is_said_in_spanish(tmp_path: Path, old: str, new: str) -> None:
    write(tmp_path, PATH, changed(old, new))
    write(
        tmp_path,
        TRANSLATED,
        TRANSLATION.format(fingerprint="old").replace("- Personas orientadas", "- Personas\n  - 30"),
    )
    for problem in check_library(load_library(tmp_path)):
        spanish = problem.message.said("es")
        assert spanish != problem.message
        assert not ENGLISH.search(_ours(spanish)), spanish
        part = {"body": "texto", "front matter": "datos del inicio", "file": "archivo"}.get(problem.key, problem.key)
        assert problem.said("es").startswith(f"{problem.path}:{problem.line}: {part}: ")
        assert problem.said("en") == str(problem)


@pytest.mark.parametrize(
    "line", ["title: [x", 'title: "x', "title: a: b", "title: @x", "title x", "title: - x", "...\na: b"]
)
def test_a_slip_in_yaml_is_said_in_spanish(tmp_path: Path, line: str) -> None:
    write(tmp_path, PATH, changed("status: ongoing", line))
    (problem,) = check_library(load_library(tmp_path))
    assert not ENGLISH.search(_ours(problem.message.said("es"))), problem.message.said("es")


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
MODELS: tuple[type[BaseModel], ...] = (Practice, Commitment, Event, Translation, InterestFile, AgendaRequest)


def _keys(model: type[BaseModel]) -> set[str]:
    found = set(model.model_fields)
    for part in model.model_json_schema().get("$defs", {}).values():
        found |= set(part.get("properties", {}))
    return found


@given(st.data())
def test_whatever_a_file_holds_we_have_words_for_it(data: st.DataObject) -> None:
    model = data.draw(st.sampled_from(MODELS))
    keys = st.sampled_from(sorted(_keys(model)))
    inner = st.dictionaries(keys | st.text(max_size=3), _SCALARS | st.lists(_SCALARS, max_size=2), max_size=5)
    values = _SCALARS | inner | st.lists(_SCALARS | inner, max_size=12)
    try:
        model.model_validate(data.draw(st.dictionaries(keys, values, max_size=8)))
    except ValidationError as error:
        refused = list(findings(error, model))
    else:
        refused = []
    for finding in refused:
        assert isinstance(finding.message, Sentence)
        assert finding.message.template != "cannot be read: %(found)r.", finding
        assert finding.message.said("es") != finding.message


def test_a_sentence_in_a_sentence_is_said_in_the_language() -> None:
    hint = Sentence(" Did you mean %(near)r?", near="status")
    told = Sentence("%(id)r is no entry.%(hint)s", id="statsu", hint=hint)
    assert told == "'statsu' is no entry. Did you mean 'status'?"
    assert told.said("es") == "'statsu' no es ninguna ficha. ¿Quiso decir 'status'?"
    assert joined([told, Sentence("is missing.")], " ").said("es").endswith("'status'? falta.")
    assert Sentence().said("es") == ""
    assert Sentence("A file: 50 % of it").said("es") == "A file: 50 % of it"


@pytest.mark.parametrize(
    ("variables", "options", "words"),
    [
        ({}, ["--lang", "es"], "está vacío."),
        ({"KB_LANG": "es"}, [], "está vacío."),
        ({"LANG": "es_SV.UTF-8"}, [], "está vacío."),
        ({"LANG": "es_SV.UTF-8", "KB_LANG": "en"}, [], "is empty."),
        ({"KB_LANG": "es"}, ["--lang", "en"], "is empty."),
        ({"LANG": "pt_BR.UTF-8"}, [], "is empty."),
    ],
)
def test_check_speaks_the_language_that_is_asked_for(
    tmp_path: Path, variables: dict[str, str], options: list[str], words: str
) -> None:
    write(tmp_path, PATH, changed("title: Drop-in legal desk at the bus terminal", 'title: ""'))
    silent = dict.fromkeys(("LC_ALL", "LC_MESSAGES", "LANG", "KB_LANG"))
    done = CliRunner().invoke(cli, ["check", "--content", str(tmp_path), *options], env={**silent, **variables})
    assert f"{PATH}:2: title: {words}" in done.output


def test_a_verb_fails_in_the_language_that_it_was_asked_to_speak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, PATH, changed("status: ongoing", "status: onging"))
    answers = ["--answer", "title=Mesa"]
    for arguments, words in (
        (
            ["check", "--lang", "es"],
            "kb: Problemas: 1; archivos: 1. Cada línea anterior dice dónde está y qué hacer.",
        ),
        (["check", "nowhere", "--lang", "es"], "tiene 'nowhere' en su ruta"),
        (["new", "practice", "--lang", "es", *answers], "kb: Indique al menos un Estado"),
        (["new", "practice", "--lang", "en", *answers], "kb: Name at least one State"),
    ):
        monkeypatch.setattr("sys.argv", ["kb", *arguments, "--content", str(tmp_path)])
        with pytest.raises(SystemExit):
            main()
        assert words in capsys.readouterr().err


def test_annotations_and_comments_speak_the_language_of_the_page(tmp_path: Path) -> None:
    write(tmp_path, PATH, changed("status: ongoing", "status: onging"))
    write(
        tmp_path,
        "practices/hn/mesa.es.md",
        ORIGINAL.replace("[SV]", "[HN]").replace("status: ongoing", "status: onging"),
    )
    shown = CliRunner().invoke(cli, ["check", "--content", str(tmp_path), "--format", "github"]).output
    assert "legal-desk.en.md,line=12,title=status::'onging' is not a term of status." in shown
    assert "mesa.es.md,line=12,title=status::'onging' no es un término de status." in shown
    options = ["practices/hn", "--format", "markdown", "--lang", "en"]
    comment = CliRunner().invoke(cli, ["check", "--content", str(tmp_path), *options]).output
    assert "What the checks say" in comment
    assert "is not a term of status." in comment
