"""What the facts of an original may have wrong: sources, dates, review status, folder, and entries that it names."""

from __future__ import annotations

from collections.abc import Iterator

from kb.content.library import Library
from kb.content.markdown import cited
from kb.content.model import LABELLED, Event
from kb.content.problems import Problem, did_you_mean
from kb.content.reading import Reading, listed
from kb.sentences import Sentence, template

LATER = template("%(date)s lies after the last review; correct it, or bring `last_reviewed` up to date.")


def sources(reading: Reading) -> Iterator[Problem]:
    facts = reading.entry.facts
    numbers = [source.n for source in facts.sources]
    if numbers != list(range(1, len(numbers) + 1)):
        message = Sentence("must be numbered 1, 2, 3 ...; found %(numbers)s.", numbers=listed(numbers))
        yield reading.problem("sources", message)
    used: set[int] = set()
    for key in LABELLED:
        for index, item in enumerate(getattr(facts, key, ())):
            used.add(item.source)
            if item.source not in numbers:
                line = reading.document.line_of((key, index, "source"))
                message = Sentence(
                    "names source %(number)s, which is not among `sources` (%(numbers)s).",
                    number=item.source,
                    numbers=listed(numbers),
                )
                yield reading.problem(f"{key}.{index + 1}.source", message, line)
    for page in reading.entry.pages.values():
        for section in page.sections:
            used.update(*(cited(block.text) for block in section.blocks))
    for index, source in enumerate(facts.sources):
        if source.n not in used:
            line = reading.document.line_of(("sources", index))
            message = Sentence(
                "source %(number)s is never cited; cite it as [%(number)s] or remove it.", number=source.n
            )
            yield reading.problem("sources", message, line)


def dates(reading: Reading) -> Iterator[Problem]:
    facts = reading.entry.facts
    pairs = [("period.end", facts.period.start, facts.period.end), ("review_by", facts.last_reviewed, facts.review_by)]
    if isinstance(facts, Event):
        pairs.append(("dates.end", facts.dates.start, facts.dates.end))
    for key, first, last in pairs:
        if first and last and last[: len(first)] < first[: len(last)]:
            yield reading.problem(key, Sentence("%(last)s lies before %(first)s.", last=last, first=first))
    for index, figure in enumerate(facts.results):
        if figure.year and figure.year > int(facts.last_reviewed[:4]):
            line = reading.document.line_of(("results", index, "year"))
            yield reading.problem(f"results.{index + 1}.year", Sentence(LATER, date=figure.year), line)
    for index, source in enumerate(facts.sources):
        if source.date and source.date > facts.last_reviewed[: len(source.date)]:
            line = reading.document.line_of(("sources", index, "date"))
            yield reading.problem(f"sources.{index + 1}.date", Sentence(LATER, date=source.date), line)


def review(reading: Reading) -> Iterator[Problem]:
    review = reading.entry.facts.review
    if review.status == "withdrawn" and review.reason is None:
        message = Sentence("is withdrawn without `reason: {en: ..., es: ...}`, which its readers are shown.")
        yield reading.problem("review", message)
    if review.status == "withdrawn" and review.decided is None:
        yield reading.problem("review", Sentence("is withdrawn without `decided`, the date of that decision."))
    if review.reason is not None and review.status != "withdrawn":
        yield reading.problem("review.reason", Sentence("is only for pages whose status is `withdrawn`."))
    if review.decided and review.status in ("draft", "in-review"):
        message = Sentence(
            "stands on a page whose status is `%(status)s`; nothing is decided yet.", status=review.status
        )
        yield reading.problem("review.decided", message)


def folder(reading: Reading) -> Iterator[Problem]:
    country = reading.entry.folder.upper()
    countries = reading.entry.facts.countries
    if len(country) == 2 and country not in countries:
        message = Sentence("must hold %(country)s, the folder that the file stands in.", country=country)
        yield reading.problem("countries", message)


def references(reading: Reading, library: Library) -> Iterator[Problem]:
    """Of entries that cannot be read it is only said what is wrong with them, not who names them."""
    facts = reading.entry.facts
    known = library.everything
    unread = {entry.id for entry in library.unread}
    for key in ("related", "practices", "prioritised"):
        for target in getattr(facts, key, ()):
            if target in unread and target not in known:
                continue
            if target not in known:
                hint = did_you_mean(target, known)
                yield reading.problem(key, Sentence("%(id)r is no entry.%(hint)s", id=target, hint=hint))
            elif known[target].is_withdrawn and reading.entry.is_published:
                message = Sentence("%(id)r was withdrawn; take it out, or name what took its place.", id=target)
                yield reading.problem(key, message)
            elif target == reading.entry.id:
                yield reading.problem(key, Sentence("names the page itself."))
