"""What the front page and the list of all practices pick out and put in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.content.letters import alphabetical
from kb.content.model import Entry
from kb.content.vocabulary import vocabulary
from kb.site.views import EntryView

PICKED = 5


def newest(practices: Sequence[Entry]) -> list[Entry]:
    """Practices that began last."""
    began = [entry for entry in practices if entry.facts.period.start]
    return sorted(began, key=lambda entry: (entry.facts.period.start or "", entry.id), reverse=True)[:PICKED]


def reviewed(practices: Sequence[Entry]) -> list[Entry]:
    """Practices that editors looked at last; of one day, those with the most recent source. None that is newest."""
    shown = {entry.id for entry in newest(practices)}
    others = [entry for entry in practices if entry.id not in shown]
    return sorted(others, key=lambda entry: (entry.facts.last_reviewed, _last_source(entry), entry.id), reverse=True)[
        :PICKED
    ]


def _last_source(entry: Entry) -> str:
    return max(source.date or "" for source in entry.facts.sources)


@dataclass(frozen=True)
class Place:
    """Practices of one State, or of several: `code` is the folder that they stand in (`sv`, `regional`)."""

    code: str
    label: str
    practices: tuple[EntryView, ...]


def by_place(practices: Sequence[EntryView], lang: str) -> list[Place]:
    """All practices by where they stand: the States of the framework, what spans several States, then the others."""

    def order(place: Place) -> tuple[int, tuple[str, str]]:
        state = vocabulary()["countries"].get(place.code.upper())
        return (1 if state is None else 0 if state.mirps else 2, alphabetical(place.label))

    found: dict[str, list[EntryView]] = {}
    for it in practices:
        found.setdefault(it.entry.folder, []).append(it)
    places = [Place(code, _place_label(code, lang), tuple(entries)) for code, entries in found.items()]
    return sorted(places, key=order)


def _place_label(code: str, lang: str) -> str:
    facet, term = ("regions", code) if code in vocabulary()["regions"] else ("countries", code.upper())
    return vocabulary().label(facet, term, lang)
