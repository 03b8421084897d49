"""What a valid file may still have wrong: citations, figures, headings, translations, repeated text.

`check_library` runs every rule. A rule is a function from an entry (or the library) to problems.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from kb.content.frontmatter import Document
from kb.content.interests import check_interests
from kb.content.library import Library, words_fingerprint
from kb.content.markdown import cited, outline, raw_html_line, without_citations
from kb.content.model import LABELLED, SAME_IN_BOTH, Entry, Event, Page, Practice
from kb.content.privacy import personal_data_of
from kb.content.problems import MAX_PROBLEMS, Problem, did_you_mean
from kb.content.sections import EDITORIAL, UNDOCUMENTED, headings

BODY_WORDS = {"full": (120, 450), "snapshot": (30, 450), "commitment": (60, 350), "event": (60, 400)}
SPANISH_ALLOWANCE = 1.2
"""Spanish says the same in about a fifth more words."""

PERSONAL = "personal data"

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_LINK_ELSEWHERE = re.compile(
    r"(?:\]\(\s*<?\s*|\]:\s*|<)(?!https?:)([A-Za-z][A-Za-z0-9+.-]{1,30}:)(?=\S)", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[¿¡A-ZÁÉÍÓÚÑ'\"])")
_REPEATED_FROM = 9


@dataclass(frozen=True)
class _Reading:
    """A page with its file taken apart, for line numbers."""

    entry: Entry
    page: Page
    document: Document

    def problem(self, key: str, message: str, line: int | None = None) -> Problem:
        at = tuple(key.split(".")) if line is None else ()
        return Problem(self.page.path, line if line is not None else self.document.line_of(at), key, message)


def check_library(library: Library) -> list[Problem]:
    """Every problem of the content, reading problems included, in the order of files and lines."""
    problems = list(library.problems)
    # What is published comes first, so that a sentence found twice is the proposal's to change.
    readings = [
        _Reading(entry, page, library.documents[page.path])
        for entry in (*library.entries.values(), *library.unpublished.values())
        for page in entry.pages.values()
    ]
    for reading in readings:
        for rule in _PAGE_RULES:
            problems.extend(rule(reading))
        if reading.page.is_original:
            for rule in _ORIGINAL_RULES:
                problems.extend(rule(reading))
            problems.extend(_references(reading, library))
        else:
            for rule in _TRANSLATION_RULES:
                problems.extend(rule(reading))
    problems.extend(_repeated_sentences(readings))
    problems.extend(_interests(library))
    return _shortened(sorted(set(problems)))


def _shortened(problems: list[Problem]) -> list[Problem]:
    """At most `MAX_PROBLEMS` a file, and a line that says so."""
    kept: list[Problem] = []
    for path, own in groupby(problems, key=lambda problem: problem.path):
        listed = list(own)
        kept += listed[:MAX_PROBLEMS]
        if len(listed) > MAX_PROBLEMS:
            message = f"has more problems than these {MAX_PROBLEMS}; mend them first."
            kept.append(Problem(path, listed[MAX_PROBLEMS].line, "file", message))
    return kept


def _interests(library: Library) -> Iterator[Problem]:
    states = {entry.id: tuple(entry.facts.countries) for entry in library.practices}
    events = {entry.id for entry in library.of_kind("event")}
    for read in library.interests:
        yield from check_interests(read, states, events)


def _headings(reading: _Reading) -> Iterator[Problem]:
    wanted = list(headings(reading.entry.kind, reading.page.lang).values())
    line_of_body = reading.document.body_line
    found = []
    for level, text, line in outline(reading.document.body):
        if level == 2:
            found.append(text)
            if text not in wanted:
                message = f"heading {text!r} is not one of this kind of page.{did_you_mean(text, wanted)}"
                yield reading.problem("body", f"{message} Allowed: {'; '.join(wanted)}.", line_of_body + line)
        elif level == 1:
            message = "a heading with one `#` is the page's title, which stands in `title`; use `##`."
            yield reading.problem("body", message, line_of_body + line)
    known = [text for text in found if text in wanted]
    if known != wanted:
        missing = [text for text in wanted if text not in known]
        message = f"heading missing: {'; '.join(missing)}." if missing else "headings twice or out of order."
        order = " Write all, in this order: " + "; ".join(wanted) + "."
        yield reading.problem("body", message + order, line_of_body)
    for section in reading.page.sections:
        if not section.blocks:
            message = f"nothing stands below {section.heading!r}; write {UNDOCUMENTED[reading.page.lang] + '.'!r}"
            yield reading.problem("body", message, section.line)


def words_wanted(entry: Entry, page: Page) -> tuple[int, int]:
    """Fewest and most words of a page's text."""
    facts = entry.facts
    least, most = BODY_WORDS[facts.tier if isinstance(facts, Practice) else facts.kind]
    return least, int(most * SPANISH_ALLOWANCE) if page.lang == "es" else most


