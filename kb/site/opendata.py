"""Open data: every entry as JSON, NDJSON and CSV in each language, and every figure as a row of CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from kb.content.model import Event, Figure, Practice
from kb.content.vocabulary import vocabulary
from kb.sentences import translations
from kb.site import i18n, licence
from kb.site.spreadsheet import csv_file
from kb.site.views import EntryView, Labelled

MEDIA = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv"}
KINDS = ("practice", "commitment", "event")
Record = dict[str, Any]
"""An entry as programs read it; the page of open data says what each key means."""
_FACETS = ("countries", "themes", "populations", "mirps_groups", "gcm_objectives", "sdgs")
_FIGURES = ("results", "costs")
_STATEMENTS = ("milestones", "asks", "objectives")
_WORDS = ("places", "implementers", "partners", "questions", "learning_interest", "field_visits")


def record(it: EntryView) -> Record:
    """One entry with its words in one language; terms come with their codes, figures with the numbers of sources."""
    facts, lang = it.entry.facts, it.urls.lang
    found: Record = {
        "id": it.entry.id,
        "kind": it.entry.kind,
        "url": it.urls.absolute(it.url),
        "licence": licence.ADDRESS,
        "language": it.page.lang,
        "translation": it.page.translation or "original",
        "title": it.page.title,
        "summary": it.page.summary,
    }
    for facet in _FACETS:
        found[facet] = [_term(facet, term, lang) for term in getattr(facts, facet)]
    found |= {key: list(it.words(key)) for key in _WORDS if it.words(key)}
    found |= {
        "status": _term("status", facts.status, lang),
        "status_as_of": facts.status_as_of,
        "start": facts.dates.start if isinstance(facts, Event) else facts.period.start,
        "end": facts.dates.end if isinstance(facts, Event) else facts.period.end,
    }
    if isinstance(facts, Practice):
        found["evidence"] = _term("evidence", facts.evidence, lang)
    if isinstance(facts, Event):
        found |= {"place": it.words("place")[0], "host": it.words("host")[0], "practices": facts.practices}
    for key in (*_FIGURES, *_STATEMENTS):
        found[key] = [{**one.fact.model_dump(), "label": one.label} for one in it.labelled(key)]
    found["sections"] = [{"key": s.key, "heading": s.heading, "markdown": s.markdown} for s in it.page.sections]
    found["sources"] = [source.model_dump(exclude={"copy_only"}) for source in facts.sources]
    return found | {"last_reviewed": facts.last_reviewed, "review_by": facts.review_by}


def _term(facet: str, term: str, lang: str) -> dict[str, str]:
    return {"code": term, "label": vocabulary().label(facet, term, lang)}


def as_ndjson(records: Iterable[Record]) -> bytes:
    """A record a line."""
    return b"".join(_line(one) + b"\n" for one in records)


def as_json(records: Sequence[Record], lang: str) -> bytes:
    """One document: where it comes from, under which licence, and the records."""
    about = {"title": i18n.site_name(lang), "licence": {"name": licence.NAME, "url": licence.ADDRESS}, "language": lang}
    head = json.dumps({**about, "count": len(records)}, ensure_ascii=False)[:-1].encode()
    return head + b', "entries": [\n' + b",\n".join(_line(one) for one in records) + b"\n]}\n"


def _line(found: Record) -> bytes:
    return json.dumps(found, ensure_ascii=False).encode()


def as_csv(records: Iterable[Record], lang: str) -> bytes:
    """A row an entry, for spreadsheets: lists are joined by semicolons, terms are words."""
    _ = translations(lang).gettext
    heads = [
        "id", _("Title"), _("Summary"), _("State"), _("Carried out by"), _("With"), _("Start"), _("End"), _("Status"),
        _("As of"), _("Evidence"), _("Themes"), _("Population"), _("Sources"), _("Last reviewed"), _("Address"),
    ]  # fmt: skip
    return csv_file(heads, (_row(one) for one in records))


def _row(found: Record) -> list[object]:
    def labels(key: str) -> str:
        return "; ".join(term["label"] for term in found[key])

    return [
        found["id"], found["title"], found["summary"], labels("countries"),
        "; ".join(found.get("implementers", ())), "; ".join(found.get("partners", ())),
        found["start"], found["end"], found["status"]["label"], found["status_as_of"],
        found.get("evidence", {}).get("label", ""), labels("themes"), labels("populations"),
        "; ".join(source["url"] or source["title"] for source in found["sources"]),
        found["last_reviewed"], found["url"],
    ]  # fmt: skip


def figures_as_csv(entries: Iterable[EntryView], lang: str) -> bytes:
    """A row a figure, on results and on costs, with its source."""
    _ = translations(lang).gettext
    heads = [
        "id", _("Title"), _("State"), _("Kind of figure"), _("What"), _("Figure"), _("Unit"), _("Year"), _("Source"),
        _("Address of the source"), _("Address"),
    ]  # fmt: skip
    kinds = {"results": _("Figures"), "costs": _("Costs and staff")}
    rows = (_figure_row(it, kinds[key], one) for it in entries for key in _FIGURES for one in it.labelled(key))
    return csv_file(heads, rows)


def _figure_row(it: EntryView, kind: str, one: Labelled) -> list[object]:
    figure, lang = one.fact, it.urls.lang
    assert isinstance(figure, Figure)  # noqa: S101 - results and costs are figures
    source = it.source(figure.source)
    said, address = (f"{source.title}. {source.publisher}", source.url) if source else ("", "")
    states = "; ".join(vocabulary().label("countries", code, lang) for code in it.entry.facts.countries)
    unit = vocabulary().label("units", figure.unit, lang) if figure.unit else ""
    value = int(figure.value) if figure.value == int(figure.value) else figure.value
    return [
        it.entry.id, it.page.title, states, kind, one.label, value, unit, figure.year,
        said, address, it.urls.absolute(it.url),
    ]  # fmt: skip
