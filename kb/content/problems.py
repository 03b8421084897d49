"""What `kb check` reports: one problem, one line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from kb.sentences import Sentence, template

MAX_PROBLEMS = 50
"""Most problems of one file that are reported: more help nobody."""

_PARTS = {part: Sentence(part) for part in (template("front matter"), template("body"), template("file"))}


@dataclass(frozen=True, order=True)
class Problem:
    """Something in a content file that its author must mend.

    `path` is relative to the content folder, `line` counts from 1, `key` is the front matter key or `body`.
    """

    path: str
    line: int
    key: str
    message: Sentence
    topic: str = ""
    """`personal data`, which a reviewer looks at apart from the rest."""

    def __str__(self) -> str:
        return self.said("en")

    def said(self, lang: str) -> str:
        """The line in a language; path, line and the keys that stand in files are the same in each."""
        return f"{self.path}:{self.line}: {self.place(lang)}: {self.message.said(lang)}"

    def place(self, lang: str) -> str:
        """The key; where the problem is at no key, what part of the file it is in."""
        return _PARTS[self.key].said(lang) if self.key in _PARTS else self.key


def closest(found: str, allowed: Iterable[str]) -> str:
    """The allowed term nearest to what was found, or nothing when none is near."""
    lowered = {term.lower(): term for term in allowed}
    near = difflib.get_close_matches(found.lower(), lowered, n=1, cutoff=0.6)
    return lowered[near[0]] if near else ""


def did_you_mean(found: str, allowed: Iterable[str], meant: str = "") -> Sentence:
    """` Did you mean 'x'?` for `meant`, where that is known, else for the closest allowed term; nothing when none is close."""
    near = meant or closest(found, allowed)
    return Sentence(" Did you mean %(near)r?", near=near) if near else Sentence()
