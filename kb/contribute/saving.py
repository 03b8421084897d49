"""Puts a proposal into the content folder and says what it still lacks, by its question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kb.content.checks import check_library
from kb.content.library import load_library
from kb.content.problems import Problem
from kb.contribute.proposal import Proposal, key_of
from kb.contribute.questions import questions
from kb.contribute.sentences import say
from kb.errors import ContributionError


def save(proposal: Proposal, folder: Path) -> Iterator[str]:
    """Writes the file; yields lines for its author: where it is, what was left out, what is unanswered, what to mend.

    Raises:
        ContributionError: a file of that name is there already, or the content folder is not.
    """
    file = folder / proposal.path
    if not folder.is_dir():
        raise ContributionError(
            "There is no content folder %(folder)s; set KB_CONTENT to the folder that holds `practices/`.",
            folder=folder,
        )
    if file.exists():
        raise ContributionError("%(file)s is there already; give the new file another name with --name.", file=file)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(proposal.text, encoding="utf-8")
    yield say("written", proposal.lang, file=file)
    yield from (f"- {note}" for note in proposal.notes)
    yield from (
        f"- {say('unanswered', proposal.lang, question=q.question[proposal.lang])}" for q in proposal.unanswered
    )
    open_keys = {question.key for question in proposal.unanswered}
    for problem in check_library(load_library(folder)):
        told = problem.key in proposal.noted or problem.key.split(".")[0] in open_keys
        if problem.path == proposal.path and not told:
            yield f"- {_by_question(problem, proposal.lang)}"
    yield say("next", proposal.lang, path=proposal.path)


def _by_question(problem: Problem, lang: str) -> str:
    """A problem under the words of its question, and for a table under its row and column as they stand in the form."""
    key, *rest = problem.key.removeprefix("period.").split(".")
    question = {key_of(q): q for q in questions() if q.answer != "section"}.get(key)
    if question is None:
        return problem.said(lang)
    asked = question.question[lang]
    column = next((column for column in question.columns if rest[1:] == [column.key]), None)
    if column:
        asked = say("cell", lang, question=asked, row=rest[0], column=column.question[lang])
    return f"{asked} ({problem.said(lang)})"
