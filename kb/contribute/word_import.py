"""A filled-in Word template becomes answers. What cannot be carried over is named, never lost in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx.table import Table
from docx.text.paragraph import Paragraph

from kb.contribute.proposal import Proposal, propose
from kb.contribute.questions import Question, questions
from kb.contribute.sentences import say
from kb.contribute.word_losses import losses, shortened
from kb.contribute.word_reading import open_word
from kb.contribute.word_tables import plain, read_rows
from kb.contribute.word_template import DEFINED_BY, INTRODUCTION, TITLE
from kb.contribute.word_text import DRAWN, Link, W, cell_text, cells_of, links_of, raised_in, text_of
from kb.errors import ContributionError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_TICKED = re.compile(r"^\s*(?:[☒☑✓✔]|\[[xX]\]|[xX]\s+☐?|☐\s*[xX]\s)\s*")
_BOX = re.compile(r"^\s*(?:☐|\[\s?\])\s*")
_SPECIAL = re.compile(r"([\\`*_<>|~])")
_SAME_HINT = 0.75
"""Edited hints come to .88 or more with what they were; answers to .42 at most."""
_LEADING = re.compile(r"^(\s*\d*)([#+\-=.)])(?=\s|$)")


def import_word(file: Path, name: str = "", told_in: str = "") -> Proposal:
    """A draft page from a filled-in template, with what to look at again, said in `told_in` or in the language of the file.

    Raises:
        ContributionError: it cannot be read, or holds none of our questions.
    """
    document = open_word(file)
    reading = _Reading(document)
    if not reading.answers and reading.current is None:
        raise ContributionError(
            "%(file)s holds none of the questions of our template; copy your text into docs/template-practice.en.docx or "
            "docs/template-practice.es.docx, below the questions.",
            file=file.name,
        )
    proposal = propose(reading.answers, reading.lang, name, told_in=told_in)
    proposal.notes[:0] = reading.notes(proposal.lang)
    return proposal


class _Reading:
    """Walks through the document once: which question we are at, and what stands below it."""

    def __init__(self, document: WordDocument) -> None:
        self.answers: dict[str, Any] = {}
        self.current: Question | None = None
        self._document = document
        self._asked = {plain(q.question[lang]): (q, lang) for q in questions() for lang in ("en", "es")}
        self._ours = {plain(text) for q in questions() for text in q.hint.values()}
        self._ours |= {plain(text) for lang in TITLE for text in (TITLE[lang], *INTRODUCTION[lang])}
        self._langs: list[str] = []
        self._met: set[str] = set()
        self._before: list[str] = []
        self._left: list[tuple[str, Question, str]] = []
        """The sentence that names it, the question that it stood below, its words."""
        self._links: list[Link] = []
        self._raised: list[str] = []
        for block in _blocks(document):
            if isinstance(block, Paragraph):
                self._read_paragraph(block)
            else:
                self._read_table(block)

    @property
    def lang(self) -> str:
        return max(("en", "es"), key=self._langs.count)

    def _read_paragraph(self, paragraph: Paragraph) -> None:
        text = text_of(paragraph)
        self._raised += raised_in(text)
        self._links += links_of(paragraph)
        asked = self._asked.get(plain(text))
        if asked:
            self.current = asked[0]
            self._met.add(asked[0].key)
            self._langs.append(asked[1])
        elif plain(text) in self._ours or not text.strip():
            return
        elif self.current is None:
            self._before.append(text.strip())
        else:
            self._read_answer(self.current, paragraph, text)

    def _read_answer(self, question: Question, paragraph: Paragraph, text: str) -> None:
        hints = question.hint.values()
        answer = _behind(text, hints)
        if question.key not in self.answers and _resembles(answer, hints):
            self._left.append(("hint", question, answer.strip()))
        else:
            self._add(question, answer, in_list=_is_listed(paragraph))

    def _add(self, question: Question, text: str, *, in_list: bool = False) -> None:
        if question.answer in ("choice", "choices"):
            text = text.split(DEFINED_BY, maxsplit=1)[0]
            if _TICKED.match(text) or not _BOX.match(text):
                self.answers.setdefault(question.key, []).append(_TICKED.sub("", text).strip(" ☐"))
        elif question.answer == "section":
            block = f"- {_escaped(text)}" if in_list else _escaped(text)
            before = self.answers.get(question.key, "")
            glue = "\n" if in_list and before.rsplit("\n", maxsplit=1)[-1].startswith("- ") else "\n\n"
            self.answers[question.key] = f"{before}{glue}{block}" if before else block
        elif question.answer != "table":
            self.answers.setdefault(question.key, []).append(text.strip())
        else:
            self._left.append(("beside table", question, text.strip()))

    def _read_table(self, table: Table) -> None:
        question = self.current
        cells = [[cell for _, cell in cells_of(row)] for row in table.rows]
        paragraphs = [paragraph for row in cells for cell in row for paragraph in cell.paragraphs]
        self._raised += [raised for paragraph in paragraphs for raised in raised_in(text_of(paragraph))]
        if question is not None and question.answer == "table":
            found = read_rows(question, table)
            self.answers.setdefault(question.key, []).extend(found.filled)
            self._left += [("other column", question, text) for text in found.left_out]
            self._links += found.links
            return
        self._links += [link for paragraph in paragraphs for link in links_of(paragraph)]
        lines = [" – ".join(filter(None, map(cell_text, row))) for row in cells]
        if question is None:
            self._before += lines
        elif question.answer in ("choice", "choices"):
            for text in filter(str.strip, map(text_of, paragraphs)):
                self._add(question, text)
        else:
            if any(lines):
                self._left.append(("table", question, ""))
            for line in filter(None, lines):
                self._add(question, line, in_list=True)

    def notes(self, lang: str) -> list[str]:
        """What was left out."""
        found = []
        if self._before:
            found.append(say("before", lang, text=shortened(" ".join(self._before))))
        for number, question in enumerate(questions(), start=1):
            if question.key not in self._met:
                found.append(say("no question", lang, number=number, question=question.question[lang]))
        for key, question, text in self._left:
            found.append(say(key, lang, where=question.question[lang], text=shortened(text)))
        found += [say("link", lang, words=shortened(one.words), address=one.address) for one in self._links]
        if self._raised:
            found.append(say("raised", lang, text=shortened(", ".join(self._raised))))
        return [*found, *losses(self._document, lang)]


def _blocks(document: WordDocument) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables in reading order, those in content controls too; what stands in tables and drawings not."""
    for element in document.element.body.iter(f"{W}p", f"{W}tbl"):
        if not any(parent.tag in (f"{W}tbl", *DRAWN) for parent in element.iterancestors()):
            yield Paragraph(element, document) if element.tag == f"{W}p" else Table(element, document)


def _is_listed(paragraph: Paragraph) -> bool:
    properties = paragraph._p.pPr
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    return (properties is not None and properties.numPr is not None) or style.startswith("List")


def _resembles(text: str, hints: Iterable[str]) -> bool:
    """Whether a text is one of the template's hints in other words, as a ministry or an older template has it."""
    return any(SequenceMatcher(None, plain(text), plain(hint)).ratio() >= _SAME_HINT for hint in hints)


def _behind(text: str, hints: Iterable[str]) -> str:
    """The answer, where it was written on the hint's own line."""
    bare = text.strip()
    return next((bare.removeprefix(hint).strip() for hint in hints if bare.startswith(hint)), text)


def _escaped(text: str) -> str:
    """Text that Markdown shows as it stands; marks such as [2] stay marks."""
    safe = _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("](", "]\\(")
    return _LEADING.sub(r"\1\\\2", safe)
