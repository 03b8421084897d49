"""The facilitators' run-of-show: every block step by step, with its people, materials, questions and interpreters."""

from __future__ import annotations

from kb.content.glossary import tooltips
from kb.learning.blocks import Block
from kb.learning.documents.parts import Writer
from kb.learning.documents.tree import (
    Bullets,
    Element,
    Heading,
    Line,
    Paragraph,
    Span,
    Table,
    Written,
    bullets,
    cell,
    line,
    text,
)
from kb.learning.timetable import NOON


def run_of_show(write: Writer) -> Written:
    """Notes for the organisers, each block with its steps, then a page for the interpreters."""
    agenda, lang = write.agenda, write.lang
    found: list[Element] = write.head()
    if agenda.notes or agenda.left:
        found.append(Heading(1, write("before-the-event")))
        found.append(bullets(note[lang] for note in agenda.notes))
    if agenda.left:
        found.append(text(write("left-out")))
        found.append(bullets(f"{one.practice.title[lang]}: {one.reason[lang]}" for one in agenda.left))
    for number, day in enumerate(agenda.request.days, start=1):
        found.append(Heading(1, f"{write('day', number=number)} · {write.date(day.date)}"))
        for block in agenda.of_day(number):
            found += _block(write, block)
    if write.request.bilingual:
        found += _for_interpreters(write)
    return Written(write("run-of-show"), lang, tuple(found))


def _block(write: Writer, block: Block) -> list[Element]:
    lang, method = write.lang, block.method
    room = f" · {write.room(block)}" if block.room else ""
    heading = Heading(2, f"{write.hours(block)}  {block.title[lang]}{room}")
    if block.is_pause:
        return [heading]
    known = write("minutes", minutes=block.minutes)
    interpreted = write("interpreted" if block.interpreted else "not-interpreted") if write.request.bilingual else ""
    found: list[Element] = [heading, text(" · ".join(part for part in (known, interpreted, block.id) if part), "small")]
    if method.aim:
        found.append(Paragraph(line(Span(f"{write('aim')}: ", bold=True), f"{method.aim[lang]}.")))
    if method.materials:
        found.append(Paragraph(line(Span(f"{write('materials')}: ", bold=True), f"{method.materials[lang]}.")))
    found += [Bullets(tuple(line(step[lang]) for step in method.steps), numbered=True)] if method.steps else []
    roles = [role for role in block.roles if role.kind not in ("presents", "needs")]  # said by the list and the steps
    if roles:
        found.append(bullets(f"{role.who[lang]}: {role.does[lang]}." for role in roles))
    for name in block.practices:
        found += _questions(write, name)
    if method.source:
        found.append(
            Paragraph(line(f"{write('method-source')}: ", Span(method.source.title, url=method.source.url)), "small")
        )
    return found


def _questions(write: Writer, name: str) -> list[Element]:
    chosen = write.agenda.practices[name]
    return [
        Paragraph((*write.practice(chosen), *line(f". {chosen.reason[write.lang]}"))),
        bullets(question[write.lang] for question in write.agenda.questions[name]),
    ]


def _for_interpreters(write: Writer) -> list[Element]:
    """Their hours, titles in both languages, and acronyms that will be said."""
    agenda = write.agenda
    found: list[Element] = [Heading(1, write("for-interpreters")), text(write("interpreters-note"))]
    rows = [
        _half_day(write, number, half) for number in range(1, len(agenda.request.days) + 1) for half in ("am", "pm")
    ]
    header = (write("half-day"), write("interpreted-minutes"), write("longest-run"))
    found.append(Table(header, tuple(row for row in rows if row), (0.4, 0.3, 0.3)))
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


def _half_day(write: Writer, number: int, half: str) -> tuple[tuple[Line, ...], ...]:
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
    return (cell(name), cell(str(total)), cell(str(longest))) if total else ()


def _acronyms(write: Writer) -> list[tuple[tuple[Line, ...], ...]]:
    """Acronyms of the glossary that stand in what the pages say of these practices."""
    said = " ".join(
        f"{one.practice.title[lang]} {one.practice.summary[lang]} {one.passage[lang]}"
        for one in write.agenda.practices.values()
        for lang in ("en", "es")
    )
    words = set(said.replace("(", " ").replace(")", " ").replace(",", " ").replace(".", " ").split())
    english, spanish = tooltips("en"), tooltips("es")
    return [
        (cell(short), cell(english[short]), cell(spanish[short]))
        for short in sorted(words & set(english) & set(spanish))
    ]
