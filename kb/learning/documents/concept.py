"""The concept note: why, who, how, and what is expected; what goes to the ministries with the invitation."""

from __future__ import annotations

from kb.learning.blocks import Block
from kb.learning.documents.parts import Writer
from kb.learning.documents.tree import Bullets, Element, Heading, Table, Written, bullets, cell, line, text
from kb.learning.methods import Method
from kb.learning.request import names_of, words_of


def concept_note(write: Writer) -> Written:
    """Objectives, participants, how it works, practices with the reason for each, expected results."""
    agenda, request, lang = write.agenda, write.agenda.request, write.lang
    found: list[Element] = write.head()
    found += write.aims()
    found += [
        Heading(1, write("participants")),
        text(write("participants-note", people=request.people)),
        _delegations(write),
    ]
    if request.partners:
        found.append(text(f"{write('partners')}: {', '.join(write.partners())}."))
    found += [
        Heading(1, write("how-it-works")),
        text(write("how-note", days=len(request.days), host=write.state(request.host))),
    ]
    found.append(bullets(f"{method.name[lang]}: {method.aim[lang]}." for method in _methods(agenda.blocks)))
    if request.bilingual:
        found.append(text(write("languages-note")))
    if agenda.practices:
        found.append(Heading(1, write("practices")))
        found.append(
            Bullets(tuple((*write.practice(one), *line(f": {one.reason[lang]}")) for one in agenda.practices.values()))
        )
    found += [Heading(1, write("expected")), bullets(_expected(write))]
    return Written(write("concept-note"), lang, tuple(found))


def _delegations(write: Writer) -> Table:
    rows = tuple(
        (cell(write.state(one.state)), cell(str(one.people)), cell(words_of(one.comes_for)[write.lang] or "—"))
        for one in write.request.delegations
    )
    return Table((write("delegation"), write("people"), write("comes-for")), rows, (0.22, 0.14, 0.64))


def _methods(blocks: tuple[Block, ...]) -> list[Method]:
    """Methods of the event in the order in which they come, pauses and frames left out."""
    frames = ("opening", "recap", "day-close", "closing", "session")
    used = {block.method.id: block.method for block in blocks if not block.is_pause and block.method.id not in frames}
    return list(used.values())


def _expected(write: Writer) -> list[str]:
    found = [write("expected-plan"), write("expected-follow-up")]
    if write.request.draft_pledge:
        found.append(write("expected-pledge"))
    if write.request.follow_up:
        found.append(f"{write('follow-up-by')}: {names_of(write.request.follow_up)[write.lang]}.")
    return found
