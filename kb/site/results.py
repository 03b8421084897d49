"""The page of search results: what its address asks, and what it shows beside the hits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from kb.content.document import entry_of
from kb.content.vocabulary import vocabulary
from kb.errors import QueryError
from kb.index.passages import NAMES
from kb.search.answer import Hit, SearchResponse
from kb.search.engine import SearchEngine
from kb.search.request import FACETS, SORTS, SearchRequest, search_request
from kb.search.snippets import Snippet
from kb.search.sorting import SORTED
from kb.search.spelling import Correction
from kb.sentences import Sentence, joined, template, translations
from kb.site.urls import Urls
from kb.site.views import EntryView, view

SHOWN = ("country", "theme", "population", "status", "evidence", "language")
OPEN = 2
"""Facets that stand open before anything is chosen."""
FIRST = 7
"""Terms of a facet that are seen at once."""
PAGE_SIZE = 10

_TITLES = {
    "country": template("State"),
    "theme": template("Theme"),
    "population": template("Population"),
    "status": template("Status"),
    "evidence": template("Evidence"),
    "language": template("Language"),
    "mirps_group": template("MIRPS working group"),
    "gcm": template("Global Compact for Migration"),
    "sdg": template("Sustainable Development Goals"),
    "page": template("Page"),
    "sort": template("Order"),
}
"""Parameter of an address to the words that readers know it by."""
_SORTS = {"relevance": template("Relevance"), "newest": template("Newest"), "evidence": template("Evidence")}

Answerer = Callable[[SearchEngine, SearchRequest], SearchResponse]
"""How the engine is asked: the server counts its questions."""


@dataclass(frozen=True)
class Asked:
    """What the address of a results page says, as it came: it goes into links again, checked or not.

    `own` searches only what is written in the language of the page.
    """

    query: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = SORTS[0]
    own: bool = False
    page: int = 1
    as_typed: bool = False
    set_aside: tuple[str, ...] = ()

    def address(self, urls: Urls) -> str:
        """Where this is answered, in a language."""
        pairs = [("q", self.query)] if self.query else []
        pairs += [(facet, term) for facet, terms in self.filters.items() for term in terms]
        pairs += [("sort", self.sort)] if self.sort != SORTS[0] else []
        pairs += [("own", "1")] if self.own else []
        pairs += [("as_typed", "1")] if self.as_typed else []
        pairs += [("set_aside", key) for key in self.set_aside]
        pairs += [("page", str(self.page))] if self.page > 1 else []
        return urls.section("search") + (f"?{urlencode(pairs)}" if pairs else "")

    def without(self, facet: str, term: str) -> Asked:
        left = {name: tuple(t for t in ts if (name, t) != (facet, term)) for name, ts in self.filters.items()}
        return replace(self, filters=left, page=1)


@dataclass(frozen=True)
class Link:
    """A way on from here. `current` marks where the reader is."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Suggestion:
    """A term that the query names: the address that filters by it, and the one that sets it aside.

    `preferred` says that its practices already come first.
    """

    label: str
    preferred: bool
    only: str
    aside: str


