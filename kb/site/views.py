"""What templates show of an entry: facts of the original beside words of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.content.letters import alphabetical
from kb.content.model import Entry, Event, Figure, Milestone, Page, Practice, Source, Statement
from kb.site.urls import Urls


@dataclass(frozen=True)
class Labelled:
    """A figure, milestone or statement with its label in the reader's language."""

    label: str
    fact: Figure | Milestone | Statement


@dataclass(frozen=True)
class EntryView:
    """An entry as one language's page shows it."""

    entry: Entry
    page: Page
    urls: Urls

    @property
    def url(self) -> str:
        return self.urls.page(self.entry.kind, self.entry.id)

    @property
    def translated(self) -> bool:
        """Whether the words are in the reader's language."""
        return self.page.lang == self.urls.lang

    def words(self, key: str) -> tuple[str, ...]:
        return self.page.words.get(key, ())

    def labelled(self, key: str) -> list[Labelled]:
        facts: Sequence[Figure | Milestone | Statement] = getattr(self.entry.facts, key, ())
        return [Labelled(label, fact) for label, fact in zip(self.words(key), facts, strict=True)]

    def source(self, number: int) -> Source | None:
        """The source of a figure. None where it names one that is not there: `kb check` says so, the page is published."""
        return next((source for source in self.entry.facts.sources if source.n == number), None)

    @property
    def timeline(self) -> list[Labelled]:
        return sorted(self.labelled("milestones"), key=lambda one: getattr(one.fact, "date", ""))

    @property
    def is_snapshot(self) -> bool:
        return isinstance(self.entry.facts, Practice) and self.entry.facts.tier == "snapshot"


def view(entry: Entry, urls: Urls) -> EntryView:
    """The entry's page in the language of `urls`, or its original where there is no translation."""
    return EntryView(entry, entry.page(urls.lang), urls)


def views(entries: Iterable[Entry], urls: Urls) -> list[EntryView]:
    """Views in the order of their titles."""
    return sorted((view(entry, urls) for entry in entries), key=lambda one: alphabetical(one.page.title))


def latest_first(events: Iterable[Entry], urls: Urls) -> list[EntryView]:
    """Views of events, those held last first; of one day in the order of their titles."""
    return sorted(views(events, urls), key=_held, reverse=True)


def _held(event: EntryView) -> str:
    return event.entry.facts.dates.start if isinstance(event.entry.facts, Event) else ""
