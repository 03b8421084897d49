"""What a valid file may still have wrong: citations, figures, headings, translations, repeated text.

`check_library` runs every rule. A rule is a function from an entry (or the library) to problems.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from kb.content.fact_checks import dates, folder, references, review, sources
from kb.content.interests import check_interests
from kb.content.language import detect_language
from kb.content.library import Library
from kb.content.markdown import FOOTNOTE, MISCITED, blocks, cited, outline, raw_html_line, unshown, without_citations
from kb.content.memory import remembered
from kb.content.model import LABELLED, LISTS, SINGLE, Entry, Page, Practice
from kb.content.privacy import personal_data_of
from kb.content.problems import MAX_PROBLEMS, Problem, did_you_mean
from kb.content.reading import NUMBER, Reading, as_number, listed
from kb.content.sections import EDITORIAL, LANGUAGES, UNDOCUMENTED, headings
from kb.content.translation_checks import same_figures, same_lists, stale
from kb.content.unfinished import Unfinished, unfinished
from kb.content.wording import FOOTNOTES, SLIPS
from kb.sentences import Sentence, joined

BODY_WORDS = {"full": (120, 450), "snapshot": (30, 450), "commitment": (60, 350), "event": (60, 400)}
SPANISH_ALLOWANCE = 1.2
"""Spanish says the same in about a fifth more words."""

PERSONAL = "personal data"

_TELLING_WORDS = 8
_OTHER_LANGUAGE = {
    "en": Sentence(
        "seems to be in Spanish; a file that ends in .en.md is written in English, one in Spanish ends in .es.md."
    ),
    "es": Sentence(
        "seems to be in English; a file that ends in .es.md is written in Spanish, one in English ends in .en.md."
    ),
}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}:")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[¿¡A-ZÁÉÍÓÚÑ'\"])")
_MARK = re.compile(rf"\[[\d, ]+\]|{MISCITED.pattern}|{FOOTNOTE.pattern}")
_REPEATED_FROM = 9


def check_library(library: Library) -> list[Problem]:
    """Every problem of the content, reading problems included, in the order of files and lines."""
    readings, partly = _readings(library), list(unfinished(library))
    problems = [*library.problems, *_of_pages(readings, partly, library)]
    problems.extend(_repeated_sentences([*readings, *(one.reading for one in partly)]))
    problems.extend(_interests(library))
    return _shortened(sorted(set(problems)))


def check_entries(library: Library, ids: Collection[str]) -> list[Problem]:
    """The problems of a few entries' files, for an editor who waits."""
    readings, partly = _readings(library), list(unfinished(library))
    problems = [problem for entry in library.unread if entry.id in ids for problem in entry.problems]
    problems.extend(
        _of_pages(
            [reading for reading in readings if reading.entry.id in ids],
            [one for one in partly if one.reading.entry.id in ids],
            library,
        )
    )
    everything = [*readings, *(one.reading for one in partly)]
    own = {reading.page.path for reading in everything if reading.entry.id in ids}
    problems.extend(problem for problem in _repeated_sentences(everything) if problem.path in own)
    return _shortened(sorted(set(problems)))


def _readings(library: Library) -> list[Reading]:
    """All pages. What is published comes first, so that a sentence found twice is the proposal's to change."""
    return [
        Reading(entry, page, library.documents[page.path])
        for entry in (*library.entries.values(), *library.unpublished.values())
        for page in entry.pages.values()
    ]


def _of_pages(readings: Iterable[Reading], partly: Sequence[Unfinished], library: Library) -> Iterator[Problem]:
    for reading in readings:
        yield from _of_page(reading, library)
    for one in partly:
        yield from _of_page(one.reading, library, one.lacking)
    yield from _hidden_privacy(one.reading for one in partly)


def _of_page(reading: Reading, library: Library, lacking: Collection[str] = ()) -> Iterator[Problem]:
    """What the rules say that need nothing of what is `lacking`."""
    rules = _PAGE_RULES | (_ORIGINAL_RULES if reading.page.is_original else _TRANSLATION_RULES)
    for rule, needed in rules.items():
        if needed.isdisjoint(lacking):
            yield from rule(reading)
    if reading.page.is_original:
        yield from references(reading, library)