@dataclass(frozen=True)
class FacetTerm:
    term: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with its terms: `first` are seen at once, `more` on demand. `vocabulary` names their words."""

    name: str
    vocabulary: str
    title: str
    open: bool
    first: tuple[FacetTerm, ...]
    more: tuple[FacetTerm, ...]


@dataclass(frozen=True)
class ShownHit:
    """A hit as a card: the practice, the sentence that answers, and where on its page one reads on."""

    it: EntryView
    snippet: Snippet
    read_on: Link | None


@dataclass(frozen=True)
class Found:
    """All that the page of an answered question shows."""

    total: int
    page: int
    last: int
    hits: tuple[ShownHit, ...]
    chips: tuple[Link, ...]
    sorts: tuple[Link, ...]
    facets: tuple[Facet, ...]
    corrections: tuple[Correction, ...]
    as_typed: str
    matches_well: bool
    suggestions: tuple[Suggestion, ...]
    mentions: tuple[Link, ...]
    without_filters: str
    previous: str
    next: str
    sorted_of: int = SORTED


def find(engine: SearchEngine, asked: Asked, urls: Urls, answer: Answerer = SearchEngine.search) -> Found:
    """Answers what an address asks.

    Raises:
        QueryError: it cannot be answered as it stands.
    """
    request = search_request(
        asked.query, urls.lang, {facet: list(terms) for facet, terms in asked.filters.items()},
        passages_in=urls.lang if asked.own else "", page=asked.page, page_size=PAGE_SIZE, sort=asked.sort,
        as_typed=asked.as_typed, set_aside=asked.set_aside,
    )  # fmt: skip
    response = answer(engine, request)
    last = max(1, -(-response.total // PAGE_SIZE))
    documents = engine.snapshot.documents
    return Found(
        total=response.total,
        page=request.page,
        last=last,
        hits=tuple(_hit(hit, documents[hit.item.id], urls) for hit in response.hits),
        chips=tuple(_chips(asked, urls)),
        sorts=tuple(_sorts(asked, urls)),
        facets=tuple(_facets(response.facets, request.filters, urls.lang)),
        corrections=response.corrections,
        as_typed=replace(asked, as_typed=True, page=1).address(urls),
        matches_well=response.matches_well,
        suggestions=tuple(_suggestions(asked, response, urls)),
        mentions=tuple(_link(documents[one], urls) for one in engine.mentions.of(asked.query)),
        without_filters=Asked(asked.query, sort=asked.sort).address(urls),
        previous=replace(asked, page=request.page - 1).address(urls) if 1 < request.page <= last else "",
        next=replace(asked, page=request.page + 1).address(urls) if request.page < last else "",
    )


def told(error: QueryError, lang: str) -> str:
    """What is wrong with an address, in words: its parameters by the names that stand on the page."""
    name = str(error.values.get("name", ""))
    if name not in _TITLES:
        return error.said(lang)
    shown = {"name": Sentence("“%(words)s”", words=Sentence(_TITLES[name]))}
    if name == "sort":
        shown["allowed"] = joined([Sentence(words) for words in _SORTS.values()], ", ")
    return QueryError(error.template, error.hint, **(error.values | shown)).said(lang)


def _hit(hit: Hit, document: Mapping[str, object], urls: Urls) -> ShownHit:
    it = view(entry_of(document), urls)
    headings = {section.key: section.heading for section in it.page.sections}
    headings[NAMES] = translations(urls.lang).gettext("Facts")
    key = hit.explanation.section
    read_on = Link(headings[key], f"{it.url}#{'facts' if key == NAMES else key}") if key in headings else None
    return ShownHit(it, hit.snippet, read_on)


def _link(document: Mapping[str, object], urls: Urls) -> Link:
    it = view(entry_of(document), urls)
    return Link(it.page.title, it.url)


def _chips(asked: Asked, urls: Urls) -> list[Link]:
    """The filters in use; each leads to the results without it."""
    chips = [
        Link(vocabulary().label(FACETS[facet], term, urls.lang), asked.without(facet, term).address(urls))
        for facet, terms in asked.filters.items()
        for term in terms
    ]
    if asked.own:
        _ = translations(urls.lang).gettext
        chips.append(Link(_("Written in English only"), replace(asked, own=False, page=1).address(urls)))
    return chips


def _suggestions(asked: Asked, response: SearchResponse, urls: Urls) -> Iterator[Suggestion]:
    """The terms that the query names and that are no filter yet: to filter by them, or to say that they are not meant."""
    for one in response.recognised:
        if one.term not in asked.filters.get(one.facet, ()):
            chosen = {**asked.filters, one.facet: (*asked.filters.get(one.facet, ()), one.term)}
            yield Suggestion(
                vocabulary().label(FACETS[one.facet], one.term, urls.lang),
                one.facet == "country",
                replace(asked, filters=chosen, page=1).address(urls),
                replace(asked, set_aside=(*asked.set_aside, one.key), page=1).address(urls),
            )


def _sorts(asked: Asked, urls: Urls) -> list[Link]:
    _ = translations(urls.lang).gettext
    return [
        Link(_(_SORTS[sort]), replace(asked, sort=sort, page=1).address(urls), sort == asked.sort) for sort in SORTS
    ]


def _facets(counts: Mapping[str, Mapping[str, int]], filters: Mapping[str, tuple[str, ...]], lang: str) -> list[Facet]:
    _ = translations(lang).gettext
    found = []
    for number, name in enumerate(SHOWN):
        chosen = filters.get(name, ())
        # Those chosen come first, then those found, most frequent first.
        terms = [FacetTerm(term, counts.get(name, {}).get(term, 0), True) for term in chosen]
        terms += [FacetTerm(term, count, False) for term, count in counts.get(name, {}).items() if term not in chosen]
        if terms:
            first, more = tuple(terms[:FIRST]), tuple(terms[FIRST:])
            found.append(Facet(name, FACETS[name], _(_TITLES[name]), bool(chosen) or number < OPEN, first, more))
    return found
