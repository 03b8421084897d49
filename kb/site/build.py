"""Writes the static site: every page in every language. Only pages whose bytes change are written again."""

from __future__ import annotations

import datetime
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from kb.content.interests import interests_document
from kb.content.library import Library, Unread
from kb.content.model import Entry
from kb.content.problems import Problem
from kb.content.sections import LANGUAGES
from kb.content.vocabulary import vocabulary
from kb.index.snapshot import Snapshot
from kb.learning.matching import Matching
from kb.learning.matching import matrix as learning_matrix
from kb.search.similar import similar as nearest_to
from kb.site.contact import report_link
from kb.site.contribute import contribute_values
from kb.site.coverage import Coverage, coverage
from kb.site.datapage import data_values
from kb.site.forge import Forge
from kb.site.front import by_place, newest, reviewed
from kb.site.machines import FEED_FACETS, MachineFile, machine_files, root_files
from kb.site.memory import PageMemory, write_changed
from kb.site.peers import answers, uses
from kb.site.pictures.map import RegionMap, region_map
from kb.site.pictures.matrix import Matrix, matrix
from kb.site.plainhost import brief_files, remove_search_index, write_search_index
from kb.site.render import render
from kb.site.urls import LOCAL, Urls
from kb.site.views import EntryView, latest_first, view, views

Similar = Callable[[str], Sequence[str]]
"""Gives the ids of practices near to one."""
SIMILAR = 4
"""Similar practices that a page shows."""

BROWSE = {"country": "countries", "theme": "themes", "population": "populations"}
"""Kinds of browsing page to the vocabulary's facet."""


Findings: TypeAlias = Mapping[str, Sequence[Problem]]
"""Path of a content file to what is wrong in it."""
NOTHING: Findings = MappingProxyType({})


@dataclass(frozen=True)
class SiteReport:
    """How many pages the site has, how many changed, how many old ones were removed."""

    pages: int
    written: int
    removed: int


@dataclass(frozen=True)
class _Site:
    library: Library
    similar: Similar
    base: str
    origin: str
    plain: bool
    today: datetime.date
    forge: Forge = field(default_factory=Forge)
    contact: str = ""
    matching: Matching | None = None
    unread: Collection[Unread] = ()
    findings: Findings = field(default_factory=dict)

    def urls(self, lang: str) -> Urls:
        return Urls(lang, self.base, self.origin)

    @cached_property
    def coverage(self) -> Coverage:
        return coverage(self.library)

    @cached_property
    def browse(self) -> dict[str, dict[str, dict[str, int]]]:
        return {lang: _browse(self.library.practices, lang) for lang in LANGUAGES}

    @cached_property
    def neighbours(self) -> dict[str, list[str]]:
        return _neighbours(self.library)

    @cached_property
    def matrix(self) -> Matrix:
        return matrix(self.library, self.coverage)

    @cached_property
    def region(self) -> RegionMap:
        return region_map(self.library)

    def page(
        self, lang: str, template: str, kind: str = "", name: str = "", reviewed: str = "", **values: object
    ) -> _Page:
        """The page of an entry or term, of a kind as a whole, or the front page."""
        alternates = self.alternates(kind, name)
        values = {"kind": kind, "plain": self.plain, **values}
        return _Page(alternates[lang], template, self.urls(lang), alternates, values, reviewed)

    def alternates(self, kind: str = "", name: str = "") -> dict[str, str]:
        """The address of a page in each language."""
        found = {}
        for lang in LANGUAGES:
            urls = self.urls(lang)
            found[lang] = urls.page(kind, name) if name else urls.section(kind) if kind else urls.home()
        return found


@dataclass(frozen=True)
class _Page:
    """A page to be made: its address, and all that its template shows."""

    address: str
    template: str
    urls: Urls
    alternates: Mapping[str, str]
    values: Mapping[str, object]
    reviewed: str = ""
    """Date of the last review of what it shows; empty where it shows many things."""

    def render(self) -> bytes:
        html = render(self.template, self.urls.lang, self.urls, dict(self.alternates), **self.values)
        return html.encode()


