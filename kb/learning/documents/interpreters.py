"""The interpreters' page of the run-of-show: their hours, where they work away from the booth, titles and acronyms."""

from __future__ import annotations

import re
from collections import defaultdict

from kb.content.glossary import tooltips
from kb.content.vocabulary import vocabulary
from kb.learning.blocks import Block
from kb.learning.documents.parts import Writer
from kb.learning.documents.tree import Element, Heading, Line, Table, cell, text
from kb.learning.timetable import NOON

Row = tuple[tuple[Line, ...], ...]

_AT_TABLES = ("world-cafe", "gallery-walk", "adaptation", "clinic", "troika", "open-space")
_AWAY = {"field-visit": "at-visit", **dict.fromkeys(_AT_TABLES, "at-tables")}
"""Methods that are not interpreted from the booth, and how they are."""


def for_interpreters(write: Writer) -> list[Element]:
    """Who speaks what, minutes of each half day, sessions away from the booth, titles in both languages, acronyms."""
    agenda = write.agenda
    found: list[Element] = [Heading(1, write("for-interpreters")), text(write("interpreters-note"))]
    found += [text(said) for said in _languages(write)]
    days = range(1, len(agenda.request.days) + 1)
    hours = (_half_day(write, number, half) for number in days for half in ("am", "pm"))
    found.append(_table(write, ("half-day", "interpreted-minutes", "longest-run"), [row for row in hours if row]))
    away = [_away(write, block) for block in agenda.blocks if block.interpreted and block.method.id in _AWAY]
    if away:
        found += [Heading(2, write("outside-the-booth")), _table(write, ("time", "session", "how-interpreted"), away)]
    titles = tuple(
        (cell(one.practice.title["en"]), cell(one.practice.title["es"])) for one in agenda.practices.values()
    )
    found.append(Heading(2, write("titles-in-both")))
    found.append(Table(("English", "Español"), titles, (0.5, 0.5)))
    terms = _acronyms(write)
    if terms:
        found.append(Heading(2, write("acronyms")))
        found.append(Table(("", "English", "Español"), tuple(terms), (0.16, 0.42, 0.42)))
    return found


def _table(write: Writer, header: tuple[str, str, str], rows: list[Row]) -> Table:
    return Table(tuple(write(key) for key in header), tuple(rows), (0.34, 0.33, 0.33))


def _languages(write: Writer) -> list[str]:
    """Which delegations speak a language, where the request says so."""
    speaking: dict[str, list[str]] = defaultdict(list)
    for one in write.request.delegations:
        if one.language:
            speaking[one.language].append(write.state(one.state))
    labels = {lang: vocabulary().label("languages", lang, write.lang) for lang in speaking}
    # Spanish writes languages in small letters.
    names = {lang: label.lower() if write.lang == "es" else label for lang, label in labels.items()}
    return [write("speak", language=names[lang], states=", ".join(states)) for lang, states in sorted(speaking.items())]


def _away(write: Writer, block: Block) -> Row:
    when = f"{write('day', number=block.day)}, {write.hours(block)}"
    return cell(when), cell(block.title[write.lang]), cell(write(_AWAY[block.method.id]))


def _half_day(write: Writer, number: int, half: str) -> Row | None:
    blocks = write.agenda.of_day(number)
    noon = next((block.start for block in blocks if block.method.id == "lunch"), NOON)
    low, high = (0, noon) if half == "am" else (noon, 24 * 60)
    own = [block for block in blocks if block.interpreted and low <= block.start < high]
    total = sum(block.minutes for block in own)
    longest = run = 0
    end = -1
    for block in own:
        run = run + block.minutes if block.start == end else block.minutes
        longest, end = max(longest, run), block.end
    name = f"{write('day', number=number)}, {write('morning' if half == 'am' else 'afternoon')}"
    return (cell(name), cell(str(total)), cell(str(longest))) if total else None


def _acronyms(write: Writer) -> list[Row]:
    """Acronyms of the glossary that stand in what the pages say of these practices; those of one meaning together."""
    said = " ".join(
        f"{one.practice.title[lang]} {one.practice.summary[lang]} {one.passage[lang]}"
        for one in write.agenda.practices.values()
        for lang in ("en", "es")
    )
    words = set(re.findall(r"\w+", said))
    english, spanish = tooltips("en"), tooltips("es")
    meaning: dict[tuple[str, str], list[str]] = defaultdict(list)
    for short in sorted(words & set(english) & set(spanish)):
        meaning[english[short], spanish[short]].append(short)
    return [(cell(" / ".join(shorts)), cell(en), cell(es)) for (en, es), shorts in meaning.items()]
