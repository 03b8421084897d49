"""The forms in which an agenda leaves: each by the ending of its file, and by its media type."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from kb.content.sections import LANGUAGES
from kb.errors import AgendaRequestError
from kb.learning.agenda import Agenda
from kb.learning.as_data import agenda_data, fixed_request
from kb.learning.documents.as_markdown import markdown
from kb.learning.documents.kinds import DOCUMENTS, write_document
from kb.learning.documents.parts import Links
from kb.site.render import render
from kb.site.urls import Urls
from kb.word import DOCX

ZIP_DATE = (2020, 1, 1, 0, 0, 0)
"""Stands for the time of writing, which would make two equal files differ."""


@dataclass(frozen=True)
class Wish:
    """In which language and as which document (a name of `DOCUMENTS`) an agenda is wanted; links begin with `site`."""

    lang: str = "es"
    document: str = "agenda"
    site: str = ""

    @property
    def links(self) -> Links:
        site = self.site.rstrip("/")
        return lambda practice, lang: site + Urls(lang).page("practice", practice) if site else ""


def _html(agenda: Agenda, wish: Wish) -> bytes:
    written = write_document(agenda, wish.document, wish.lang, wish.links)
    return render("agenda_file.html", wish.lang, Urls(wish.lang), {}, written=written).encode()


def _word(agenda: Agenda, wish: Wish) -> bytes:
    from kb.learning.documents.as_word import word

    return word(write_document(agenda, wish.document, wish.lang, wish.links))


def _markdown(agenda: Agenda, wish: Wish) -> bytes:
    return markdown(write_document(agenda, wish.document, wish.lang, wish.links)).encode()


def _calendar(agenda: Agenda, wish: Wish) -> bytes:
    from kb.learning.calendar import calendar

    return calendar(agenda, wish.lang, wish.links)


def _json(agenda: Agenda, wish: Wish) -> bytes:
    return (json.dumps(agenda_data(agenda, wish.links), ensure_ascii=False, indent=1) + "\n").encode()


def _yaml(agenda: Agenda, _: Wish) -> bytes:
    return fixed_request(agenda).encode()


def _zip(agenda: Agenda, wish: Wish) -> bytes:
    """Everything in both languages, in one file."""
    files = {"agenda.json": _json(agenda, wish), "agenda.yaml": _yaml(agenda, wish)}
    for lang in LANGUAGES:
        files[f"{lang}/agenda.ics"] = _calendar(agenda, Wish(lang, site=wish.site))
        for document in DOCUMENTS:
            one = Wish(lang, document, wish.site)
            files[f"{lang}/{document}.docx"] = _word(agenda, one)
            files[f"{lang}/{document}.html"] = _html(agenda, one)
            files[f"{lang}/{document}.md"] = _markdown(agenda, one)
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return found.getvalue()


@dataclass(frozen=True)
class Format:
    """One form of an agenda: its media type and how it is made."""

    media_type: str
    make: Callable[[Agenda, Wish], bytes]


FORMATS: dict[str, Format] = {
    "json": Format("application/json", _json),
    "html": Format("text/html; charset=utf-8", _html),
    "docx": Format(DOCX, _word),
    "ics": Format("text/calendar; charset=utf-8", _calendar),
    "md": Format("text/markdown; charset=utf-8", _markdown),
    "yaml": Format("application/yaml", _yaml),
    "zip": Format("application/zip", _zip),
}


def write_agenda(agenda: Agenda, form: str, wish: Wish) -> bytes:
    """An agenda in one of `FORMATS`.

    Raises:
        AgendaRequestError: there is no such format or document.
    """
    if form not in FORMATS:
        raise AgendaRequestError(
            "%(form)r is not a format of agendas; use %(forms)s.", form=form, forms=", ".join(FORMATS)
        )
    if wish.document not in DOCUMENTS:
        raise AgendaRequestError(
            "%(document)r is not a document; use %(documents)s.", document=wish.document, documents=", ".join(DOCUMENTS)
        )
    return FORMATS[form].make(agenda, wish)
