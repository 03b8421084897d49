"""What is filled in at the event and after it: the evaluation form and the skeleton of the outcome document."""

from __future__ import annotations

import calendar
import datetime

from kb.learning.documents.parts import Writer
from kb.learning.documents.tree import Bullets, Element, Heading, Table, Written, bullets, cell, line, text
from kb.learning.request import names_of, words_of

_BOX = "☐"
_SCALE = 5
_FRAMES = ("opening", "recap", "day-close", "closing")
"""Sessions that nobody is asked to rate."""
_ROWS = 3
"""Empty lines of a table to be filled in."""


def evaluation_form(write: Writer) -> Written:
    """Anonymous; one page of ratings, one of words."""
    lang = write.lang
    found: list[Element] = write.head()
    found.append(text(write("evaluation-note")))
    boxes = tuple(cell(_BOX) for _ in range(_SCALE))
    header = ("", *(str(number) for number in range(1, _SCALE + 1)))
    widths = (0.65, *(0.07 for _ in range(_SCALE)))
    general = tuple((cell(write(f"evaluate-{number}")), *boxes) for number in range(1, 6))
    found += [Heading(1, write("evaluate-general")), Table(header, general, widths)]
    rated = [block for block in write.agenda.blocks if not block.is_pause and block.method.id not in _FRAMES]
    sessions = tuple(
        (cell(f"{write('day', number=block.day)}, {write.hours(block)}: {block.title[lang]}"), *boxes)
        for block in rated
    )
    found += [Heading(1, write("evaluate-sessions")), Table(header, sessions, widths)]
    found.append(Heading(1, write("evaluate-words")))
    for number in range(1, 5):
        found += [text(write(f"evaluate-open-{number}")), Table(("",), ((cell("", ""),),), (1.0,))]
    return Written(write("evaluation-form"), lang, tuple(found))


def outcome_document(write: Writer) -> Written:
    """To be completed: what was heard, next steps of each State, follow-up, and a pledge if one was asked for."""
    agenda, request, lang = write.agenda, write.agenda.request, write.lang
    found: list[Element] = write.head()
    found.append(text(write("outcome-note"), "small"))
    found += [
        Heading(1, write("participants")),
        bullets([*(f"{write.state(one.state)} ({one.people})" for one in request.delegations), *write.partners()]),
    ]
    found.append(Heading(1, write("what-we-heard")))
    for one in agenda.practices.values():
        found.append(Heading(2, one.practice.title[lang]))
        found.append(Table((write("learnt"), write("doubts")), ((cell("", ""), cell("", "")),), (0.5, 0.5)))
    found += _exchanged(write)
    found += [Heading(1, write("next-steps")), text(write("next-steps-note"))]
    for delegation in request.delegations:
        found.append(Heading(2, write.state(delegation.state)))
        if delegation.comes_for:
            found.append(text(f"{write('came-for')}: {words_of(delegation.comes_for)[lang]}", "small"))
        found.append(_steps(write))
    found += [Heading(1, write("follow-up")), _follow_up(write)]
    if request.draft_pledge:
        found += _pledge(write)
    return Written(write("outcome-document"), lang, tuple(found))


def _exchanged(write: Writer) -> list[Element]:
    """Tables for what exchanges bring that the outcome document keeps."""
    kept = {"support-round": ("request", "offered-by", "by-when"), "open-space": ("topic", "in-three-lines")}
    held = {block.method.id: block.method for block in write.agenda.blocks if block.method.id in kept}
    found: list[Element] = []
    for name, method in held.items():
        header = tuple(write(key) for key in kept[name])
        rows = tuple(tuple(cell("", "") for _ in header) for _ in range(_ROWS))
        found += [Heading(1, method.name[write.lang]), Table(header, rows, tuple(1 / len(header) for _ in header))]
    return found


def _steps(write: Writer) -> Table:
    header = (write("step"), write("who-does"), write("by-when"), write("support"), write("from-whom"))
    return Table(
        header, tuple(tuple(cell("", "") for _ in header) for _ in range(_ROWS)), (0.34, 0.18, 0.14, 0.19, 0.15)
    )


def _follow_up(write: Writer) -> Table:
    last = datetime.date.fromisoformat(write.request.days[-1].date)
    by = names_of(write.request.follow_up)[write.lang]
    rows = tuple(
        (
            cell(write("after-months", months=months)),
            cell(write.date(months_later(last, months).isoformat(), "long")),
            cell(by),
        )
        for months in (3, 6)
    )
    return Table((write("follow-up"), write("date"), write("who-calls")), rows, (0.34, 0.3, 0.36))


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def _pledge(write: Writer) -> list[Element]:
    change = words_of(write.request.change)[write.lang]
    states = ", ".join(write.state(one.state) for one in write.request.delegations)
    items = tuple(line(write(f"pledge-{number}", change=change, states=states)) for number in range(1, 6))
    return [Heading(1, write("pledge-title")), text(write("pledge-note"), "small"), Bullets(items, numbered=True)]
