"""What several documents say: dates, hours, who comes, what a block holds."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from babel.dates import format_date

from kb.learning.agenda import Agenda
from kb.learning.blocks import Block, clock
from kb.learning.documents.tree import Element, Heading, Line, Paragraph, Span, bullets, line, text
from kb.learning.request import words_of
from kb.learning.selection import Chosen
from kb.learning.words import say, state

Links = Callable[[str, str], str]
"""Practice id and language to the web address of its page; empty where no address is known."""

LOCALES = {"en": "en_GB", "es": "es_MX"}


class Writer:
    """An agenda in one language, with what its documents share."""

    def __init__(self, agenda: Agenda, lang: str, links: Links) -> None:
        self.agenda = agenda
        self.request = agenda.request
        self.lang = lang
        self._links = links

    def __call__(self, key: str, **values: str | int) -> str:
        """A phrase in the document's language."""
        return say(key, **values)[self.lang]

    def state(self, code: str) -> str:
        return state(code)[self.lang]

    def date(self, text: str, style: str = "full") -> str:
        """`Tuesday 26 September 2023`."""
        return format_date(datetime.date.fromisoformat(text), style, locale=LOCALES[self.lang])

    def when_and_where(self) -> str:
        """Dates and place in one line."""
        first, last = (datetime.date.fromisoformat(self.request.days[n].date) for n in (0, -1))
        locale = LOCALES[self.lang]
        dates = format_date(last, "long", locale)
        if first != last:
            same_month = first.replace(day=1) == last.replace(day=1)
            dates = f"{first.day if same_month else format_date(first, 'long', locale)}–{dates}"
        return f"{dates} · {words_of(self.request.place)[self.lang]}"

    def hours(self, block: Block) -> str:
        return f"{clock(block.start)}–{clock(block.end)}"

    def of_all(self, block: Block) -> bool:
        """Whether every delegation does the same in a block."""
        same = len({role.does[self.lang] for role in block.roles}) == 1
        return same and len(block.roles) == len(self.request.delegations)

    def room(self, block: Block) -> str:
        return self("room", number=block.room) if block.room else ""

    def practice(self, chosen: Chosen) -> Line:
        """Title, linked to the page where its address is known, and who presents."""
        title = chosen.practice.title[self.lang]
        return line(self.linked(title, chosen), chosen.credit(self.lang))

    def linked(self, words: str, chosen: Chosen) -> Span:
        return Span(words, url=self._links(chosen.practice.id, self.lang))

    def head(self) -> list[Element]:
        """What a document begins with below its own title: the event, when and where."""
        return [text(self.agenda.title[self.lang], "lead"), text(self.when_and_where())]

    def aims(self) -> list[Element]:
        """The change sought, and the objectives where there are any."""
        request = self.request
        found: list[Element] = [Heading(1, self("change")), text(words_of(request.change)[self.lang])]
        if request.objectives:
            found += [Heading(1, self("objectives")), bullets(words_of(one)[self.lang] for one in request.objectives)]
        return found

    def partners(self) -> list[str]:
        """Who comes besides the States, each with its number of people."""
        return [f"{one.named[self.lang]} ({one.people})" for one in self.request.partners]

    def said(self, chosen: Chosen) -> Paragraph:
        """The passage of the page that speaks for a practice, as a quotation."""
        return text(say("quotation", words=chosen.passage)[self.lang], "quote")
