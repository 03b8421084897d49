"""The facilitators' run-of-show: every block step by step, with its people, materials, questions and interpreters."""

from __future__ import annotations

from kb.learning.blocks import Block
from kb.learning.documents.interpreters import for_interpreters
from kb.learning.documents.parts import Writer
from kb.learning.documents.tree import (
    Bullets,
    Element,
    Heading,
    Paragraph,
    Span,
    Written,
    bullets,
    line,
    text,
)


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
        found += for_interpreters(write)
    return Written(write("run-of-show"), lang, tuple(found))


def _block(write: Writer, block: Block) -> list[Element]:
    lang, method = write.lang, block.method
    room = f" · {write.room(block)}" if block.room else ""
    heading = Heading(2, f"{write.hours(block)}  {block.title[lang]}{room}")
    if block.is_pause:
        return [heading]
    known = write("minutes", minutes=block.minutes)
    interpreted = write("interpreted" if block.interpreted else "not-interpreted") if write.request.bilingual else ""
    found: list[Element] = [
        heading,
        text(" · ".join(part for part in (known, interpreted) if part), "small"),
    ]
    if method.aim:
        found.append(Paragraph(line(Span(f"{write('aim')}: ", bold=True), f"{method.aim[lang]}.")))
    if method.materials:
        found.append(Paragraph(line(Span(f"{write('materials')}: ", bold=True), f"{method.materials[lang]}.")))
    found += [Bullets(tuple(line(step[lang]) for step in method.steps), numbered=True)] if method.steps else []
    roles = [role for role in block.roles if role.kind != "presents"]  # the list of practices says it
    if roles and not write.of_all(block):  # the steps say it
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
