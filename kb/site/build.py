"""Writes the static site: every page in every language. Only pages whose bytes change are written again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from kb.content.library import Library
from kb.content.model import Entry
from kb.content.sections import LANGUAGES
from kb.content.vocabulary import vocabulary
from kb.site.commitments import Matching, by_facts
from kb.site.contact import report_link
from kb.site.coverage import coverage
from kb.site.front import by_place, newest, reviewed
from kb.site.memory import PageMemory, write_changed
from kb.site.render import render
from kb.site.urls import Urls
from kb.site.views import view, views

Similar = Callable[[str], Sequence[str]]

BROWSE = {"country": "countries", "theme": "themes", "population": "populations"}
"""Kinds of browsing page to the vocabulary's facet."""


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
    matching: Matching
    contact: str

    def urls(self, lang: str) -> Urls:
        return Urls(lang, self.base)

    def alternates(self, kind: str = "", name: str = "") -> dict[str, str]:
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

    def render(self) -> bytes:
        html = render(self.template, self.urls.lang, self.urls, dict(self.alternates), **self.values)
        return html.encode()


def build_site(
    library: Library,
    folder: Path,
    similar: Similar = lambda _: (),
    base: str = "/",
    matching: Matching | None = None,
    contact: str = "",
) -> SiteReport:
    """Writes the site into `folder` and removes pages that are no more. What has not changed is not rendered again.

    Args:
        library: the content.
        folder: where the site is written.
        similar: gives the ids of practices near to one.
        base: path that the site hangs at on its web host, with slashes at both ends.
        matching: gives the ids of commitments that a practice may answer; told by shared facts where not given.
        contact: who hears of mistakes (KB_CONTACT); empty leaves the link out.
    """
    site = _Site(library, similar, base, matching or by_facts(library), contact)
    pages = [page for lang in LANGUAGES for page in _pages(site, lang)]
    pages.append(_Page(f"{base}404.html", "404.html", site.urls("en"), site.alternates(), {}))
    pages.append(_Page(base, "root.html", site.urls("en"), site.alternates(), {}))
    wanted = {_file(folder, base, page.address): page for page in pages}
    memory = PageMemory(folder / ".pages.json", library)
    written = sum(memory.written(path, page.values, page.address, page.render) for path, page in wanted.items())
    assets = {
        folder / "assets" / asset.name: asset.read_bytes() for asset in files("kb.site").joinpath("assets").iterdir()
    }
    written += sum(write_changed(path, content) for path, content in assets.items())
    memory.save()
    return SiteReport(len(pages), written, _remove_others(folder, {*wanted, *assets}))


def _pages(site: _Site, lang: str) -> Iterator[_Page]:
    urls = site.urls(lang)
    library = site.library
    practices = views(library.practices, urls)

    def page(template: str, kind: str, name: str = "", **values: object) -> _Page:
        address = urls.page(kind, name) if name else urls.section(kind) if kind else urls.home()
        return _Page(address, template, urls, site.alternates(kind, name), {"kind": kind, **values})

    neighbours = _neighbours(library)

    yield page(
        "home.html", "", practices=practices, browse=_browse(library.practices, lang), mirps=_mirps(),
        newest=[view(entry, urls) for entry in newest(library.practices)],
        lately_reviewed=[view(entry, urls) for entry in reviewed(library.practices)],
    )  # fmt: skip
    yield page(
        "about.html", "about", counts={kind: len(library.of_kind(kind)) for kind in ("practice", "commitment", "event")}
    )
    yield page("coverage.html", "coverage", coverage=coverage(library))
    yield page("practices.html", "practice", places=by_place(practices, lang))
    for kind in ("commitment", "event"):
        yield page("list.html", kind, entries=views(library.of_kind(kind), urls))
    for entry in library.entries.values():
        near = [view(library.entries[other], urls) for other in site.similar(entry.id) if other in library.entries]
        related = views((library.entries[other] for other in neighbours[entry.id]), urls)
        wanted = views((e for e in library.of_kind("event") if entry.id in getattr(e.facts, "prioritised", ())), urls)
        template, extra = "entry.html", {}
        if entry.kind == "practice":
            template, extra = "practice.html", _of_practice(site, entry, urls)
        yield page(
            template, entry.kind, entry.id, it=view(entry, urls), similar=near, related=related, wanted=wanted, **extra
        )
    for kind, facet in BROWSE.items():
        used = _browse(library.practices, lang)[kind]
        yield page("terms.html", kind, facet=facet, terms=used)
        for term in used:
            entries = views((e for e in library.practices if term in getattr(e.facts, facet)), urls)
            promised = [e for e in library.of_kind("commitment") if term in getattr(e.facts, facet)]
            yield page("term.html", kind, term, facet=facet, term=term, entries=entries,
                       commitments=views(promised, urls))  # fmt: skip


def _of_practice(site: _Site, entry: Entry, urls: Urls) -> dict[str, object]:
    """What only the page of a practice shows."""
    it = view(entry, urls)
    return {
        "commitments": [view(site.library.entries[other], urls) for other in site.matching(entry.id)],
        "report": report_link(site.contact, it.page.title, urls.absolute(it.url)),
    }


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
    """For each kind of browsing page, the terms in use in the vocabulary's order, with their number of practices."""
    found = {}
    for kind, facet in BROWSE.items():
        counted = {
            term: sum(term in getattr(entry.facts, facet) for entry in practices) for term in vocabulary()[facet]
        }
        used = [term for term, count in counted.items() if count]
        if facet == "countries":
            # The States whose knowledge base this is come first, then their partners.
            used.sort(key=lambda term: (term not in _mirps(), vocabulary().label("countries", term, lang)))
        found[kind] = {term: counted[term] for term in used}
    return found


def _mirps() -> list[str]:
    """Codes of the States of the framework."""
    return [code for code, term in vocabulary()["countries"].items() if term.mirps]


def _file(folder: Path, base: str, address: str) -> Path:
    path = folder / address.removeprefix(base)
    return path / "index.html" if address.endswith("/") else path


def _remove_others(folder: Path, wanted: set[Path]) -> int:
    """Removes pages of entries that are gone; never touches a file that a site build does not write."""
    removed = 0
    for top in (*LANGUAGES, "assets"):
        for path in sorted((folder / top).rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in wanted:
                path.unlink()
                removed += 1
    return removed
