"""Acronyms in a text get their meaning as a tooltip, the first time they stand there."""

from __future__ import annotations

import html
import re
from functools import cache

from kb.content.glossary import tooltips

_TAG = re.compile(r"(<[^>]+>)")
_CLOSED_TO_TOOLTIPS = ("a", "code", "pre", "sup", "abbr")


@cache
def _pattern(lang: str) -> re.Pattern[str]:
    longest_first = sorted(map(re.escape, tooltips(lang)), key=len, reverse=True)
    return re.compile(r"(?<![\w&])(" + "|".join(longest_first) + r")(?!\w)")


def with_tooltips(safe: str, lang: str) -> str:
    """Safe HTML with `<abbr title>` around the first of each acronym that stands outside links and code."""
    remaining = dict(tooltips(lang))
    pattern = _pattern(lang)
    closed = 0

    def explained(found: re.Match[str]) -> str:
        meaning = remaining.pop(found.group(), "")
        return f'<abbr title="{html.escape(meaning)}">{found.group()}</abbr>' if meaning else found.group()

    parts = []
    for part in _TAG.split(safe):
        if part.startswith("<"):
            name = re.match(r"</?(\w+)", part)
            if name and name.group(1) in _CLOSED_TO_TOOLTIPS:
                closed += -1 if part.startswith("</") else 1
        parts.append(part if closed or part.startswith("<") else pattern.sub(explained, part))
    return "".join(parts)