def build_site(
    library: Library,
    folder: Path,
    similar: Similar = lambda _: (),
    base: str = "/",
    origin: str = LOCAL,
    plain: bool = False,
    repository: Forge = Forge(),  # noqa: B008 - frozen
    contact: str = "",
    matching: Matching | None = None,
    unread: Collection[Unread] = (),
    findings: Findings = NOTHING,
) -> SiteReport:
    """Writes the site into `folder` and removes pages that are no more. What has not changed is not rendered again.

    Args:
        library: the content.
        folder: where the site is written.
        similar: gives the ids of practices near to one.
        base: path that the site hangs at on its web host, with slashes at both ends.
        origin: the web host, for whole addresses.
        repository: where the form for contributors opens the file that it makes.
        contact: who hears of mistakes (KB_CONTACT); empty leaves the link out.
        matching: which practices answer which commitments; without it no page says so.
        plain: also write what a host of plain files needs, which `kb serve` would make on demand.
        unread: for a preview, entries whose page says what is wrong in their file.
        findings: for a preview, what `kb check` says of each file, which its page shows.
    """
    site = _Site(library, similar, base, origin, plain, _today(), repository, contact, matching, unread, findings)
    pages = [page for lang in LANGUAGES for page in _pages(site, lang)]
    pages.append(_Page(base, "root.html", site.urls("en"), site.alternates(), {}))
    machines = [file for lang in LANGUAGES for file in machine_files(library, site.urls(lang), site.browse[lang])]
    machines += root_files([(page.address, page.alternates, page.reviewed) for page in pages], base, origin)
    if plain:
        machines += [file for lang in LANGUAGES for file in brief_files(library, site.urls(lang))]
    nowhere = {"plain": plain, "english": site.urls("en")}
    pages.append(_Page(f"{base}404.html", "404.html", site.urls("es"), site.alternates(), nowhere))
    everything: list[_Page | MachineFile] = [*pages, *machines]
    wanted = {_file(folder, base, made.address): made for made in everything}
    memory = PageMemory(folder / ".pages.json", library)
    written = sum(
        memory.written(path, made.values, origin + made.address, made.render) for path, made in wanted.items()
    )
    assets = {
        folder / "assets" / asset.name: asset.read_bytes() for asset in files("kb.site").joinpath("assets").iterdir()
    }
    written += sum(write_changed(path, content) for path, content in assets.items())
    memory.save()
    if plain:
        write_search_index(library, folder, base)
    else:
        remove_search_index(folder)
    return SiteReport(len(pages), written, _remove_others(folder, {*wanted, *assets}))


def similar_in(snapshot: Snapshot) -> Similar:
    """What a snapshot knows to be similar; nothing for an entry that it does not hold."""

    def nearest(entry_id: str) -> list[str]:
        if entry_id not in snapshot.positions:
            return []
        return [item.id for item, _ in nearest_to(snapshot, entry_id, SIMILAR)]

    return nearest


def _pages(site: _Site, lang: str) -> Iterator[_Page]:
    urls = site.urls(lang)
    library = site.library
    practices, commitments = views(library.practices, urls), views(library.of_kind("commitment"), urls)
    page = partial(site.page, lang)
    browse = site.browse[lang]
    region, table = site.region, site.matrix
    yield page(
        "home.html", "", practices=practices, browse=browse, region=region, mirps=vocabulary().mirps_states(),
        newest=[view(entry, urls) for entry in newest(library.practices)],
        lately_reviewed=[view(entry, urls) for entry in reviewed(library.practices)],
    )  # fmt: skip
    yield page("overview.html", "overview", region=region, matrix=table, browse=browse)
    yield page(
        "about.html", "about", counts={kind: len(library.of_kind(kind)) for kind in ("practice", "commitment", "event")}
    )
    yield page("contribute.html", "contribute", forge=site.forge, **contribute_values(urls.lang))
    yield page("coverage.html", "coverage", coverage=site.coverage, matrix=table, browse=browse)
    yield page("data.html", "data", browse=browse, data=data_values(library, urls))
    if site.plain:
        yield page("search_plain.html", "search", browse=browse)
        yield page(
            "learning.html", "learning", problem="", states=vocabulary().mirps_states(), state="", practice=None, browse=browse,
            matrix=learning_matrix(site.matching) if site.matching else {code: {} for code in vocabulary().mirps_states()},
        )  # fmt: skip
    yield page("practices.html", "practice", places=by_place(practices, lang))
    yield page("list.html", "commitment", entries=commitments)
    yield page("list.html", "event", entries=latest_first(library.of_kind("event"), urls))
    yield from _entry_pages(site, lang, library.entries)
    yield from _unread_pages(site, lang)
    for entry in library.withdrawn:
        yield page("withdrawn.html", entry.kind, entry.id, it=view(entry, urls))
    yield from _term_pages(site, lang, practices, commitments)


def _term_pages(
    site: _Site, lang: str, practices: Sequence[EntryView], commitments: Sequence[EntryView]
) -> Iterator[_Page]:
    """For each kind of browsing page the list of its terms, and a page for each term in use."""
    urls, page = site.urls(lang), partial(site.page, lang)
    for kind, facet in BROWSE.items():
        used = site.browse[lang][kind]
        yield page("terms.html", kind, facet=facet, terms=used)
        for term in used:
            entries, promised = (
                [it for it in listed if term in getattr(it.entry.facts, facet)] for listed in (practices, commitments)
            )
            feed = urls.feed(kind, term) if kind in FEED_FACETS else ""
            yield page("term.html", kind, term, facet=facet, term=term, entries=entries, feed=feed,
                       commitments=promised)  # fmt: skip


def _entry_pages(site: _Site, lang: str, ids: Collection[str]) -> Iterator[_Page]:
    urls = site.urls(lang)
    for entry, template, extra in _entries(site, urls, ids):
        said = [problem.said(lang) for problem in site.findings.get(entry.page(lang).path, ())]
        yield site.page(
            lang, template, entry.kind, entry.id, entry.facts.last_reviewed,
            it=view(entry, urls), overdue=entry.is_overdue(site.today), problems=said, **extra,
        )  # fmt: skip


