"""What a slip in YAML means for whoever wrote it: the line to look at, and what to do there.

The YAML reader names what it expected and where it gave up, in English and often lines too late. A text that is not closed,
for one, is noticed where the file ends; it must be mended where it opens.
"""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from kb.sentences import Sentence, template

_SPECIAL = template("has a text that begins with %(mark)r, a sign of YAML; put the whole text between double quotes.")
_OPEN = template(
    "opens a %(open)s that is not closed with %(close)s, or misses a comma between its parts; texts with quote marks, "
    "commas or brackets stand whole between double quotes."
)
_EMPTY = template(
    "has an empty place between brackets or commas, or a bracket that is not closed; texts with commas or brackets stand whole "
    "between double quotes."
)
_COLON = template(
    "has one `: ` too many, or is indented below a line that has its text already; a text with `: ` stands between double quotes."
)
_PLACE = template(
    "does not stand in line with its neighbours, or goes on behind a closing quote mark; give it the same indent, and put the "
    "whole text between double quotes."
)
_ANY = template(
    "is not valid YAML; often a text with `: ` or a leading quote mark must stand between double quotes.",
)

# What the reader says, to what we say, and whether the line to mend is where it began instead of where it gave up.
_MEANT: dict[str, tuple[str, bool]] = {
    "found unexpected end of stream": (template("opens a quote mark that is never closed; close it."), True),
    "mapping values are not allowed in this context": (_COLON, False),
    "did not find expected ',' or ']'": (_OPEN, True),
    "did not find expected ',' or '}'": (_OPEN, True),
    "did not find expected node content": (_SPECIAL, True),
    "did not find expected key": (_PLACE, False),
    "did not find expected '-' indicator": (_PLACE, False),
    "could not find expected ':'": (template("has no `: ` between key and text; write `key: text`."), True),
    "found character that cannot start any token": (_SPECIAL, False),
    "did not find expected alphabetic or numeric character": (_SPECIAL, True),
    "did not find expected comment or line break": (_SPECIAL, True),
    "found unknown escape character": (
        template("holds a `\\` between double quotes, where it stands for something else; write it twice."), False,
    ),
    "block sequence entries are not allowed in this context": (
        template("begins a list behind its key; write each `- item` on a line of its own below."), False,
    ),
}  # fmt: skip
_CLOSED = {"[": "]", "{": "}"}


def slip(error: yaml.MarkedYAMLError, written: Sequence[str]) -> tuple[int, Sentence]:
    """The line, from 0, and what is wrong there.

    Args:
        error: what the YAML reader raised.
        written: the lines that it read.
    """
    words, at_its_begin = _MEANT.get(str(error.problem), (_ANY, False))
    if words is _SPECIAL and error.context == "while parsing a flow node":
        words = _EMPTY
    marks = (error.context_mark, error.problem_mark) if at_its_begin else (error.problem_mark, error.context_mark)
    mark = marks[0] or marks[1]
    line = min(mark.line if mark else 0, len(written) - 1)
    sign = written[line][mark.column : mark.column + 1] if mark else ""
    if "\t" in written[line]:
        return line, Sentence("holds a tab, which YAML does not take; put spaces in its place.")
    if words is _SPECIAL:
        return line, Sentence(_SPECIAL, mark=sign)
    if words is _OPEN:
        return line, Sentence(_OPEN, open=f"`{sign}`", close=f"`{_CLOSED.get(sign, sign)}`")
    return line, Sentence(words)
