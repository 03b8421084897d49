"""Everything of the site that programs read: feeds, site map, OpenSearch, open data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from kb.content.library import Library
from kb.content.sections import LANGUAGES
from kb.content.vocabulary import vocabulary
from kb.sentences import translations
from kb.site import feeds, opendata
from kb.site.urls import Urls
from kb.site.views import EntryView, views

FEED_FACETS = {"country": "countries", "theme": "themes"}
"""Kinds of browsing page that have feeds, to the vocabulary's facet."""


@dataclass(frozen=True)
class MachineFile:
    """A file to be made: its address, what it shows, and how it is made."""

    address: str
    values: Mapping[str, object]
    render: Callable[[], bytes]


def machine_files(library: Library, urls: Urls, browse: Mapping[str, Mapping[str, int]]) -> Iterator[MachineFile]:
    """Files in one language.

    Args:
        library: the content.
        urls: addresses of the language.
        browse: for each kind of browsing page the terms that have one.
    """
    entries = {kind: views(library.of_kind(kind), urls) for kind in opendata.KINDS}
    yield MachineFile(urls.opensearch(), {}, partial(feeds.opensearch, urls))
    yield from _feeds(entries["practice"], urls, browse)
    yield from _downloads(entries, urls)


def _feeds(
    practices: Sequence[EntryView], urls: Urls, browse: Mapping[str, Mapping[str, int]]
) -> Iterator[MachineFile]:
    _ = translations(urls.lang).gettext

    def made(title: str, address: str, page: str, listed: Sequence[EntryView]) -> MachineFile:
        shown = {"entries": listed}
        return MachineFile(address, shown, partial(feeds.feed, title, address, page, urls, listed))

    yield made(_("All practices"), urls.feed(), urls.section("practice"), practices)
    for kind, facet in FEED_FACETS.items():
        for term in browse[kind]:
            listed = [it for it in practices if term in getattr(it.entry.facts, facet)]
            title = vocabulary().label(facet, term, urls.lang)
            yield made(title, urls.feed(kind, term), urls.page(kind, term), listed)


def _downloads(entries: Mapping[str, Sequence[EntryView]], urls: Urls) -> Iterator[MachineFile]:
    lang = urls.lang
    for kind, listed in entries.items():
        yield from _formats(kind, listed, urls)
    practices = entries["practice"]
    figures = {"whole": practices}
    yield MachineFile(urls.download("figures", "csv"), figures, partial(opendata.figures_as_csv, practices, lang))


def _formats(kind: str, listed: Sequence[EntryView], urls: Urls) -> Iterator[MachineFile]:
    """One kind in each format, from records that are made once and only where a file must be written."""

    @cache
    def records() -> list[opendata.Record]:
        return [opendata.record(it) for it in listed]

    shown = {"whole": listed}
    yield MachineFile(urls.download(kind, "json"), shown, lambda: opendata.as_json(records(), urls.lang))
    yield MachineFile(urls.download(kind, "ndjson"), shown, lambda: opendata.as_ndjson(records()))
    yield MachineFile(urls.download(kind, "csv"), shown, lambda: opendata.as_csv(records(), urls.lang))


def root_files(pages: Sequence[tuple[str, Mapping[str, str], str]], base: str, origin: str) -> Iterator[MachineFile]:
    """The site map and what robots read, once for the whole site. `pages` as `feeds.sitemap` takes them."""
    urls = Urls(LANGUAGES[0], base, origin)
    shown = {"pages": pages}
    yield MachineFile(f"{base}sitemap.xml", shown, partial(feeds.sitemap, pages, urls))
    yield MachineFile(f"{base}robots.txt", {}, partial(feeds.robots, urls))
