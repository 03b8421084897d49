"""The facts of a practice as plain words in the reader's language, for comparisons, Word files and tables."""

from __future__ import annotations

from collections.abc import Iterable

from kb.content.model import Figure, Practice
from kb.content.vocabulary import vocabulary
from kb.sentences import translations
from kb.site.i18n import date, number
from kb.site.views import EntryView

Facts = dict[str, list[str]]
"""Label to what is known; an empty list where no source says anything. Always the same labels in the same order."""


def facts_of(it: EntryView) -> Facts:
    """What can be laid side by side of one practice."""
    lang, facts = it.urls.lang, it.entry.facts
    _ = translations(lang).gettext
    return {
        _("State"): _labels("countries", facts.countries, lang),
        _("Status"): [status(it)],
        _("Period"): [text for text in [period(it)] if text],
        _("Carried out by"): list(it.words("implementers")),
        _("With"): list(it.words("partners")),
        _("Themes"): _labels("themes", facts.themes, lang),
        _("For"): _labels("populations", facts.populations, lang),
        _("Evidence"): _labels("evidence", [facts.evidence] if isinstance(facts, Practice) else [], lang),
        _("Figures"): figures(it, "results"),
        _("Costs and staff"): figures(it, "costs"),
    }


def status(it: EntryView) -> str:
    """`Ongoing (as of September 2023)`."""
    lang, facts = it.urls.lang, it.entry.facts
    words = vocabulary().label("status", facts.status, lang)
    if not facts.status_as_of:
        return words
    as_of = translations(lang).gettext("as of %(date)s") % {"date": date(facts.status_as_of, lang)}
    return f"{words} ({as_of})"


def period(it: EntryView) -> str:
    """`2021 – 2023`, `since 2021`, or nothing."""
    lang, when = it.urls.lang, it.entry.facts.period
    _ = translations(lang).gettext
    if when.start and when.end:
        first, last = date(when.start, lang), date(when.end, lang)
        return first if first == last else f"{first} – {last}"
    if when.start:
        return _("since %(date)s") % {"date": date(when.start, lang)}
    return _("until %(date)s") % {"date": date(when.end, lang)} if when.end else ""


def figures(it: EntryView, key: str) -> list[str]:
    """`People assisted: 1,140 (2022)`, one for each figure of `results` or `costs`."""
    lang = it.urls.lang
    return [
        f"{one.label}: {figure(one.fact, lang)}{f' ({one.fact.year})' if one.fact.year else ''}"
        for one in it.labelled(key)
        if isinstance(one.fact, Figure)
    ]


def figure(fact: Figure, lang: str) -> str:
    """The number as the reader writes it, with its sign or currency; what else it counts stands in its label."""
    value = number(fact.value, lang)
    if fact.unit == "percent":
        return f"{value} %"
    return f"{value} {fact.unit}" if fact.unit and fact.unit.isupper() else value


def _labels(facet: str, terms: Iterable[str], lang: str) -> list[str]:
    return [vocabulary().label(facet, term, lang) for term in terms]
