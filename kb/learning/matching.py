"""Who can learn what from whom: for each commitment the practices of other States that answer it, with the reason.

Each need that a commitment names (what would help; where the page does not say, what it asks for) is a question to the search engine,
its title and summary are one more. A practice's score is its reciprocal rank over these questions (Cormack, Clarke and Büttcher, 2009), the
summary counting one and a half times, relative to the best, plus half the share of the commitment's themes that it has and a little
for the share of those it is about. What stays below `LEAST` is no match.
"""

from __future__ import annotations

import html
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kb.content.sections import LANGUAGES
from kb.content.vocabulary import vocabulary
from kb.learning.asked import AskedBefore
from kb.learning.knowledge import Entry, Knowledge
from kb.learning.words import Words, listed, say, state, term
from kb.search.answer import Hit
from kb.search.engine import SearchEngine
from kb.search.request import search_request

KEPT = 10
"""Most practices kept for a commitment."""
LEAST = 0.6
"""Least score of a match: of what the judged commitments had below it among their first ten, nothing was right."""
CLOSE = 0.7
"""Least score at which a practice's page says who could use it: below it, two in three of the judged were wrong."""
ANSWERS = 1.0
"""Least score at which a practice is said to answer a need, not only to touch on it: of the judged, four in five did, and hardly one was wrong."""
_PLACES = 5
"""Place in the ranking for the need up to which that is said."""
_SMOOTH = 10
_SUMMARY_WEIGHT = 1.5
_THEME_WEIGHT = 0.5
_POPULATION_WEIGHT = 0.15


@dataclass(frozen=True)
class Need:
    """One question of a commitment: its words, its weight, and which of the page's lists it stands in."""

    key: str
    words: Words
    weight: float = 1.0


@dataclass(frozen=True)
class Match:
    """A practice that answers a commitment. `need` is the question that it answers best, at place `rank` from 1."""

    commitment: Entry
    practice: Entry
    score: float
    need: Need
    rank: int

    @property
    def shared_themes(self) -> tuple[str, ...]:
        """Themes of both, in the order of the vocabulary."""
        return tuple(name for name in vocabulary()["themes"] if name in self.commitment.themes & self.practice.themes)

    @property
    def learners(self) -> tuple[str, ...]:
        """States of the commitment that the practice is not their own."""
        return tuple(code for code in self.commitment.states if code not in self.practice.states)

    @property
    def reason(self) -> Words:
        """Why it was matched, in one sentence."""
        origin = listed(state(code) for code in self.practice.states)
        themes = listed(term("themes", name) for name in self.shared_themes)
        answers = self.score >= ANSWERS and self.rank <= _PLACES
        named = "match-reason" if answers else "match-reason-touches"
        key = named if self.need.key != "summary" else "match-reason-summary"
        sentence = say(key, origin=origin, need=self.need.words)
        shared = say("match-themes", themes=themes) if self.shared_themes else None
        evidence = say("match-evidence", evidence=term("evidence", self.practice.evidence))
        parts = [sentence, *([shared] if shared else []), evidence]
        return {lang: " ".join(part[lang] for part in parts) for lang in LANGUAGES}


@dataclass(frozen=True)
class Passage:
    """The passage that answers: safe HTML with `<mark>`, and its language."""

    html: str
    lang: str