def word_count(page: Page) -> int:
    """Words of a page's text, headings and marks left out."""
    return sum(len(section.text.split()) for section in page.sections)


def _length(reading: _Reading) -> Iterator[Problem]:
    least, most = words_wanted(reading.entry, reading.page)
    count = word_count(reading.page)
    if not least <= count <= most:
        hint = " (or set `tier: snapshot`)" if count < least and reading.entry.kind == "practice" else ""
        message = f"the text has {count} words; between {least} and {most} are wanted{hint}."
        yield reading.problem("body", message, reading.document.body_line)


def _raw_html(reading: _Reading) -> Iterator[Problem]:
    line = raw_html_line(reading.document.body)
    if line is not None:
        message = "raw HTML is shown as text; use Markdown instead."
        yield reading.problem("body", message, reading.document.body_line + line)


def _links(reading: _Reading) -> Iterator[Problem]:
    for found in _LINK_ELSEWHERE.finditer(reading.document.body):
        line = reading.document.body_line + reading.document.body.count("\n", 0, found.start())
        message = f"a link to {found.group(1)!r} is shown as text; links lead to https:// or http:// addresses."
        yield reading.problem("body", message, line)


def _citations_exist(reading: _Reading) -> Iterator[Problem]:
    numbers = {source.n for source in reading.entry.facts.sources}
    for section in reading.page.sections:
        for block in section.blocks:
            for number in sorted(cited(block.text) - numbers):
                message = f"cites source [{number}], which is not among `sources` ({_listed(numbers)})."
                yield reading.problem("body", message, block.line)


def _figures_have_sources(reading: _Reading) -> Iterator[Problem]:
    known = _known_numbers(reading.entry)
    unsourced = (EDITORIAL[reading.page.lang], UNDOCUMENTED[reading.page.lang])
    for section in reading.page.sections:
        for block in section.blocks:
            if block.text.startswith(unsourced):
                continue
            marks = [found.start() for found in re.finditer(r"\[\d", block.text)]
            last_mark = marks[-1] if marks else -1
            plain = re.sub(r"\[[\d, ]+\]", lambda mark: " " * len(mark.group()), block.text)
            for found in _NUMBER.finditer(plain):
                if found.start() > last_mark and _as_number(found.group()) not in known:
                    message = f"the figure {found.group()} has no source; put its number behind it, such as [1]."
                    yield reading.problem("body", message, block.line)


def _known_numbers(entry: Entry) -> set[float]:
    figures = [*entry.facts.results, *getattr(entry.facts, "costs", ())]
    known = {float(figure.value) for figure in figures} | {float(f.year) for f in figures if f.year}
    for milestone in entry.facts.milestones:
        known |= {float(part) for part in milestone.date.split("-")}
    return known


