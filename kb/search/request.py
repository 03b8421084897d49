"""What may be asked, checked once for the command line, the API and the pages."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kb.content.problems import did_you_mean
from kb.content.sections import LANGUAGES
from kb.content.vocabulary import vocabulary
from kb.errors import QueryError, UnknownTermError

MAX_QUERY = 4000
MAX_PAGE = 50
MAX_PAGE_SIZE = 50

FACETS: dict[str, str] = {
    "country": "countries",
    "theme": "themes",
    "population": "populations",
    "status": "status",
    "evidence": "evidence",
    "language": "languages",
    "mirps_group": "mirps_groups",
    "gcm": "gcm_objectives",
    "sdg": "sdgs",
}
"""Facet of a request to the vocabulary's facet that lists its terms."""

SORTS = ("relevance", "newest", "evidence")
"""Orders of results. The last two reorder what answers best and leave the rest by relevance."""

Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class SearchRequest:
    """A question and how it is to be answered. Made by `search_request`, which checks it.

    Attributes:
        query: the question.
        lang: the reader's language.
        filters: facet to allowed terms.
        passages_in: searches only passages of that language; empty means all.
        page: from 1.
        page_size: results a page.
        as_typed: words are left as they were typed, typing errors and what people say too.
        set_aside: terms (`country:PA`) that the query seems to name and does not mean.
    """

    query: str
    lang: str = "en"
    filters: Filters = field(default_factory=dict)
    passages_in: str = ""
    page: int = 1
    page_size: int = 10
    sort: str = "relevance"
    as_typed: bool = False
    set_aside: tuple[str, ...] = ()

    def key(self) -> tuple[object, ...]:
        """Two requests with one key have one answer."""
        filters = tuple(sorted((facet, terms) for facet, terms in self.filters.items()))
        return (
            self.query, self.lang, filters, self.passages_in, self.page, self.page_size, self.sort,
            self.as_typed, self.set_aside,
        )  # fmt: skip


def search_request(
    query: str,
    lang: str = "en",
    filters: Mapping[str, list[str] | tuple[str, ...]] | None = None,
    passages_in: str = "",
    page: int = 1,
    page_size: int = 10,
    sort: str = "relevance",
    as_typed: bool = False,
    set_aside: Sequence[str] = (),
) -> SearchRequest:
    """A checked request.

    Raises:
        QueryError: empty or too long a query, characters that no one types, or a page out of range.
        UnknownTermError: a filter or a term that there is not.
    """
    return SearchRequest(
        _query(query),
        _one_of(LANGUAGES, lang, "lang"),
        checked_filters(filters or {}),
        _one_of(LANGUAGES, passages_in, "passages_in") if passages_in else "",
        _number(page, "page", MAX_PAGE),
        _number(page_size, "page_size", MAX_PAGE_SIZE),
        _one_of(SORTS, sort, "sort"),
        as_typed,
        tuple(sorted({_set_aside(key) for key in set_aside})),
    )


def _query(text: str) -> str:
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs", "Co") and char not in "\t\n\r":
            raise QueryError("The query holds the control character U+%(code)s; remove it.", code=f"{ord(char):04X}")
    query = " ".join(unicodedata.normalize("NFC", text).split())
    if not query:
        raise QueryError("The query is empty; say in your own words what you are looking for.")
    if len(query) > MAX_QUERY:
        raise QueryError(
            "The query has %(count)s characters; at most %(most)s are read.", count=len(query), most=MAX_QUERY
        )
    return query


def _one_of(choices: tuple[str, ...], found: str, name: str) -> str:
    if found not in choices:
        allowed = ", ".join(choices)
        raise UnknownTermError(
            "%(name)s must be one of %(allowed)s, not %(found)r.", name=name, allowed=allowed, found=found
        )
    return found


def _set_aside(key: str) -> str:
    facet, _, term = key.partition(":")
    ((checked, (known,)),) = checked_filters({facet: [term]}).items()
    return f"{checked}:{known}"


def _number(value: int, name: str, most: int) -> int:
    if not 1 <= value <= most:
        raise QueryError("%(name)s must lie between 1 and %(most)s, not %(found)s.", name=name, most=most, found=value)
    return value


def checked_filters(filters: Mapping[str, list[str] | tuple[str, ...]]) -> Filters:
    """Filters with terms that exist, without repeats.

    Raises:
        UnknownTermError: names the closest facet or term.
    """
    checked = {}
    for facet, terms in sorted(filters.items()):
        if facet not in FACETS:
            raise UnknownTermError("There is no filter %(name)r.", hint=did_you_mean(facet, FACETS), name=facet)
        allowed = {term.lower(): term for term in vocabulary()[FACETS[facet]]}
        for term in terms:
            if term.lower() not in allowed:
                hint = did_you_mean(term, allowed.values(), vocabulary().named(FACETS[facet], term))
                raise UnknownTermError("%(found)r is no term of the filter %(name)s.", hint, found=term, name=facet)
        if terms:
            checked[facet] = tuple(sorted({allowed[term.lower()] for term in terms}))
    return checked


def parse_filters(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    """Filters from `facet=term` pairs of a command line.

    Raises:
        QueryError: a pair without `=`.
    """
    filters: dict[str, list[str]] = {}
    for pair in pairs:
        facet, equals, term = pair.partition("=")
        if not equals:
            raise QueryError("A filter is written facet=term, such as country=SV, not %(found)r.", found=pair)
        filters.setdefault(facet, []).append(term)
    return filters