def _unread_pages(site: _Site, lang: str) -> Iterator[_Page]:
    """What is wrong in a file, at the address where its page would be."""
    for entry in site.unread:
        if entry.id not in site.library.entries or lang in entry.langs:
            found = {*entry.problems, *(one for file in entry.files for one in site.findings.get(file, ()))}
            said = [problem.said(lang) for problem in sorted(found)]
            yield site.page(lang, "unread.html", entry.kind, entry.id, id=entry.id, problems=said)


def _entries(site: _Site, urls: Urls, ids: Collection[str]) -> Iterator[tuple[Entry, str, dict[str, object]]]:
    """Each entry of `ids` with its template and what its page shows beside it."""
    library = site.library
    neighbours = site.neighbours
    events = library.of_kind("event")

    def shown(ids: Iterable[str]) -> list[EntryView]:
        return [view(library.entries[other], urls) for other in ids if other in library.entries]

    for entry in (one for one in library.practices if one.id in ids):
        wanted = latest_first((event for event in events if entry.id in getattr(event.facts, "prioritised", ())), urls)
        related = views((library.entries[other] for other in neighbours[entry.id]), urls)
        it = view(entry, urls)
        yield (
            entry,
            "practice.html",
            {
                "similar": shown(site.similar(entry.id)),
                "related": related,
                "wanted": wanted,
                "interests": interests_document(library.interests, entry.id),
                "uses": uses(entry.id, site.matching, library, urls),
                "report": report_link(site.contact, it.page.title, urls.absolute(it.url)),
            },
        )
    for entry in (one for one in library.of_kind("commitment") if one.id in ids):
        related = views((library.entries[other] for other in neighbours[entry.id]), urls)
        found = answers(entry.id, site.matching, library, urls)
        yield entry, "commitment.html", {"answers": found, "related": related}
    for entry in (one for one in events if one.id in ids):
        prioritised = getattr(entry.facts, "prioritised", ())
        own = dict.fromkeys([*prioritised, *getattr(entry.facts, "practices", ())])
        related = views((library.entries[other] for other in neighbours[entry.id] if other not in own), urls)
        yield entry, "event.html", {"shown": shown(own), "prioritised": prioritised, "related": related}


def write_entries(
    library: Library,
    folder: Path,
    ids: Collection[str],
    similar: Similar = lambda _: (),
    base: str = "/",
    matching: Matching | None = None,
    unread: Collection[Unread] = (),
    findings: Findings = NOTHING,
) -> int:
    """Writes the pages of a few entries and nothing else, for an editor who waits; tells how many changed."""
    own = [entry for entry in unread if entry.id in ids]
    site = _Site(
        library, similar, base, LOCAL, plain=False, today=_today(), matching=matching, unread=own, findings=findings
    )
    pages = [page for lang in LANGUAGES for page in (*_entry_pages(site, lang, ids), *_unread_pages(site, lang))]
    wanted = {page.address: page for page in pages}
    return sum(write_changed(_file(folder, base, page.address), page.render()) for page in wanted.values())


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _neighbours(library: Library) -> dict[str, list[str]]:
    """For each entry those that it names, then those that name it."""
    named = {
        entry.id: [
            *entry.facts.related,
            *getattr(entry.facts, "practices", ()),
            *getattr(entry.facts, "prioritised", ()),
        ]
        for entry in library.entries.values()
    }
    found = {entry_id: list(targets) for entry_id, targets in named.items()}
    for entry_id, targets in named.items():
        for target in targets:
            found.setdefault(target, []).append(entry_id)
    return {
        entry_id: [other for other in dict.fromkeys(others) if other in library.entries and other != entry_id]
        for entry_id, others in found.items()
    }


def _browse(practices: Sequence[Entry], lang: str) -> dict[str, dict[str, int]]:
    """For each kind of browsing page, the terms in use in alphabetical order, with their number of practices."""
    found = {}
    mirps = vocabulary().mirps_states()
    for kind, facet in BROWSE.items():
        counted = Counter(term for entry in practices for term in set(getattr(entry.facts, facet)))
        used = vocabulary().in_order(facet, (term for term in vocabulary()[facet] if counted[term]), lang)
        if facet == "countries":
            # The States whose knowledge base this is come first, then their partners.
            used.sort(key=lambda term: term not in mirps)
        found[kind] = {term: counted[term] for term in used}
    return found


def _file(folder: Path, base: str, address: str) -> Path:
    path = folder / address.removeprefix(base)
    return path / "index.html" if address.endswith("/") else path


def _remove_others(folder: Path, wanted: set[Path]) -> int:
    """Removes pages of entries that are gone; never touches a file that a site build does not write."""
    removed = 0
    for top in (*LANGUAGES, "assets"):
        for name, _, files_in in os.walk(folder / top, topdown=False):
            place = Path(name)
            gone = [place / file for file in files_in if place / file not in wanted]
            for path in gone:
                path.unlink()
            removed += len(gone)
            if not any(place.iterdir()):
                place.rmdir()
    return removed