def _privacy(reading: _Reading) -> Iterator[Problem]:
    # Many a department and town is named after a person.
    institutional = [
        *reading.entry.facts.institutional,
        *reading.entry.facts.places,
        *reading.page.words.get("places", ()),
    ]
    places: list[tuple[str, int | None, str]] = [(key, None, text) for key, text in _all_words(reading.page)]
    places += [("body", block.line, block.text) for section in reading.page.sections for block in section.blocks]
    for number, finding in personal_data_of(tuple(text for _, _, text in places), tuple(institutional)):
        key, line, _ = places[number]
        yield replace(reading.problem(key, finding.sentence, line), topic=PERSONAL)


def _questions(reading: _Reading) -> Iterator[Problem]:
    questions = reading.page.questions
    if len(set(questions)) < len(questions):
        yield reading.problem("questions", "the same question stands twice.")
    if reading.page.lang == "es":
        for question in questions:
            if "¿" not in question:
                yield reading.problem("questions", f"{question!r} opens without ¿.")


def _sources(reading: _Reading) -> Iterator[Problem]:
    facts = reading.entry.facts
    numbers = [source.n for source in facts.sources]
    if numbers != list(range(1, len(numbers) + 1)):
        yield reading.problem("sources", f"must be numbered 1, 2, 3 ...; found {_listed(numbers)}.")
    used: set[int] = set()
    for key in LABELLED:
        for index, item in enumerate(getattr(facts, key, ())):
            used.add(item.source)
            if item.source not in numbers:
                line = reading.document.line_of((key, index, "source"))
                message = f"names source {item.source}, which is not among `sources` ({_listed(numbers)})."
                yield reading.problem(f"{key}.{index + 1}.source", message, line)
    for page in reading.entry.pages.values():
        for section in page.sections:
            used.update(*(cited(block.text) for block in section.blocks))
    for index, source in enumerate(facts.sources):
        if source.n not in used:
            line = reading.document.line_of(("sources", index))
            message = f"source {source.n} is never cited; cite it as [{source.n}] or remove it."
            yield reading.problem("sources", message, line)


def _dates(reading: _Reading) -> Iterator[Problem]:
    facts = reading.entry.facts
    pairs = [("period.end", facts.period.start, facts.period.end), ("review_by", facts.last_reviewed, facts.review_by)]
    if isinstance(facts, Event):
        pairs.append(("dates.end", facts.dates.start, facts.dates.end))
    for key, first, last in pairs:
        if first and last and last[: len(first)] < first[: len(last)]:
            yield reading.problem(key, f"{last} lies before {first}.")
    for index, figure in enumerate(facts.results):
        if figure.year and figure.year > int(facts.last_reviewed[:4]):
            line = reading.document.line_of(("results", index, "year"))
            yield reading.problem(f"results.{index + 1}.year", f"{figure.year} lies after the last review.", line)


def _review(reading: _Reading) -> Iterator[Problem]:
    review = reading.entry.facts.review
    if review.status == "withdrawn" and review.reason is None:
        yield reading.problem(
            "review", "is withdrawn without `reason: {en: ..., es: ...}`, which its readers are shown."
        )
    if review.status == "withdrawn" and review.decided is None:
        yield reading.problem("review", "is withdrawn without `decided`, the date of that decision.")
    if review.reason is not None and review.status != "withdrawn":
        yield reading.problem("review.reason", "is only for pages whose status is `withdrawn`.")
    if review.decided and review.status in ("draft", "in-review"):
        yield reading.problem(
            "review.decided", f"stands on a page whose status is `{review.status}`; nothing is decided yet."
        )


def _folder(reading: _Reading) -> Iterator[Problem]:
    country = reading.entry.folder.upper()
    countries = reading.entry.facts.countries
    if len(country) == 2 and country not in countries:
        yield reading.problem("countries", f"must hold {country}, the folder that the file stands in.")


