"""An agenda as a calendar (iCalendar, RFC 5545) that Outlook, Google and Thunderbird accept.

Start and end stand in UTC, so that no program can misread the hour; the event's time zone is described beside them
(VTIMEZONE, X-WR-TIMEZONE). A block keeps its UID when the agenda is made again, and a later revision of the request has a higher
SEQUENCE and DTSTAMP (RFC 5546), so that a second import moves what the first brought.
"""

from __future__ import annotations

import datetime

from icalendar import Calendar, Event, Timezone, vText

from kb.learning.agenda import Agenda
from kb.learning.as_data import calendar_name
from kb.learning.blocks import Block
from kb.learning.documents.parts import Links
from kb.learning.request import words_of

PRODUCT = "-//Good practices knowledge base//Agenda//"
_STAMP = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
"""Stands for the time of writing, which would make two equal calendars differ; each revision is a minute later."""


def calendar(agenda: Agenda, lang: str, links: Links) -> bytes:
    """The bytes of an `.ics` file: one event a block, transfers and pauses included."""
    found = Calendar()
    found.add("prodid", f"{PRODUCT}{lang.upper()}")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", agenda.title[lang])
    found.add("x-wr-timezone", agenda.request.time_zone)
    first = datetime.date.fromisoformat(agenda.request.days[0].date)
    found.add_component(
        Timezone.from_tzid(
            agenda.request.time_zone,
            first_date=first.replace(month=1, day=1),
            last_date=first.replace(month=12, day=31),
        )
    )
    for block in agenda.blocks:
        found.add_component(_event(agenda, block, lang, links))
    return bytes(found.to_ical())


def _event(agenda: Agenda, block: Block, lang: str, links: Links) -> Event:
    event = Event()
    event.add("uid", f"{block.id}-{calendar_name(agenda)}@good-practices")
    event.add("dtstamp", _STAMP + datetime.timedelta(minutes=agenda.request.revision))
    event.add("sequence", agenda.request.revision)
    event.add("dtstart", agenda.moment(block.day, block.start).astimezone(datetime.UTC))
    event.add("dtend", agenda.moment(block.day, block.end).astimezone(datetime.UTC))
    event.add("summary", block.title[lang])
    event.add("location", (block.place or words_of(agenda.request.place))[lang])
    event.add("description", _description(agenda, block, lang, links))
    event.add("transp", "TRANSPARENT" if block.is_pause else "OPAQUE")
    event.add("categories", [vText(block.method.name[lang])])
    return event


def _description(agenda: Agenda, block: Block, lang: str, links: Links) -> str:
    lines = [f"{block.method.aim[lang]}."] if block.method.aim and not block.is_pause else []
    for name in block.practices:
        chosen = agenda.practices[name]
        lines.append(f"- {chosen.practice.title[lang]}{chosen.credit(lang)} {links(name, lang)}".strip())
    return "\n".join(lines)
