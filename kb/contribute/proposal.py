"""Answers to our questions become a content file: a draft that passes the checks but for what was not answered."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kb.content import letters
from kb.content.checks import BODY_WORDS
from kb.content.dates import date_meant
from kb.content.vocabulary import vocabulary
from kb.contribute.questions import Column, Question, UnknownWordError, questions, term_for
from kb.contribute.sentences import say
from kb.contribute.writing import Row, Terms, body, front_matter, name_from
from kb.errors import ContributionError
from kb.sentences import template

Answers: TypeAlias = Mapping[str, str | Sequence[str] | Sequence[Mapping[str, str]]]
"""Question key to what was written: a text, a list of lines, or the rows of a table."""

_KEYS = (
    "title", "summary", "questions", "countries", "places", "implementers", "partners", "period", "status", "evidence",
    "themes", "populations", "tier", "results", "costs", "sources", "last_reviewed", "review_by", "review",
)  # fmt: skip
NO_STATE = template("Name at least one State: the file stands in its folder.")
MIN_SHORT, MIN_FULL = BODY_WORDS["snapshot"][0], BODY_WORDS["full"][0]
_GOES_ON = (
    "continua",
    "en curso",
    "en marcha",
    "actualidad",
    "a la fecha",
    "ongoing",
    "present",
    "to date",
    "it goes on",
)
_BULLET = re.compile(r"^(?:[•◦▪●‣·]\s*|[*–—-]\s+)")
"""The mark of a list that was typed by hand or pasted; it is no part of the line."""
_EMPTY: dict[str, Any] = {"text": "", "paragraph": "", "choice": "", "list": [], "choices": [], "table": []}


@dataclass
class Proposal:
    """A page to be: where it goes, its text, the questions without the answer they need, and what to look at again.

    `lang` is the language in which its author is told of it, nearly always that of the page.
    """

    path: str
    text: str
    lang: str
    unanswered: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    noted: frozenset[str] = frozenset()
    """Keys, such as `results.2.value`, of which the notes say already what is wrong."""


@dataclass
class _Notes:
    """What is said of the answers, in `lang`, and the keys that it is said of."""

    lang: str
    said: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def add(self, key: str, sentence: str, **values: object) -> None:
        self.said.append(say(sentence, self.lang, **values))
        self.keys.add(key)


def propose(
    answers: Answers, lang: str, name: str = "", today: datetime.date | None = None, told_in: str = ""
) -> Proposal:
    """A draft page from answers. What cannot be read stays as it was written, so that `kb check` shows its line.

    Args:
        answers: by question key; what is left out stays open in the file, with its question above it.
        lang: language that the answers are written in.
        name: of the file; made from the title where it is empty.
        today: the day of the draft.
        told_in: language of the notes; `lang` where it is empty.

    Raises:
        ContributionError: no State is named, so that the file has no folder, or `name` cannot be a file's name.
    """
    told_in = told_in or lang
    notes = _Notes(told_in)
    day = today or datetime.datetime.now(datetime.UTC).date()
    data: dict[str, Any] = {}
    comments: dict[str, list[str]] = {}
    unanswered = []
    for question in questions():
        if question.answer in ("section", "date"):
            continue
        value = _value(question, answers.get(question.key) or "", notes)
        key = key_of(question)
        if not value and not question.required:
            continue
        data[key] = value or _EMPTY[question.answer]
        if not value:
            unanswered.append(question)
            comments[key] = [question.question[lang], question.hint[lang]]
            if question.answer == "choice":
                comments[key].append(", ".join(vocabulary()[question.facet]))
    if not data["countries"]:
        unnamed = ContributionError(NO_STATE)
        unnamed.lang = told_in
        raise unnamed
    data |= {
        "period": Row({edge: _dated(_joined(answers.get(edge) or "")) or None for edge in ("start", "end")}),
        "last_reviewed": day.isoformat(),
        "review_by": (day + datetime.timedelta(days=365)).isoformat(),
        "review": Row(status="draft"),
    }
    sections = {q.key: str(answers[q.key]) for q in questions() if q.answer == "section" and answers.get(q.key)}
    if MIN_SHORT <= sum(len(text.split()) for text in sections.values()) < MIN_FULL:
        data["tier"] = "snapshot"
    text = front_matter({key: data[key] for key in _KEYS if key in data}, comments) + body("practice", lang, sections)
    return Proposal(_path(data, lang, name), text, told_in, unanswered, notes.said, frozenset(notes.keys))


def _path(data: Mapping[str, Any], lang: str, name: str) -> str:
    chosen = name or name_from(str(data["title"]))
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", chosen, re.ASCII):
        raise ContributionError("%(name)r cannot be the name of a file; use a to z, 0 to 9 and hyphens.", name=name)
    countries = data["countries"]
    known = len(countries) == 1 and countries[0] in vocabulary()["countries"]
    return f"practices/{countries[0].lower() if known else 'regional'}/{chosen}.{lang}.md"


def key_of(question: Question) -> str:
    """The key of the front matter that its answer goes to."""
    return "results" if question.key == "figures" else question.key


def _value(question: Question, answer: Any, notes: _Notes) -> Any:
    if question.answer == "table":
        rows = answer if not isinstance(answer, str) else []
        filled = [row for row in rows if any(str(cell).strip() for cell in row.values())]
        return [_row(question, row, number, notes) for number, row in enumerate(filled, start=1)]
    if question.answer in ("text", "paragraph"):
        return _joined(answer)
    lines = answer.splitlines() if isinstance(answer, str) else answer
    unmarked = (_BULLET.sub("", " ".join(str(line).split())) for line in lines)
    listed = [line for line in unmarked if line]
    if question.facet:
        return _terms(question, listed, notes)
    return listed


def _terms(question: Question, listed: Sequence[str], notes: _Notes) -> Terms | str:
    terms: list[str] = []
    where = question.question[notes.lang]
    for line in listed:
        # A second word for the same term takes no place in the file.
        key = f"{question.key}.{len(terms) + 1}" if question.answer == "choices" else question.key
        term = _term(question.facet, line, key, where, notes)
        if term not in terms:
            terms.append(term)
    if question.answer == "choices":
        return Terms(terms)
    if len(terms) > 1:
        notes.add("", "several", where=where, found="; ".join(dict.fromkeys(listed)))
    return "".join(terms[:1])


def _joined(answer: Any) -> str:
    """One line of an answer, whether it came as a text or as lines."""
    return " ".join((answer if isinstance(answer, str) else " ".join(answer)).split())


def _term(facet: str, words: str, key: str, where: str, notes: _Notes) -> str:
    try:
        return term_for(facet, words)
    except UnknownWordError as error:
        hint = say("meant", notes.lang, term=error.closest) if error.closest else ""
        notes.add(key, "not a word", where=where, text=words, hint=hint)
        return words


def _row(question: Question, row: Mapping[str, str], number: int, notes: _Notes) -> Row:
    made = Row()
    if question.key == "sources":
        made["n"] = number
    if str(row.get("value", "")).strip().endswith("%") and not row.get("unit"):
        row = {**row, "unit": "percent"}
    for column in question.columns:
        text = " ".join(str(row.get(column.key, "")).split())
        if text or column.required:
            key = f"{key_of(question)}.{number}.{column.key}"
            where = say(
                "cell",
                notes.lang,
                question=question.question[notes.lang],
                row=number,
                column=column.question[notes.lang],
            )
            made[column.key] = _cell(column, text, key, where, notes)
    return made


def _cell(column: Column, text: str, key: str, where: str, notes: _Notes) -> str | int | float:
    if column.facet and text:
        return _term(column.facet, text, key, where, notes)
    if column.key in ("value", "year", "source"):
        number = number_in(text)
        if number is None:
            wrong = "not a source" if column.key == "source" else "not a number"
            notes.add(key, wrong if text else "no number", where=where, text=text)
            return text
        return number
    return _dated(text) if column.key == "date" else text


def _dated(text: str) -> str:
    """A date in the form of our files; what is none, or may be two, as it was written. What goes on has none."""
    if letters.plain(text).strip(" .") in _GOES_ON:
        return ""
    return date_meant(text) or text


def number_in(text: str) -> int | float | None:
    """`1,140`, `1 140` and `[2]` as whole numbers, `56.7` and `56,7` as decimals; None where it could be either."""
    bare = text.strip().strip("[]%").strip()
    if re.fullmatch(r"-?\d{1,3}(?:[, \u00a0]\d{3})+|-?\d+", bare):
        return int(re.sub(r"[, \u00a0]", "", bare))
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})*\.\d{1,2}|-?\d+\.\d{4,9}|-?0\.\d+", bare):
        return float(bare.replace(",", ""))
    return float(bare.replace(",", ".")) if re.fullmatch(r"-?\d+,\d{1,2}", bare) else None
