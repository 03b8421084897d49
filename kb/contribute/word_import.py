"""A filled-in Word template becomes answers. What cannot be carried over is named, never lost in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from kb.content.letters import UNWANTED
from kb.contribute.proposal import Proposal, propose
from kb.contribute.questions import Question, questions
from kb.contribute.sentences import say
from kb.contribute.word_losses import losses, shortened
from kb.contribute.word_reading import open_word
from kb.contribute.word_template import DEFINED_BY, INTRODUCTION, TITLE
from kb.errors import ContributionError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWN = (
    f"{_W}drawing",
    f"{_W}pict",
    f"{_W}object",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent",
)
_WORDS = {f"{_W}t": "", f"{_W}tab": " ", f"{_W}br": " ", f"{_W}noBreakHyphen": "-"}
"""What stands for words in a paragraph, and the words of what has none of its own."""
_TICKED = re.compile(r"^\s*(?:[☒☑✓✔]|\[[xX]\]|[xX]\s+☐?|☐\s*[xX]\s)\s*")
_BOX = re.compile(r"^\s*(?:☐|\[\s?\])\s*")
_SPECIAL = re.compile(r"([\\`*_<>|~])")
_LEADING = re.compile(r"^(\s*\d*)([#+\-=.)])(?=\s|$)")


def import_word(file: Path, name: str = "") -> Proposal:
    """A draft page from a filled-in template, with what to look at again.

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
    proposal = propose(reading.answers, reading.lang, name)
    proposal.notes[:0] = reading.notes()
    return proposal


class _Reading:
    """Walks through the document once: which question we are at, and what stands below it."""

    def __init__(self, document: WordDocument) -> None:
        self.answers: dict[str, Any] = {}
        self.current: Question | None = None
        self._document = document
        self._asked = {_plain(q.question[lang]): (q, lang) for q in questions() for lang in ("en", "es")}
        self._ours = {_plain(text) for q in questions() for text in q.hint.values()}
        self._ours |= {_plain(text) for lang in TITLE for text in (TITLE[lang], *INTRODUCTION[lang])}
        self._langs: list[str] = []
        self._met: set[str] = set()
        self._before: list[str] = []
        self._tables: list[tuple[Question, str]] = []
        for block in _blocks(document):
            if isinstance(block, Paragraph):
                self._read_paragraph(block)
            else:
                self._read_table(block)

    @property
    def lang(self) -> str:
        return max(("en", "es"), key=self._langs.count)

    def _read_paragraph(self, paragraph: Paragraph) -> None:
        text = _text(paragraph)
        asked = self._asked.get(_plain(text))
        if asked:
            self.current = asked[0]
            self._met.add(asked[0].key)
            self._langs.append(asked[1])
        elif _plain(text) in self._ours or not text.strip():
            return
        elif self.current is None:
            self._before.append(text.strip())
        else:
            self._add(self.current, text, in_list=_is_listed(paragraph))

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
            self._tables.append((question, text))

    def _read_table(self, table: Table) -> None:
        question = self.current
        rows = [[_cell(cell) for cell in _cells(row)] for row in table.rows]
        if question is None:
            self._before += [" ".join(cells) for cells in rows]
        elif question.answer == "table":
            keys = [column.key for column in question.columns]
            filled = [dict(zip(keys, cells, strict=False)) for cells in rows if not self._is_header(question, cells)]
            self.answers.setdefault(question.key, []).extend(row for row in filled if any(row.values()))
        elif question.answer in ("choice", "choices"):
            for row in table.rows:
                for cell in _cells(row):
                    for paragraph in cell.paragraphs:
                        if _text(paragraph).strip():
                            self._add(question, _text(paragraph))
        else:
            joined = [" – ".join(cell for cell in cells if cell) for cells in rows]
            if any(joined):
                self._tables.append((question, ""))
            for line in filter(None, joined):
                self._add(question, line, in_list=True)

    def _is_header(self, question: Question, cells: list[str]) -> bool:
        headers = {_plain(words) for column in question.columns for words in column.question.values()}
        return bool(cells) and all(_plain(cell) in headers for cell in cells if cell) and any(cells)

    def notes(self) -> list[str]:
        """What was left out, in the language of the file."""
        found = []
        if self._before:
            found.append(say("before", self.lang, text=shortened(" ".join(self._before))))
        for number, question in enumerate(questions(), start=1):
            if question.key not in self._met:
                found.append(say("no question", self.lang, number=number, question=question.question[self.lang]))
        for question, text in self._tables:
            found.append(
                say("table", self.lang, where=question.question[self.lang]) + (f" {shortened(text)!r}" if text else "")
            )
        return [*found, *losses(self._document, self.lang)]


def _blocks(document: WordDocument) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables in reading order, those in content controls too; what stands in tables and drawings not."""
    for element in document.element.body.iter(f"{_W}p", f"{_W}tbl"):
        if not any(parent.tag in (f"{_W}tbl", *_DRAWN) for parent in element.iterancestors()):
            yield Paragraph(element, document) if element.tag == f"{_W}p" else Table(element, document)


def _cells(row: Any) -> list[Any]:
    """The cells of a row, one that spans several only once; none of a row whose deletion was tracked."""
    deleted = row._tr.find(f"{_W}trPr/{_W}del") is not None
    return [] if deleted else [_Cell(cell, row.table) for cell in row._tr.tc_lst]


def _cell(cell: Any) -> str:
    return " ".join(_text(paragraph).strip() for paragraph in cell.paragraphs).strip()


def _text(paragraph: Paragraph) -> str:
    """All words of a paragraph: those in content controls and links too, those deleted, moved away or drawn not."""
    skipped = {inner for left in paragraph._p.iter(*_DRAWN, f"{_W}moveFrom") for inner in left.iter()}
    words = (e for e in paragraph._p.iter(*_WORDS) if e not in skipped)
    text = "".join(_WORDS[str(element.tag)] or element.text or "" for element in words)
    return re.sub(r"[\t\n]", " ", UNWANTED.sub(" ", text))


def _is_listed(paragraph: Paragraph) -> bool:
    properties = paragraph._p.pPr
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    return (properties is not None and properties.numPr is not None) or style.startswith("List")


def _escaped(text: str) -> str:
    """Text that Markdown shows as it stands; marks such as [2] stay marks."""
    safe = _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("](", "]\\(")
    return _LEADING.sub(r"\1\\\2", safe)


def _plain(text: str) -> str:
    """A question as it is compared: without number, star and punctuation."""
    return re.sub(r"\W+", " ", re.sub(r"^\s*\d+\s*[.)]", "", text).lower()).strip()
