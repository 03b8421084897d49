"""What a translation may have wrong beside its original: lists, figures, and whether the original changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kb.content.library import words_fingerprint
from kb.content.markdown import without_citations
from kb.content.model import LABELLED, SAME_IN_BOTH
from kb.content.problems import Problem
from kb.content.reading import NUMBER, Reading, as_number, listed
from kb.sentences import Sentence, joined


def same_lists(reading: Reading) -> Iterator[Problem]:
    original = reading.entry.original
    for key in sorted({*original.words, *reading.page.words}):
        there, here = len(original.words.get(key, ())), len(reading.page.words.get(key, ()))
        if key == "questions" or there == here or (here == 0 and key in SAME_IN_BOTH):
            continue
        message = Sentence(
            "has %(here)s items; the original has %(there)s. Translate each, in the same order.", here=here, there=there
        )
        yield reading.problem(key, message)


def same_figures(reading: Reading) -> Iterator[Problem]:
    original, page = reading.entry.original, reading.page
    originals = {section.key: section.text for section in original.sections}
    for section in page.sections:
        if section.key in originals:
            message = _difference(originals[section.key], section.text)
            if message:
                under = Sentence("under %(heading)r:", heading=section.heading)
                yield reading.problem("body", joined([under, message], " "), section.line)
    pairs = [("summary", original.summary, page.summary)]
    for key in LABELLED:
        pairs += [(key, a, b) for a, b in zip(original.words.get(key, ()), page.words.get(key, ()), strict=False)]
    for key, there, here in pairs:
        message = _difference(there, here)
        if message:
            yield reading.problem(key, message)


def _difference(original: str, translated: str) -> Sentence:
    there = Counter(as_number(n) for n in NUMBER.findall(without_citations(original)))
    here = Counter(as_number(n) for n in NUMBER.findall(without_citations(translated)))
    if there == here:
        return Sentence()
    missing, added = listed((there - here).elements()), listed((here - there).elements())
    if missing and added:
        return Sentence(
            "figures differ: the original's %(missing)s is missing; %(added)s is not in the original.",
            missing=missing,
            added=added,
        )
    if missing:
        return Sentence("figures differ: the original's %(missing)s is missing.", missing=missing)
    return Sentence("figures differ: %(added)s is not in the original.", added=added)


def stale(reading: Reading) -> Iterator[Problem]:
    current = words_fingerprint(reading.entry.original)
    if reading.page.fingerprint != current:
        message = Sentence(
            "the original %(path)s has changed since this translation was made; bring it up to date and set "
            "`fingerprint: %(current)s` (or run `kb stamp %(id)s`).",
            path=reading.entry.original.path,
            current=current,
            id=reading.entry.id,
        )
        yield reading.problem("fingerprint", message)