def _shortened(problems: list[Problem]) -> list[Problem]:
    """At most `MAX_PROBLEMS` a file, and a line that says so."""
    kept: list[Problem] = []
    for path, own in groupby(problems, key=lambda problem: problem.path):
        listed = list(own)
        kept += listed[:MAX_PROBLEMS]
        if len(listed) > MAX_PROBLEMS:
            message = Sentence("has more problems than these %(most)s; mend them first.", most=MAX_PROBLEMS)
            kept.append(Problem(path, listed[MAX_PROBLEMS].line, "file", message))
    return kept


def _interests(library: Library) -> Iterator[Problem]:
    states = {entry.id: tuple(entry.facts.countries) for entry in library.practices}
    events = {entry.id for entry in library.of_kind("event")}
    for read in library.interests:
        yield from check_interests(read, states, events)


def _headings(reading: Reading) -> Iterator[Problem]:
    wanted = list(headings(reading.entry.kind, reading.page.lang).values())
    line_of_body = reading.document.body_line
    found = []
    outlined = list(outline(reading.document.body))
    above = reading.document.body.split("\n")[: outlined[0][2] if outlined else None]
    lost = next((number for number, line in enumerate(above) if line.strip()), None)
    if lost is not None:
        message = Sentence("text stands above the first heading, where no page shows it; move it below one.")
        yield reading.problem("body", message, line_of_body + lost)
    for level, text, line in outlined:
        if level == 2:
            found.append(text)
            if text not in wanted:
                message = Sentence(
                    "heading %(found)r is not one of this kind of page.%(hint)s Allowed: %(allowed)s.",
                    found=text,
                    hint=did_you_mean(text, wanted),
                    allowed="; ".join(wanted),
                )
                yield reading.problem("body", message, line_of_body + line)
        elif level == 1:
            message = Sentence("a heading with one `#` is the page's title, which stands in `title`; use `##`.")
            yield reading.problem("body", message, line_of_body + line)
    known = [text for text in found if text in wanted]
    if known != wanted:
        missing = [text for text in wanted if text not in known]
        message = (
            Sentence("heading missing: %(missing)s.", missing="; ".join(missing))
            if missing
            else Sentence("headings twice or out of order.")
        )
        order = Sentence("Write all, in this order: %(wanted)s.", wanted="; ".join(wanted))
        yield reading.problem("body", joined([message, order], " "), line_of_body)
    for section in reading.page.sections:
        if not section.blocks:
            message = Sentence(
                "nothing stands below %(heading)r; write %(words)r",
                heading=section.heading,
                words=UNDOCUMENTED[reading.page.lang] + ".",
            )
            yield reading.problem("body", message, section.line)


def words_wanted(entry: Entry, page: Page) -> tuple[int, int]:
    """Fewest and most words of a page's text."""
    facts = entry.facts
    least, most = BODY_WORDS[facts.tier if isinstance(facts, Practice) else facts.kind]
    return least, int(most * SPANISH_ALLOWANCE) if page.lang == "es" else most


def word_count(page: Page) -> int:
    """Words of a page's text, headings and marks left out."""
    return sum(len(section.text.split()) for section in page.sections)


def _length(reading: Reading) -> Iterator[Problem]:
    least, most = words_wanted(reading.entry, reading.page)
    count = word_count(reading.page)
    if not least <= count <= most:
        message = Sentence(
            "the text has %(count)s words; between %(least)s and %(most)s are wanted.",
            count=count,
            least=least,
            most=most,
        )
        if count < least and reading.entry.kind == "practice":
            message = joined([message, Sentence("A shorter page sets `tier: snapshot`.")], " ")
        yield reading.problem("body", message, reading.document.body_line)


def _raw_html(reading: Reading) -> Iterator[Problem]:
    line = raw_html_line(reading.document.body)
    if line is not None:
        message = Sentence("raw HTML is shown as text; use Markdown instead.")
        yield reading.problem("body", message, reading.document.body_line + line)


def _links(reading: Reading) -> Iterator[Problem]:
    for found in unshown(reading.document.body):
        scheme = _SCHEME.match(found.target)
        if found.kind == "picture":
            message = Sentence(
                "a picture is shown as text, for pages hold text only; say in words what it shows, and cite where it can be seen."
            )
        elif scheme:
            message = Sentence(
                "a link to %(scheme)r is shown as text; links lead to https:// or http:// addresses.",
                scheme=scheme.group(),
            )
        else:
            message = Sentence(
                "a link to %(target)r leads nowhere from the page; write its whole address (https://...), or name a page of "
                "ours under `related`.",
                target=found.target[:60],
            )
        yield reading.problem("body", message, reading.document.body_line + found.line)