def _references(reading: _Reading, library: Library) -> Iterator[Problem]:
    facts = reading.entry.facts
    known = library.everything
    for key in ("related", "practices", "prioritised"):
        for target in getattr(facts, key, ()):
            if target not in known:
                yield reading.problem(key, f"{target!r} is no entry.{did_you_mean(target, known)}")
            elif known[target].is_withdrawn and reading.entry.is_published:
                yield reading.problem(key, f"{target!r} was withdrawn; take it out, or name what took its place.")
            elif target == reading.entry.id:
                yield reading.problem(key, "names the page itself.")


def _same_lists(reading: _Reading) -> Iterator[Problem]:
    original = reading.entry.original
    for key in sorted({*original.words, *reading.page.words}):
        there, here = len(original.words.get(key, ())), len(reading.page.words.get(key, ()))
        if key == "questions" or there == here or (here == 0 and key in SAME_IN_BOTH):
            continue
        message = f"has {here} items; the original has {there}. Translate each, in the same order."
        yield reading.problem(key, message)


def _same_figures(reading: _Reading) -> Iterator[Problem]:
    original, page = reading.entry.original, reading.page
    originals = {section.key: section.text for section in original.sections}
    for section in page.sections:
        if section.key in originals:
            message = _difference(originals[section.key], section.text)
            if message:
                yield reading.problem("body", f"under {section.heading!r} {message}", section.line)
    pairs = [("summary", original.summary, page.summary)]
    for key in LABELLED:
        pairs += [(key, a, b) for a, b in zip(original.words.get(key, ()), page.words.get(key, ()), strict=False)]
    for key, there, here in pairs:
        message = _difference(there, here)
        if message:
            yield reading.problem(key, message)


def _difference(original: str, translated: str) -> str:
    there = Counter(_as_number(n) for n in _NUMBER.findall(without_citations(original)))
    here = Counter(_as_number(n) for n in _NUMBER.findall(without_citations(translated)))
    if there == here:
        return ""
    missing, added = there - here, here - there
    parts = []
    if missing:
        parts.append(f"the original's {_listed(missing.elements())} is missing")
    if added:
        parts.append(f"{_listed(added.elements())} is not in the original")
    return "figures differ: " + "; ".join(parts) + "."


def _stale(reading: _Reading) -> Iterator[Problem]:
    current = words_fingerprint(reading.entry.original)
    if reading.page.fingerprint != current:
        message = (
            f"the original {reading.entry.original.path} has changed since this translation was made; "
            f"bring it up to date and set `fingerprint: {current}` (or run `kb stamp {reading.entry.id}`)."
        )
        yield reading.problem("fingerprint", message)


def _repeated_sentences(readings: list[_Reading]) -> Iterator[Problem]:
    seen: dict[str, _Reading] = {}
    for reading in readings:
        for section in reading.page.sections:
            for block in section.blocks:
                for sentence in _SENTENCE_END.split(without_citations(block.text)):
                    key = " ".join(sentence.lower().split())
                    if len(key.split()) < _REPEATED_FROM:
                        continue
                    first = seen.setdefault(key, reading)
                    if first.entry.id != reading.entry.id:
                        message = f"the sentence {sentence[:60]!r}... stands in {first.page.path} too; say what is special here."
                        yield reading.problem("body", message, block.line)


def _all_words(page: Page) -> Iterator[tuple[str, str]]:
    yield "title", page.title
    yield "summary", page.summary
    for key, words in page.words.items():
        for word in words:
            yield key, word


def _as_number(text: str) -> float:
    return float(text.replace(",", ""))


def _listed(numbers: object) -> str:
    return ", ".join(f"{number:g}" for number in numbers)  # type: ignore[attr-defined]


_Rule = Callable[[_Reading], Iterator[Problem]]
_PAGE_RULES: tuple[_Rule, ...] = (
    _headings, _length, _raw_html, _links, _citations_exist, _figures_have_sources, _privacy, _questions,
)  # fmt: skip
_ORIGINAL_RULES: tuple[_Rule, ...] = (_sources, _dates, _review, _folder)
_TRANSLATION_RULES: tuple[_Rule, ...] = (_same_lists, _same_figures, _stale)
