"""Where each page stands, in each language. All addresses of the project are made here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

SEGMENTS: dict[str, dict[str, str]] = {
    "practice": {"en": "practices", "es": "practicas"},
    "commitment": {"en": "commitments", "es": "compromisos"},
    "event": {"en": "events", "es": "eventos"},
    "country": {"en": "countries", "es": "paises"},
    "theme": {"en": "themes", "es": "temas"},
    "population": {"en": "populations", "es": "poblaciones"},
    "search": {"en": "search", "es": "buscar"},
    "compare": {"en": "compare", "es": "comparar"},
    "about": {"en": "about", "es": "acerca"},
    "learning": {"en": "learning", "es": "aprendizaje"},
    "agenda": {"en": "agenda", "es": "agenda"},
    "contribute": {"en": "contribute", "es": "contribuir"},
    "coverage": {"en": "what-we-know", "es": "que-sabemos"},
    "overview": {"en": "overview", "es": "panorama"},
    "data": {"en": "data", "es": "datos"},
}

FILES: dict[str, dict[str, str]] = {
    "brief": {"en": "brief.docx", "es": "ficha.docx"},
    "figures": {"en": "figures", "es": "cifras"},
    "list.docx": {"en": "list.docx", "es": "lista.docx"},
    "list.csv": {"en": "list.csv", "es": "lista.csv"},
}
"""Names of files that people keep, in the language of those who keep them."""

LOCAL = "http://127.0.0.1:8000"
"""Stands in whole addresses where KB_PUBLIC_URL does not say how the site is reached."""


def origin_and_base(public_url: str) -> tuple[str, str]:
    """The origin and the path that a public address stands for; `https://x.org/kb` gives `https://x.org` and `/kb/`."""
    parts = urlsplit(public_url or LOCAL)
    return f"{parts.scheme}://{parts.netloc}", f"{parts.path.rstrip('/')}/"


@dataclass(frozen=True)
class Urls:
    """Addresses of one language. `base` is where the site hangs, `/` or `/knowledge/`; `origin` is its web host."""

    lang: str
    base: str = "/"
    origin: str = LOCAL

    def home(self) -> str:
        return f"{self.base}{self.lang}/"

    def section(self, kind: str) -> str:
        """The page of a kind as a whole: all practices, all countries, the search."""
        return f"{self.home()}{SEGMENTS[kind][self.lang]}/"

    def page(self, kind: str, name: str) -> str:
        """The page of one entry or one term."""
        return f"{self.section(kind)}{name.lower()}/"

    def asset(self, name: str) -> str:
        return f"{self.base}assets/{name}"

    def feed(self, kind: str = "", name: str = "") -> str:
        """The Atom feed of all practices, or of those of a State or theme, beside the page that lists them."""
        return f"{self.page(kind, name) if name else self.home()}feed.xml"

    def download(self, subject: str, ending: str) -> str:
        """A file of open data: `subject` is a kind of entry or `figures`."""
        names = FILES.get(subject) or SEGMENTS[subject]
        return f"{self.section('data')}{names[self.lang]}.{ending}"

    def brief(self, practice_id: str) -> str:
        """The one-page Word brief of a practice."""
        return f"{self.page('practice', practice_id)}{FILES['brief'][self.lang]}"

    def opensearch(self) -> str:
        """What tells a browser how to search here."""
        return f"{self.home()}opensearch.xml"

    def search_bundle(self) -> str:
        """The folder of the search index that a plain-file copy has; below it a folder a language."""
        return f"{self.base}pagefind/"

    def comparison(self, ids: Iterable[str]) -> str:
        """Practices side by side, or a list of them: the ids are the address, so that it can be sent to others."""
        return _with_ids(self.section("compare"), ids)

    def export(self, ending: str, ids: Iterable[str]) -> str:
        """A list of practices as a file to keep; `ending` is `docx` or `csv`."""
        return _with_ids(f"{self.section('compare')}{FILES[f'list.{ending}'][self.lang]}", ids)

    def absolute(self, address: str) -> str:
        """The whole address, for readers outside the site: feeds, citations, Word files."""
        return f"{self.origin}{address}"


def _with_ids(address: str, ids: Iterable[str]) -> str:
    query = urlencode([("id", one) for one in ids])
    return f"{address}?{query}" if query else address