def _wording(reading: Reading) -> Iterator[Problem]:
    page = reading.page
    told = [(key, None, text) for key, text in _all_words(page)]
    below = [("body", block.line, block.text) for section in page.sections for block in section.blocks]
    for slip in SLIPS:
        if page.lang in slip.langs:
            for key, line, text in [*told, *below] if slip.everywhere else below:
                for found in slip.pattern.finditer(text):
                    yield reading.problem(key, Sentence(slip.told, found=found.group()), line)


def _footnotes(reading: Reading) -> Iterator[Problem]:
    for number, line in enumerate(reading.document.body.split("\n")):
        if found := FOOTNOTES.pattern.search(line):
            message = Sentence(FOOTNOTES.told, found=found.group())
            yield reading.problem("body", message, reading.document.body_line + number)


def _citations_exist(reading: Reading) -> Iterator[Problem]:
    numbers = {source.n for source in reading.entry.facts.sources}
    for section in reading.page.sections:
        for block in section.blocks:
            for number in sorted(cited(block.text) - numbers):
                message = Sentence(
                    "cites source [%(number)s], which is not among `sources` (%(numbers)s).",
                    number=number,
                    numbers=listed(numbers),
                )
                yield reading.problem("body", message, block.line)


def _figures_have_sources(reading: Reading) -> Iterator[Problem]:
    known = _known_numbers(reading.entry)
    unsourced = (EDITORIAL[reading.page.lang], UNDOCUMENTED[reading.page.lang])
    for section in reading.page.sections:
        for block in section.blocks:
            if block.text.startswith(unsourced):
                continue
            marks = [found.start() for found in re.finditer(r"\[\d", block.text)]
            last_mark = marks[-1] if marks else -1
            plain = _MARK.sub(lambda mark: " " * len(mark.group()), block.text)
            for found in NUMBER.finditer(plain):
                if found.start() > last_mark and as_number(found.group()) not in known:
                    message = Sentence(
                        "the figure %(figure)s has no source; put its number behind it, such as [1].",
                        figure=found.group(),
                    )
                    yield reading.problem("body", message, block.line)


def _known_numbers(entry: Entry) -> set[float]:
    figures = [*entry.facts.results, *getattr(entry.facts, "costs", ())]
    known = {float(figure.value) for figure in figures} | {float(f.year) for f in figures if f.year}
    for milestone in entry.facts.milestones:
        known |= {float(part) for part in milestone.date.split("-")}
    return known


def _privacy(reading: Reading) -> Iterator[Problem]:
    places: list[tuple[str, int | None, str]] = [(key, None, text) for key, text in _all_words(reading.page)]
    places += [("body", block.line, block.text) for section in reading.page.sections for block in section.blocks]
    for number, finding in personal_data_of(tuple(text for _, _, text in places), _no_persons(reading)):
        key, line, _ = places[number]
        yield replace(reading.problem(key, finding.sentence, line), topic=PERSONAL)


def _privacy_of_facts(reading: Reading) -> Iterator[Problem]:
    """Sources and the review: a citation names authors, and nothing else of a person; reviewers are institutions."""
    facts, line_of = reading.entry.facts, reading.document.line_of
    places: list[tuple[str, int, str]] = []
    for index, source in enumerate(facts.sources):
        for key in ("title", "publisher", "url"):
            text = getattr(source, key) or ""
            places.append((f"sources.{index + 1}.{key}", line_of(("sources", index, key)), text))
    for index, reviewer in enumerate(facts.review.reviewers):
        places.append((f"review.reviewers.{index + 1}", line_of(("review", "reviewers", index)), reviewer))
    if facts.review.reason:
        for lang in LANGUAGES:
            line = line_of(("review", "reason", lang))
            places.append((f"review.reason.{lang}", line, getattr(facts.review.reason, lang)))
    for number, finding in personal_data_of(tuple(text for _, _, text in places), tuple(facts.institutional)):
        key, line, _ = places[number]
        if finding.kind != "person" or not key.startswith("sources."):
            yield Problem(reading.page.path, line, key, finding.sentence, PERSONAL)


