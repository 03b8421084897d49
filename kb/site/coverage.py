"""What we know and what we don't: counts over the whole content, for `kb report content` and for the site."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass

from kb.content.library import Library
from kb.content.model import Practice
from kb.content.sections import EDITORIAL, HEADINGS, LANGUAGES, UNDOCUMENTED
from kb.content.vocabulary import vocabulary

_NO_RESULTS = "described"
"""The level of evidence whose figures, where there are any, are of something else than results."""


@dataclass(frozen=True)
class Coverage:
    """Counts of practices.

    Attributes:
        by_state_and_theme: MIRPS State to theme to number; zeros are gaps.
        elsewhere: number of practices per theme outside the MIRPS States.
        languages: number of practices with a page in each language.
        unchecked: translations that no person has checked.
        evidence: number per level of evidence, in the vocabulary's order.
        undocumented: section key to number of practices whose sources say nothing of it: what editors think does not count.
        without_results, without_costs: practices that no source gives such figures for.
        other_figures: practices among `without_results` that give figures all the same, of the need or of what was planned.
        overdue: ids of entries past their review date.
    """

    practices: int
    by_state_and_theme: dict[str, dict[str, int]]
    elsewhere: dict[str, int]
    languages: dict[str, int]
    unchecked: int
    evidence: dict[str, int]
    undocumented: dict[str, int]
    without_results: int
    other_figures: int
    without_costs: int
    overdue: list[str]

    @property
    def described(self) -> int:
        """Practices at the level that has no figures of results."""
        return self.evidence.get(_NO_RESULTS, 0)


def coverage(library: Library, today: datetime.date | None = None) -> Coverage:
    """Counts what the library knows. `today` decides what is past its review date."""
    practices = library.practices
    states = vocabulary().mirps_states()
    themes = list(vocabulary()["themes"])
    now = today or datetime.datetime.now(datetime.UTC).date()
    pages = [page for entry in library.entries.values() for page in entry.pages.values()]
    pairs = Counter((code, theme) for p in practices for code in p.facts.countries for theme in p.facts.themes)
    abroad = Counter(theme for p in practices if not set(states) & set(p.facts.countries) for theme in p.facts.themes)
    levels = Counter(p.facts.evidence for p in practices if isinstance(p.facts, Practice))
    without_results = [p for p in practices if not p.facts.results or getattr(p.facts, "evidence", "") == _NO_RESULTS]
    return Coverage(
        practices=len(practices),
        by_state_and_theme={state: {theme: pairs[state, theme] for theme in themes} for state in states},
        elsewhere={theme: abroad[theme] for theme in themes},
        languages={lang: sum(lang in p.pages for p in practices) for lang in LANGUAGES},
        unchecked=sum(page.translation == "machine-assisted" for page in pages),
        evidence={level: levels[level] for level in vocabulary()["evidence"] if levels[level]},
        undocumented=_undocumented(library),
        without_results=len(without_results),
        other_figures=sum(bool(p.facts.results) for p in without_results),
        without_costs=sum(not getattr(p.facts, "costs", ()) for p in practices),
        overdue=[entry.id for entry in library.entries.values() if entry.is_overdue(now)],
    )


def _undocumented(library: Library) -> dict[str, int]:
    found = dict.fromkeys((key for key, _ in HEADINGS["practice"]), 0)
    for entry in library.practices:
        page = entry.original
        nothing_said = (UNDOCUMENTED[page.lang], EDITORIAL[page.lang])
        for section in page.sections:
            if section.blocks and all(block.text.startswith(nothing_said) for block in section.blocks):
                found[section.key] += 1
    return found


def coverage_as_text(counted: Coverage) -> str:
    """The table that `kb report content` prints."""
    states = list(counted.by_state_and_theme)
    lines = [f"{'theme':<26}" + "".join(f"{state:>5}" for state in states) + "  elsewhere"]
    for theme, elsewhere in counted.elsewhere.items():
        cells = "".join(f"{counted.by_state_and_theme[state][theme] or '·':>5}" for state in states)
        lines.append(f"{theme:<26}{cells}{elsewhere or '·':>11}")
    evidence = ", ".join(f"{level} {count}" for level, count in counted.evidence.items())
    undocumented = ", ".join(f"{key} {count}" for key, count in counted.undocumented.items())
    languages = ", ".join(f"{lang} {count}" for lang, count in counted.languages.items())
    return "\n".join(
        [
            *lines,
            "",
            f"practices: {counted.practices} ({languages})",
            f"evidence: {evidence}",
            f"nothing documented under: {undocumented}",
            f"without any figure on results: {counted.without_results}; on costs: {counted.without_costs}",
            f"translations that no person has checked: {counted.unchecked}",
            f"past their review date: {', '.join(counted.overdue) or 'none'}",
        ]
    )
