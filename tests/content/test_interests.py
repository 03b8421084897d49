"""Interests of States: strict, each mistake at its line, tallied with the practice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb.content.document import entry_document
from kb.content.library import load_library
from tests.conftest import CONTENT, ROOT
from tests.content.writing import ORIGINAL, PATH, problems, write

EVENT = (CONTENT / "events/san-salvador-mhpss-learning-2023.en.md").read_text(encoding="utf-8")
INTERESTS = """source:
  title: Record of the prioritisation exercise
  publisher: Ministry of Example
  date: 2023-09
  language: es
interests:
  - state: HN
    practice: sv-legal-desk
    why: {es: En nuestra terminal pasa lo mismo.}
    wants_to_know:
      - {es: "¿Quién paga a los estudiantes?"}
"""
FILE = "interests/san-salvador-mhpss-learning-2023.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, PATH, ORIGINAL)
    write(tmp_path, "events/san-salvador-mhpss-learning-2023.en.md", EVENT)
    return tmp_path


def _of_file(folder: Path) -> list[str]:
    return [problem for problem in problems(folder) if problem.startswith("interests/")]


def test_a_good_file_has_no_problem_and_stands_with_the_practice(folder: Path) -> None:
    write(folder, FILE, INTERESTS)
    assert _of_file(folder) == []
    library = load_library(folder)
    found = entry_document(library.get("sv-legal-desk"), library.interests)["interests"]
    assert [(one["state"], one["event"]) for one in found] == [("HN", "event-san-salvador-mhpss-learning-2023")]
    assert found[0]["wants_to_know"] == [{"es": "¿Quién paga a los estudiantes?"}]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("state: HN", "state: SV", 7, "interests.1.state: 'sv-legal-desk' is SV's own practice"),
        ("state: HN", "state: HX", 7, "interests.1.state: 'HX' is not a term of countries."),
        ("sv-legal-desk", "sv-legal-disk", 8, "there is no practice 'sv-legal-disk'. Did you mean 'sv-legal-desk'?"),
        ("why: {es: En nuestra terminal pasa lo mismo.}", "why: {}", 9, "says nothing; write `es: ...` or `en: ...`."),
        ("wants_to_know:", "wants_to_see:", 10, "is not a key of this file. Did you mean 'wants_to_know'?"),
        ("  title: Record of the prioritisation exercise\n", "", 1, "source.title: is missing."),
        ("interests:\n", "interests: &a\n", 6, "anchors"),
    ],
)
def test_each_mistake_is_shown_at_its_line(folder: Path, old: str, new: str, line: int, message: str) -> None:
    write(folder, FILE, INTERESTS.replace(old, new, 1))
    found = _of_file(folder)
    assert len(found) == 1, found
    assert found[0].startswith(f"{FILE}:{line}: ")
    assert message in found[0]


def test_a_file_is_named_after_an_event(folder: Path) -> None:
    write(folder, "interests/san-salvador-2023.yaml", INTERESTS)
    assert "there is no event 'san-salvador-2023'; name the file after the event's page." in _of_file(folder)[0]
    write(folder, "interests/notes.txt", "x")
    assert any("notes.txt:1: file: is not named interests/<event>.yaml" in problem for problem in _of_file(folder))


def test_one_interest_is_written_once(folder: Path) -> None:
    second = INTERESTS[INTERESTS.index("  - state") :]
    write(folder, FILE, INTERESTS + second)
    assert "HN names 'sv-legal-desk' twice" in _of_file(folder)[0]


def test_the_example_is_a_valid_file(tmp_path: Path) -> None:
    for top in ("practices", "events"):
        shutil.copytree(CONTENT / top, tmp_path / top)
    write(tmp_path, FILE, (ROOT / "examples/interests.yaml").read_bytes())
    assert _of_file(tmp_path) == []
    assert load_library(tmp_path).interests
