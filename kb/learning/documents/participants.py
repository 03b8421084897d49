"""The participants' agenda: when, what, which practices, why these."""

from __future__ import annotations

from kb.learning.blocks import Block
from kb.learning.documents.parts import Writer
from kb.learning.documents.tree import (
    Element,
    Heading,
    Line,
    Paragraph,
    Span,
    Table,
    Written,
    cell,
    line,
    text,
)
from kb.learning.words import listed, say


def participants_agenda(write: Writer) -> Written:
    """Objectives, a table a day, and a paragraph on each practice."""
    agenda, lang = write.agenda, write.lang
    found: list[Element] = [text(write.when_and_where(), "lead")]
    found += write.aims()
    for number, day in enumerate(agenda.request.days, start=1):
        found += [Heading(1, f"{write('day', number=number)} · {write.date(day.date)}"), _day(write, number)]
    if write.request.bilingual:
        found.append(text(write(f"interpreted-{write.request.interpretation.mode}"), "small"))
        found += _without_interpretation(write)
    if agenda.practices:
        found.append(Heading(1, write("practices")))
    for chosen in agenda.practices.values():
        found.append(Heading(2, chosen.practice.title[lang]))
        found.append(text(f"{write('presenter')}: {chosen.presenter.name[lang]}. {chosen.reason[lang]}"))
        found.append(write.said(chosen))
        found.append(
            Paragraph(line(write.linked(write("page-of", title=chosen.practice.title[lang]), chosen)), "small")
        )
    return Written(agenda.title[lang], lang, tuple(found))


def _without_interpretation(write: Writer) -> list[Element]:
    blocks = (block for block in write.agenda.blocks if not block.is_pause and not block.interpreted)
    names = list({block.method.id: block.method.name for block in blocks}.values())
    return [text(say("without-interpretation", sessions=listed(names))[write.lang], "small")] if names else []


def _day(write: Writer, number: int) -> Table:
    rows = tuple(
        (cell(write.hours(block)), tuple(_what(write, block)), tuple(_who(write, block)))
        for block in write.agenda.of_day(number)
    )
    return Table((write("time"), write("session"), write("who")), rows, (0.17, 0.52, 0.31), stacks=True)


def _what(write: Writer, block: Block) -> list[Line]:
    lang = write.lang
    room = f" · {write.room(block)}" if block.room else ""
    if block.is_pause:
        return [line(block.title[lang])]
    found = [line(Span(block.title[lang] + room, bold=True))]
    if block.place:
        found.append(line(block.place[lang]))
    if block.method.aim:
        found.append(line(f"{block.method.aim[lang]}."))
    if block.method.id != "field-visit":
        found += [line("• ", *write.practice(write.agenda.practices[name])) for name in block.practices]
    return found


def _who(write: Writer, block: Block) -> list[Line]:
    """Who does something in the block; what every delegation does is said once."""
    if (
        block.roles
        and len(block.roles) == len(write.request.delegations)
        and len({one.kind for one in block.roles}) == 1
    ):
        return [line(write("all-delegations"))]
    shown: dict[str, list[str]] = {}
    for role in block.roles:
        shown.setdefault(role.kind, []).append(role.who[write.lang])
    return [line(f"{write(f'short-{kind}')}: {', '.join(dict.fromkeys(who))}") for kind, who in shown.items()]