class Matching:
    """Matches of one snapshot. Rankings are found when first asked for, and kept."""

    def __init__(self, knowledge: Knowledge, asked: AskedBefore | None = None) -> None:
        self.knowledge = knowledge
        self._engine = asked.engine(knowledge.engine) if asked else knowledge.engine
        self._kept: dict[str, tuple[Match, ...]] = {}
        self._lock = threading.Lock()

    def practices_for(self, commitment: Entry) -> tuple[Match, ...]:
        """Practices of other States that answer a commitment, best first; none where nothing comes close."""
        with self._lock:
            if commitment.id not in self._kept:
                self._kept[commitment.id] = self._ranked(commitment)[:KEPT]
            return self._kept[commitment.id]

    def practices_for_learner(self, commitment: Entry, state: str) -> list[Match]:
        """Of those what one of the commitment's States can learn from: not its own practices."""
        return [match for match in self.practices_for(commitment) if state in match.learners]

    def commitments_for(self, practice: Entry) -> tuple[Match, ...]:
        """The commitments with a theme of a practice that it answers, best first: who could use it, and what for."""
        found = [
            match
            for commitment in self.knowledge.commitments.values()
            if commitment.themes & practice.themes
            for match in self.practices_for(commitment)
            if match.practice.id == practice.id and match.score >= CLOSE
        ]
        return tuple(sorted(found, key=lambda match: (-match.score, match.commitment.id)))

    def passage(self, match: Match, lang: str) -> Passage:
        """The passage of the practice that answers the need, in the reader's language where there is one."""
        need = match.need.words[match.commitment.lang]
        page = 1 + (match.rank - 1) // _PAGE
        for hit in self._hits(need, lang, page):
            if hit.item.id == match.practice.id:
                return Passage(hit.snippet.html, hit.snippet.lang)
        return Passage(html.escape(match.practice.summary[lang]), match.practice.page_lang(lang))

    def _hits(self, need: str, lang: str, page: int) -> tuple[Hit, ...]:
        return self.knowledge.engine.search(search_request(need, lang, page=page, page_size=_PAGE)).hits

    def _ranked(self, commitment: Entry) -> tuple[Match, ...]:
        votes: dict[str, float] = defaultdict(float)
        best: dict[str, tuple[float, Need, int]] = {}
        for need in needs_of(commitment):
            ranking = self._engine.ranking(search_request(need.words[commitment.lang], commitment.lang))
            for rank, (practice_id, _) in enumerate(ranking, start=1):
                vote = need.weight / (_SMOOTH + rank)
                votes[practice_id] += vote
                # A named need tells a reader more than the summary does: it is the reason wherever it is near.
                best[practice_id] = min(
                    best.get(practice_id, (1e9, need, 0)), (rank * need.weight, need, rank), key=_first
                )
        own = set(commitment.states)
        most = max(votes.values(), default=1.0)
        matches = []
        for practice_id, vote in votes.items():
            practice = self.knowledge.practices[practice_id]
            if own <= set(practice.states):
                continue
            score = round(vote / most + _in_common(commitment, practice), 4)
            _, need, rank = best[practice_id]
            if score >= LEAST:
                matches.append(Match(commitment, practice, score, need, rank))
        return tuple(sorted(matches, key=lambda match: (-match.score, match.practice.id)))


_PAGE = 10
_COUNTED = 5
"""Best practices of a commitment that the matrix counts."""


def _in_common(commitment: Entry, practice: Entry) -> float:
    """What themes and populations of both add to a score."""
    themes = len(commitment.themes & practice.themes) / len(commitment.themes)
    people = len(commitment.populations & practice.populations) / max(1, len(commitment.populations))
    return _THEME_WEIGHT * themes + _POPULATION_WEIGHT * people


def _first(found: tuple[float, Need, int]) -> float:
    return found[0]


def needs_of(commitment: Entry) -> list[Need]:
    """What a commitment asks: each of its learning interests (or asks, where it has none), and its summary."""
    key = "learning_interest" if commitment.labels("learning_interest", commitment.lang) else "asks"
    found = [
        Need(key, {lang: commitment.labels(key, lang)[place] for lang in LANGUAGES})
        for place in range(len(commitment.labels(key, commitment.lang)))
    ]
    whole = {lang: f"{commitment.title[lang]}. {commitment.summary[lang]}" for lang in LANGUAGES}
    return [*found, Need("summary", whole, _SUMMARY_WEIGHT)]


_making = threading.Lock()


def matching_of(engine: SearchEngine) -> Matching:
    """The matching of an engine, kept until another engine takes its place: a server ranks once for each snapshot."""
    with _making:  # of requests that arrive together one makes it
        return _matching_of(engine)


@lru_cache(maxsize=1)
def _matching_of(engine: SearchEngine) -> Matching:
    return Matching(Knowledge(engine), AskedBefore(engine.snapshot))


def forget_matching() -> None:
    """Lets go of the engine that was matched last, and with it of its snapshot."""
    _matching_of.cache_clear()


def matrix(matching: Matching) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """Learning State to teaching country to theme to number of matches. Themes stand in the order of their numbers."""
    counted: dict[str, dict[str, dict[str, int]]] = {code: {} for code in vocabulary().mirps_states()}
    for match in _telling(matching):
        for learner in match.learners:
            for teacher in match.practice.states:
                themes = counted.setdefault(learner, {}).setdefault(teacher, {})
                for name in match.shared_themes:
                    themes[name] = themes.get(name, 0) + 1
    return {
        learner: {
            teacher: dict(sorted(themes.items(), key=lambda pair: -pair[1]))
            for teacher, themes in teachers.items()
            if themes
        }
        for learner, teachers in counted.items()
    }


def between(matching: Matching, learner: str, teacher: str) -> list[Match]:
    """The matches that one cell of the matrix counts, best first within each commitment."""
    return [
        match
        for match in _telling(matching)
        if learner in match.learners and teacher in match.practice.states and match.shared_themes
    ]


def _telling(matching: Matching) -> Iterator[Match]:
    """The best matches of each commitment. One of all States together says nothing of who should talk to whom; it is left out."""
    everyone = set(vocabulary().mirps_states())
    for commitment in matching.knowledge.commitments.values():
        if not everyone <= set(commitment.states):
            yield from matching.practices_for(commitment)[:_COUNTED]
