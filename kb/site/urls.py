"""Where each page stands, in each language. All addresses of the project are made here."""

from __future__ import annotations

from dataclasses import dataclass

SEGMENTS: dict[str, dict[str, str]] = {
    "practice": {"en": "practices", "es": "practicas"},
    "commitment": {"en": "commitments", "es": "compromisos"},
    "event": {"en": "events", "es": "eventos"},
    "country": {"en": "countries", "es": "paises"},
    "theme": {"en": "themes", "es": "temas"},
    "population": {"en": "populations", "es": "poblaciones"},
    "search": {"en": "search", "es": "buscar"},
    "about": {"en": "about", "es": "acerca"},
    "learning": {"en": "learning", "es": "aprendizaje"},
    "agenda": {"en": "agenda", "es": "agenda"},
    "contribute": {"en": "contribute", "es": "contribuir"},
    "coverage": {"en": "what-we-know", "es": "que-sabemos"},
}


@dataclass(frozen=True)
class Urls:
    """Addresses of one language. `base` is where the site hangs, `/` or `/knowledge/`."""

    lang: str
    base: str = "/"

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
