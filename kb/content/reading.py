"""A page with its file taken apart: what the rules of `kb check` read, and how they say where a problem stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.content.frontmatter import Document
from kb.content.model import Entry, Page
from kb.content.problems import Problem
from kb.sentences import Sentence

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


@dataclass(frozen=True)
class Reading:
    """A page, its entry and its file."""

    entry: Entry
    page: Page
    document: Document

    def problem(self, key: str, message: Sentence, line: int | None = None) -> Problem:
        """A problem of this page, at `line` or where `key` stands."""
        at = tuple(key.split(".")) if line is None else ()
        return Problem(self.page.path, line if line is not None else self.document.line_of(at), key, message)


def as_number(text: str) -> float:
    """What `NUMBER` found: `1,140` is 1140."""
    return float(text.replace(",", ""))


def listed(numbers: Iterable[float]) -> str:
    """`1, 2.5`"""
    return ", ".join(f"{number:g}" for number in numbers)
