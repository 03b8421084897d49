"""What stands on the one-page brief of a practice, cut by rule so that it fits on one page.

Of each paragraph and list item whole sentences are taken from its start, in the order of the page, as far as the room goes;
only a first sentence that is too long alone is cut, with an ellipsis. Sources keep their numbers of the full page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.content.glossary import named_in
from kb.content.markdown import blocks, cited
from kb.content.model import Figure, Source
from kb.sentences import translations
from kb.site import i18n
from kb.site.facts import facts_of, figure
from kb.site.views import EntryView, Labelled

DONE_WORDS, RESULT_WORDS, NEED_WORDS = 170, 60, 80
"""Room of a section, in words. A practice of 200 words a section is cut to the first of them."""
LONGEST_POINT = 42
"""Words of a point at most."""
MOST_FIGURES, MOST_COSTS, MOST_SOURCES = 5, 3, 12
LONGEST_SOURCE = 12

# A capital before the full stop may be an abbreviation (EE. UU.), which ends no sentence.
_SENTENCE_END = re.compile(r"(?<=[a-záéíóúñ\d\])%»\"][.!?])\s+(?=[A-ZÁÉÍÓÚÑ¿¡\"«(])")


@dataclass(frozen=True)
class Point:
    """A line of a list. `figure` stands out before the words."""

    text: str
    figure: str = ""


@dataclass(frozen=True)
class Brief:
    """The words of a brief in one language. Points cite sources as `[2]`; `sources` are those that are cited.

    Attributes:
        facts: names of facts and their values, in order.
        done, results, needs: points.
        contacts: institutions, never persons.
        more_sources: how many cited sources stand on the full page only.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    summary: str
    done: tuple[Point, ...]
    results: tuple[Point, ...]
    needs: tuple[Point, ...]
    contacts: str
    sources: tuple[tuple[int, str], ...]
    more_sources: int
    address: str
    reviewed: str
    unchecked: bool


def brief(it: EntryView) -> Brief:
    """The brief of a practice in the language of the view."""
    figures = [_figure(it, one) for one in it.labelled("results")[:MOST_FIGURES]]
    costs = [_figure(it, one) for one in it.labelled("costs")[:MOST_COSTS]]
    done = _points(it, "done", DONE_WORDS)
    results = figures or _points(it, "results", RESULT_WORDS)
    needs = [*costs, *_points(it, "adapting", NEED_WORDS)]
    sources = {source.n: source for source in it.entry.facts.sources}
    numbers = sorted(set().union(*(cited(point.text) for point in (*done, *results, *needs))) & set(sources))
    shown = numbers[:MOST_SOURCES]
    return Brief(
        title=it.page.title,
        facts=tuple(_facts(it)),
        summary=it.page.summary,
        done=tuple(done),
        results=tuple(results),
        needs=tuple(needs),
        contacts=_cut("; ".join(it.words("implementers")), LONGEST_POINT),
        sources=tuple((number, _source(sources[number], it.urls.lang)) for number in shown),
        more_sources=len(numbers) - len(shown),
        address=it.urls.absolute(it.url),
        reviewed=i18n.date(it.entry.facts.last_reviewed, it.urls.lang),
        unchecked=it.page.translation == "machine-assisted",
    )


def _facts(it: EntryView) -> Iterator[tuple[str, str]]:
    known = facts_of(it)
    _ = translations(it.urls.lang).gettext
    for label in (_("State"), _("Status"), _("Evidence"), _("Period")):
        if known[label]:
            yield label, ", ".join(known[label])


def _figure(it: EntryView, one: Labelled) -> Point:
    """A figure as a point: `1,140` and `People assisted at the spaces (2022) [4]`."""
    assert isinstance(one.fact, Figure)  # noqa: S101 - results and costs are figures
    year = f" ({one.fact.year})" if one.fact.year else ""
    mark = f" [{one.fact.source}]" if it.source(one.fact.source) else ""
    return Point(f"{_cut(one.label, LONGEST_POINT)}{year}{mark}", figure(one.fact, it.urls.lang))


def _points(it: EntryView, key: str, room: int) -> list[Point]:
    """The beginning of each paragraph or list item of a section, as far as the room goes."""
    section = next((one for one in it.page.sections if one.key == key), None)
    found: list[Point] = []
    for block in blocks(section.markdown) if section else ():
        # What ends in a colon only leads to the list below it.
        if block.text.endswith(":") or not block.text:
            continue
        text = _beginning(block.text)
        room -= len(text.split())
        if found and room < 0:
            break
        found.append(Point(text))
    return found


def _beginning(text: str) -> str:
    first, *others = _SENTENCE_END.split(text)
    taken = _cut(first, LONGEST_POINT)
    for sentence in others:
        if len(taken.split()) + len(sentence.split()) > LONGEST_POINT:
            break
        taken = f"{taken} {sentence}"
    return taken


def _cut(text: str, most: int) -> str:
    words = text.split()
    if len(words) <= most:
        return text
    kept = re.sub(r"\s*\[[\d, ]*$|[\s,;:(]+$", "", " ".join(words[:most]))
    # The marks of sources stay: a statement without its source says too much.
    lost = sorted(cited(text) - cited(kept))
    return f"{kept}…" + (f" [{', '.join(map(str, lost))}]" if lost else "")


def _source(source: Source, lang: str) -> str:
    date = f", {source.date[:4]}" if source.date else ""
    title = _cut(source.title, LONGEST_SOURCE)
    return f"{title}{'' if title.endswith(('.', '…', '?')) else '.'} {named_in(lang, source.publisher)}{date}."
