"""Personal data is found in labelled sentences; how much, and how often wrongly, is printed with `pytest -s`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.library import Library
from kb.content.privacy import KINDS, STRUCTURED, personal_data
from tests.content.writing import PATH, changed, problems, write

LABELLED = [tuple(row) for row in yaml.safe_load((Path(__file__).parent / "personal_data.yaml").read_text("utf-8"))]


def test_recall_and_precision_over_the_labelled_sentences() -> None:
    right: dict[str, int] = dict.fromkeys(KINDS, 0)
    wrong, missed = dict(right), dict(right)
    for label, sentence in LABELLED:
        found = [finding.kind for finding in personal_data(sentence)]
        for kind in KINDS:
            hit = kind in found and kind == label
            right[kind] += hit
            wrong[kind] += found.count(kind) - hit
            missed[kind] += kind == label and not hit
    for kind in KINDS:
        print(f"{kind:<12} {right[kind]:>3} found, {missed[kind]} missed, {wrong[kind]} wrong")  # noqa: T201 - the measurement
    hits, lost, false = (sum(counts[kind] for kind in STRUCTURED) for counts in (right, missed, wrong))
    recall, precision = hits / (hits + lost), hits / (hits + false)
    print(f"structured kinds: recall {recall:.3f}, precision {precision:.3f} over {len(LABELLED)} sentences")  # noqa: T201 - the measurement
    assert recall >= 0.95
    assert precision >= 0.9


def test_the_published_pages_hold_nothing_that_looks_personal(library: Library) -> None:
    allowed = [
        place
        for entry in library.entries.values()
        for page in entry.pages.values()
        for place in page.words.get("places", ())
    ]
    found = [
        finding.text
        for entry in library.entries.values()
        for page in entry.pages.values()
        for section in page.sections
        for block in section.blocks
        for finding in personal_data(block.text, allowed)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Call +503 2231-4567 for an appointment", "+503 2231 4567"),
        ("Write to maria.lopez@example.org", "maria.lopez@example.org"),
        ("Doña Tencha is the name of the programme", "Doña Tencha"),
    ],
)
def test_what_belongs_to_an_institution_is_marked(tmp_path: Path, text: str, marked: str) -> None:
    page = changed("paid their lunch", f"paid their lunch. {text}")
    write(tmp_path, PATH, page)
    assert any("or list it under `institutional` if it belongs to an institution." in one for one in problems(tmp_path))
    write(tmp_path, PATH, page.replace("tier: snapshot", f'tier: snapshot\ninstitutional: ["{marked}"]'))
    assert problems(tmp_path) == []


def test_a_place_named_after_a_person_is_a_place(tmp_path: Path) -> None:
    page = changed("ticket counter", "ticket counter of Francisco Morazán")
    write(tmp_path, PATH, page)
    assert any("name of a person" in problem for problem in problems(tmp_path))
    write(tmp_path, PATH, page.replace("[Example Town]", "[Francisco Morazán]", 1))
    assert problems(tmp_path) == []


@settings(max_examples=200)
@given(st.text(alphabet="0123456789-+(). @°'\"NWabcMaríaCarlos#", max_size=200))
def test_every_finding_stands_in_the_text(text: str) -> None:
    for finding in personal_data(text):
        assert finding.text in text
        assert finding.kind in KINDS
