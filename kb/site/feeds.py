"""Files that readers of feeds, search engines and browsers ask for: Atom, site map, OpenSearch, robots.

Atom is RFC 4287; the site map is that of sitemaps.org, with the other language of each page beside it; OpenSearch is 1.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.etree import ElementTree as ET

from kb.content.sections import LANGUAGES
from kb.content.vocabulary import vocabulary
from kb.sentences import translations
from kb.site import i18n, licence
from kb.site.urls import Urls
from kb.site.views import EntryView

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

FEED_LENGTH = 50
"""Entries of a feed: what a reader who comes by once in a while has not seen yet."""


def feed(title: str, address: str, page: str, urls: Urls, entries: Iterable[EntryView]) -> bytes:
    """An Atom feed of practices, the last reviewed first.

    Args:
        title: what it lists, in the reader's language.
        address: where the feed stands.
        page: the page that lists the same.
        urls: addresses of the feed's language.
        entries: practices in any order.
    """
    newest = sorted(entries, key=lambda it: (it.entry.facts.last_reviewed, it.entry.id), reverse=True)[:FEED_LENGTH]
    root = ET.Element("feed", {"xmlns": ATOM, _XML_LANG: urls.lang})
    _add(root, "id", urls.absolute(address))
    _add(root, "title", title)
    _add(root, "updated", _moment(newest[0].entry.facts.last_reviewed) if newest else _moment("2020"))
    _add(root, "link", rel="self", type="application/atom+xml", href=urls.absolute(address))
    _add(root, "link", rel="alternate", type="text/html", hreflang=urls.lang, href=urls.absolute(page))
    _add(_add(root, "author"), "name", i18n.site_name(urls.lang))
    _add(root, "rights", licence.NAME)
    for it in newest:
        root.append(_feed_entry(it))
    return _document(root)


def _feed_entry(it: EntryView) -> ET.Element:
    urls, facts = it.urls, it.entry.facts
    entry = ET.Element("entry", {} if it.translated else {_XML_LANG: it.page.lang})
    _add(entry, "id", urls.absolute(it.url))
    _add(entry, "title", it.page.title)
    _add(entry, "updated", _moment(facts.last_reviewed))
    _add(entry, "link", rel="alternate", type="text/html", hreflang=it.page.lang, href=urls.absolute(it.url))
    _add(entry, "summary", it.page.summary)
    for facet, terms in (("countries", facts.countries), ("themes", facts.themes)):
        for term in terms:
            _add(entry, "category", term=term, label=vocabulary().label(facet, term, urls.lang))
    return entry


def sitemap(pages: Sequence[tuple[str, Mapping[str, str], str]], urls: Urls) -> bytes:
    """All pages, each with its other language.

    Args:
        pages: address, address in each language, date of the last review or an empty string.
        urls: any language's; makes addresses whole.
    """
    root = ET.Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    for address, alternates, reviewed in pages:
        entry = _add(root, "url")
        _add(entry, "loc", urls.absolute(address))
        if reviewed:
            _add(entry, "lastmod", reviewed)
        for lang, other in alternates.items():
            _add(entry, "xhtml:link", rel="alternate", hreflang=lang, href=urls.absolute(other))
    return _document(root)


def opensearch(urls: Urls) -> bytes:
    """Lets a reader add this search to the browser. A name has at most 16 characters, by the standard."""
    _ = translations(urls.lang).gettext
    root = ET.Element("OpenSearchDescription", {"xmlns": OPENSEARCH})
    _add(root, "ShortName", _("Good practices"))
    _add(root, "Description", _("Find practices for people who were forced to flee, by meaning"))
    _add(root, "InputEncoding", "UTF-8")
    _add(root, "Language", urls.lang)
    _add(root, "Image", urls.absolute(urls.asset("icon.svg")), width="16", height="16", type="image/svg+xml")
    template = f"{urls.absolute(urls.section('search'))}?q={{searchTerms}}"
    _add(root, "Url", type="text/html", method="get", template=template)
    _add(
        root, "Url", type="application/opensearchdescription+xml", rel="self", template=urls.absolute(urls.opensearch())
    )
    return _document(root)


def robots(urls: Urls) -> bytes:
    """Robots are welcome; search results and answers of the API are made on demand and stay out."""
    closed = [f"Disallow: {Urls(lang, urls.base).section('search')}?" for lang in LANGUAGES]
    lines = ["User-agent: *", *closed, "Disallow: /api/", "", f"Sitemap: {urls.absolute(urls.base)}sitemap.xml", ""]
    return "\n".join(lines).encode()


def _moment(date: str) -> str:
    """A date of any precision as the moment that Atom asks for."""
    return f"{date}{'-01-01'[len(date) - 4 :]}T00:00:00Z"


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    if text:
        child.text = text
    return child


def _document(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
