"""What a page says to search engines and catalogues: schema.org as JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kb.content.model import Event, Source
from kb.content.vocabulary import vocabulary
from kb.site import i18n, licence
from kb.site.urls import Urls
from kb.site.views import EntryView
from kb.word import DOCX

CONTEXT = "https://schema.org"


def linked_data(it: EntryView) -> dict[str, Any]:
    """An `Article` for a practice or commitment, an `Event` for a learning event."""
    facts, urls = it.entry.facts, it.urls
    about = {
        "@context": CONTEXT,
        "@id": urls.absolute(it.url),
        "url": urls.absolute(it.url),
        "description": it.page.summary,
        "inLanguage": it.page.lang,
        "about": [*_terms("themes", facts.themes, urls.lang), *_terms("populations", facts.populations, urls.lang)],
    }
    if isinstance(facts, Event):
        return {
            **about, "@type": "Event", "name": it.page.title,
            "startDate": facts.dates.start, "endDate": facts.dates.end,
            "location": {"@type": "Place", "name": it.words("place")[0]},
            "organizer": {"@type": "Organization", "name": it.words("host")[0]},
        }  # fmt: skip
    found = {
        **about,
        "@type": "Article",
        "headline": it.page.title,
        "dateModified": facts.last_reviewed,
        "license": licence.ADDRESS,
        "isAccessibleForFree": True,
        "publisher": {"@type": "Organization", "name": i18n.site_name(urls.lang), "url": urls.absolute(urls.home())},
        "spatialCoverage": _countries(facts.countries, urls.lang),
        "mentions": [{"@type": "Organization", "name": name} for name in it.words("implementers")],
        "citation": [_source(source) for source in facts.sources],
    }
    if facts.period.start:
        # An open interval of ISO 8601, as schema.org asks.
        found["temporalCoverage"] = f"{facts.period.start}/{facts.period.end or '..'}"
    if it.entry.kind == "practice":
        word = {"@type": "MediaObject", "encodingFormat": DOCX, "contentUrl": urls.absolute(urls.brief(it.entry.id))}
        found["encoding"] = word
    return found


def dataset(lang: str, urls: Urls, description: str, formats: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The open data as a `Dataset`. `formats` are addresses of files with their media types."""
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        "name": i18n.site_name(lang),
        "description": description,
        "url": urls.absolute(urls.section("data")),
        "inLanguage": lang,
        "license": licence.ADDRESS,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": i18n.site_name(lang), "url": urls.absolute(urls.home())},
        "distribution": [
            {"@type": "DataDownload", "contentUrl": urls.absolute(address), "encodingFormat": media}
            for address, media in formats
        ],
    }


def _terms(facet: str, terms: Iterable[str], lang: str) -> list[dict[str, str]]:
    return [{"@type": "DefinedTerm", "name": vocabulary().label(facet, term, lang), "termCode": term} for term in terms]


def _countries(codes: Iterable[str], lang: str) -> list[dict[str, str]]:
    return [
        {"@type": "Country", "name": vocabulary().label("countries", code, lang), "identifier": code} for code in codes
    ]


def _source(source: Source) -> dict[str, Any]:
    known = {"url": source.url, "datePublished": source.date}
    return {
        "@type": "CreativeWork",
        "name": source.title,
        "publisher": {"@type": "Organization", "name": source.publisher},
        "inLanguage": source.language,
        **{key: value for key, value in known.items() if value},
    }
