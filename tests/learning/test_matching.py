"""Matching against judged cases, and what a match must say."""

from __future__ import annotations

import pytest
import yaml

from kb.errors import NotFoundError
from kb.learning.as_text import practice_as_text
from kb.learning.matching import CLOSE, LEAST, Matching, matrix
from kb.search.evaluation import Judgement, evaluate
from tests.conftest import ROOT

FLOOR = {"ndcg@10": 0.73, "recall@10": 0.55}
"""Measured: nDCG@10 .77, recall@10 .59 (ten places hold two thirds of what is judged at best)."""


def _judged() -> list[Judgement]:
    raw = yaml.safe_load((ROOT / "tests/judgments/commitments.yaml").read_text(encoding="utf-8"))
    return [
        Judgement(
            name, name, "en", "commitment", {practice: grade for grade, those in grades.items() for practice in those}
        )
        for name, grades in raw.items()
    ]


def test_judged_commitments_find_their_practices(matching: Matching) -> None:
    def ranked(judgement: Judgement) -> list[str]:
        return [match.practice.id for match in matching.practices_for(matching.knowledge.commitment(judgement.id))]

    judged = _judged()
    assert len(judged) == 20
    found = evaluate(judged, matching.knowledge.practices, ranked)
    assert found.missing_items == 0
    for metric, floor in FLOOR.items():
        assert found.overall[metric] >= floor, found.overall


def test_a_match_is_of_another_state_and_says_why(matching: Matching) -> None:
    for commitment in matching.knowledge.commitments.values():
        found = matching.practices_for(commitment)
        assert found, commitment.id
        assert found[-1].score >= LEAST
        assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
        for match in found:
            assert match.learners, (commitment.id, match.practice.id)
            assert not set(match.learners) & set(match.practice.states)
            for lang in ("en", "es"):
                assert match.reason[lang].endswith(".")
                assert "{" not in match.reason[lang]


def test_the_passage_comes_from_the_page_in_the_readers_language(matching: Matching) -> None:
    match = matching.practices_for(matching.knowledge.commitment("commit-hn-mental-health-displaced"))[0]
    for lang in ("en", "es"):
        passage = matching.passage(match, lang)
        assert passage.lang == lang
        plain = passage.html.replace("<mark>", "").replace("</mark>", "").strip("… ")[:40]
        page = match.practice.page(lang)
        said = " ".join([page["summary"], *(line for key in ("need", "done", "results", "factors", "adapting")
                                            for line in match.practice.said(key, lang))])  # fmt: skip
        assert plain in said


def test_who_could_use_a_practice_is_the_other_way_round(matching: Matching) -> None:
    practice = matching.knowledge.practice("pa-technical-standard-mental-health")
    uses = matching.commitments_for(practice)
    assert {"HN", "MX"} <= {code for match in uses for code in match.learners}
    for match in uses:
        assert match.shared_themes
        assert match.score >= CLOSE
        assert match in matching.practices_for(match.commitment)


def test_a_practice_that_no_commitment_asks_for_says_so(matching: Matching) -> None:
    weak = {
        match.practice.id
        for commitment in matching.knowledge.commitments.values()
        for match in matching.practices_for(commitment)
        if match.score < CLOSE
    }
    practices = matching.knowledge.practices.values()
    alone = [practice for practice in practices if not matching.commitments_for(practice)]
    assert weak & {practice.id for practice in alone}
    for practice in alone:
        assert practice_as_text(matching, practice, "en").endswith("no commitment of another State asks for this.")
        assert "Sin coincidencia cercana" in practice_as_text(matching, practice, "es")


def test_the_matrix_names_learners_teachers_and_themes(matching: Matching) -> None:
    found = matrix(matching)
    assert set(found) == {"BZ", "CR", "SV", "GT", "HN", "MX", "PA"}
    assert found["HN"]["SV"]["internal-displacement"] >= 1
    assert all(learner not in teachers for learner, teachers in found.items())


def test_an_unknown_commitment_is_named(matching: Matching) -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'commit-hn-mental-health-displaced'"):
        matching.knowledge.commitment("commit-hn-mental-health")


def test_what_is_said_to_answer_a_need_hardly_ever_does_not(matching: Matching) -> None:
    raw = yaml.safe_load((ROOT / "tests/judgments/commitments.yaml").read_text(encoding="utf-8"))
    said: dict[str, list[int]] = {"answers the need": [], "touches on the need": []}
    for name, grades in raw.items():
        judged = {practice: grade for grade, those in grades.items() for practice in those}
        for match in matching.practices_for(matching.knowledge.commitment(name)):
            for words, found in said.items():
                if words in match.reason["en"]:
                    found.append(judged.get(match.practice.id, 0))
    answers, touches = said.values()
    assert len(answers) >= 30
    assert answers.count(2) / len(answers) >= 0.75
    assert answers.count(0) / len(answers) <= 0.05
    assert 0 < touches.count(2) / len(touches) < 0.5