def _hidden_privacy(readings: Iterable[Reading]) -> Iterator[Problem]:
    """Personal data under headings that are not ours, in files that are no page: they wait for no second look, for they may be
    public already."""
    for reading in readings:
        found = list(blocks(reading.document.body, reading.document.body_line))
        for number, finding in personal_data_of(tuple(block.text for block in found), _no_persons(reading)):
            yield Problem(reading.page.path, found[number].line, "body", finding.sentence, PERSONAL)


def _no_persons(reading: Reading) -> tuple[str, ...]:
    """What a page says to be an institution's, and its places: many a department and town is named after a person."""
    facts = reading.entry.facts
    listed = (getattr(facts, "institutional", ()), getattr(facts, "places", ()), reading.page.words.get("places", ()))
    return tuple(name for names in listed for name in names)


def _language(reading: Reading) -> Iterator[Problem]:
    """A page in the other file's language: a whole section, or the summary. A few words tell too little, names among them."""
    page = reading.page
    texts: list[tuple[str, int | None, str]] = [("summary", None, page.summary)]
    texts += [("body", section.line, section.text) for section in page.sections]
    if not page.sections:  # its headings are in the other language too
        texts.append(("body", reading.document.body_line, reading.document.body))
    for key, line, text in texts:
        if len(text.split()) >= _TELLING_WORDS and _written_in(text, page.lang) != page.lang:
            yield reading.problem(key, _OTHER_LANGUAGE[page.lang], line)


@remembered(4096)
def _written_in(text: str, fallback: str) -> str:
    return detect_language(text, fallback)


def _questions(reading: Reading) -> Iterator[Problem]:
    questions = reading.page.questions
    if len(set(questions)) < len(questions):
        yield reading.problem("questions", Sentence("the same question stands twice."))
    if reading.page.lang == "es":
        for question in questions:
            if "¿" not in question:
                yield reading.problem("questions", Sentence("%(question)r opens without ¿.", question=question))


def _repeated_sentences(readings: list[Reading]) -> Iterator[Problem]:
    seen: dict[str, Reading] = {}
    for reading in readings:
        for section in reading.page.sections:
            for block in section.blocks:
                if block.text.startswith(UNDOCUMENTED[reading.page.lang]):
                    continue  # what is not known may be the same in many places
                for sentence in _SENTENCE_END.split(without_citations(block.text)):
                    key = " ".join(sentence.lower().split())
                    if len(key.split()) < _REPEATED_FROM:
                        continue
                    first = seen.setdefault(key, reading)
                    if first.entry.id != reading.entry.id:
                        message = Sentence(
                            "the sentence %(start)r... stands in %(path)s too; say what is special here.",
                            start=sentence[:60],
                            path=first.page.path,
                        )
                        yield reading.problem("body", message, block.line)


def _all_words(page: Page) -> Iterator[tuple[str, str]]:
    yield "title", page.title
    yield "summary", page.summary
    for key, words in page.words.items():
        for word in words:
            yield key, word


_Rule = Callable[[Reading], Iterator[Problem]]
_NUMBERED = frozenset(LABELLED)
# Each rule with the keys without which it cannot tell.
_PAGE_RULES: dict[_Rule, frozenset[str]] = {
    _headings: frozenset(),
    _length: frozenset({"tier"}),
    _raw_html: frozenset(),
    _links: frozenset(),
    _footnotes: frozenset(),
    _wording: frozenset(),
    _language: frozenset(),
    _citations_exist: frozenset({"sources"}),
    _figures_have_sources: _NUMBERED,
    _privacy: frozenset(),
    _questions: frozenset(),
}
_ORIGINAL_RULES: dict[_Rule, frozenset[str]] = {
    sources: _NUMBERED | {"sources"},
    dates: frozenset({"period", "dates", "results", "sources", "last_reviewed", "review_by"}),
    review: frozenset({"review"}),
    folder: frozenset({"countries"}),
    _privacy_of_facts: frozenset({"sources", "review", "institutional"}),
}
_WORDS = frozenset({*LABELLED, *LISTS, *SINGLE, "summary"})
_TRANSLATION_RULES: dict[_Rule, frozenset[str]] = {
    same_lists: _WORDS,
    same_figures: _WORDS,
    stale: frozenset({"translates", "fingerprint"}),
}
