"""Which practices an agenda holds: near to the change sought, and different from each other.

Maximal marginal relevance (Carbonell and Goldstein, 1998): each next practice is the one with the highest
`0.7 relevance - 0.3 likeness to the nearest that is already chosen`. Relevance is the place in the search for the change sought,
raised where the practice answers what a delegation comes for, where States said that they want to know it, and where somebody who
comes can present it, most of all a delegation that presents nothing yet, and where it is the first to answer a delegation. Likeness is same presenter, shared themes and populations, same level of evidence.
"""

from __future__ import annotations

import html
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.content.sections import LANGUAGES
from kb.learning.knowledge import Entry, Knowledge
from kb.learning.request import AgendaRequest, minutes, words_of
from kb.learning.words import Words, listed, say, state, term
from kb.search.request import search_request

_RELEVANCE = 0.7
_NEW_VOICE = 0.2
"""Added for a delegation that presents nothing yet."""
_NOTABLE = 15
"""Place in the search up to which it is given as a reason."""
_PRESENT = 0.35
"""Added where somebody who comes can present: others would have to be invited."""
_FIRST_DAY = 10 * 60
_EACH = 120
"""Minutes beyond a long first day for which one more practice is presented."""
_DEBRIEF = 30
_UNANSWERED = 0.25
"""Added where it answers what a delegation comes for that no practice chosen so far answers."""
_NEAR = 3
"""Place in the ranking for a delegation's need up to which a practice counts as an answer to it."""


@dataclass(frozen=True)
class Presenter:
    """Who presents a practice. `key` is the State's code or the partner's name; empty when nobody of those who come can."""

    key: str
    name: Words


@dataclass(frozen=True)
class Chosen:
    """A practice of the agenda: who presents it, why it is there, and the passage of its page that speaks for it."""

    practice: Entry
    presenter: Presenter
    reason: Words
    passage: Words
    wanted: bool
    answers: tuple[str, ...]
    """Delegations (State codes) whose need it answers."""
    interested: tuple[str, ...]
    """States that said they want to know it."""

    def credit(self, lang: str) -> str:
        """Who presents it, as it stands behind the title; nothing where the title ends with it already."""
        name = self.presenter.name[lang]
        return "" if self.practice.title[lang].endswith((f"({name})", f", {name})")) else f" ({name})"


@dataclass(frozen=True)
class Left:
    """A wanted practice that is not on the agenda, and why."""

    practice: Entry
    reason: Words


class Candidates:
    """Every practice with its relevance to a request."""

    def __init__(self, request: AgendaRequest, knowledge: Knowledge) -> None:
        self.request = request
        self.knowledge = knowledge
        change = words_of(request.change)
        self._query = change[request.languages[0]]
        self._themes = frozenset(request.themes)
        self._places = self._ranked(self._query, {"theme": request.themes} if request.themes else {})
        self._passages: dict[str, Words] | None = None
        self.coming = [one.state for one in request.delegations]
        self._needs = {
            one.state: self._ranked(words_of(one.comes_for)[one.language or request.languages[0]], {})
            for one in request.delegations
            if one.comes_for
        }

    def _ranked(self, query: str, filters: dict[str, list[str]]) -> dict[str, int]:
        ranking = self.knowledge.engine.ranking(search_request(query, "es", filters))
        return {practice_id: place for place, (practice_id, _) in enumerate(ranking, start=1)}

    @property
    def found(self) -> list[Entry]:
        """Practices that the search for the change sought found, best first."""
        return [self.knowledge.practices[practice_id] for practice_id in self._places]

    @property
    def pool(self) -> list[Entry]:
        """Those, and what comes nearest to what a delegation comes for, within the themes asked for."""
        near = [name for places in self._needs.values() for name, place in places.items() if place <= _NEAR]
        others = [self.knowledge.practices[name] for name in dict.fromkeys(near) if name not in self._places]
        return [*self.found, *(one for one in others if not self._themes or one.themes & self._themes)]

    def answers(self, practice: Entry) -> tuple[str, ...]:
        """Delegations of other States whose need the practice answers."""
        return tuple(
            code
            for code, places in self._needs.items()
            if code not in practice.states and places.get(practice.id, _NEAR + 1) <= _NEAR
        )

    def nearest_to(self, delegation: str) -> Entry | None:
        """The practice of another State that comes nearest to what a delegation comes for."""
        places = self._needs.get(delegation, {})
        others = [name for name in places if delegation not in self.knowledge.practices[name].states]
        return self.knowledge.practices[min(others, key=lambda name: places[name])] if others else None

    def interested(self, practice: Entry) -> tuple[str, ...]:
        """Those who come and have said that they want to know the practice."""
        said = [str(one["state"]) for one in practice.document.get("interests", ())]
        return tuple(dict.fromkeys(code for code in said if code in self.coming))

    def relevance(self, practice: Entry) -> float:
        """Between 0 and about 2."""
        place = self._places.get(practice.id)
        searched = 10 / (9 + place) if place else 0.0
        needs = 0.3 * min(1.0, len(self.answers(practice)) / 2)
        interest = 0.1 * min(3, len(self.interested(practice)))
        return searched + needs + interest + (_PRESENT if self.presenter(practice).key else 0.0)

    def presenter(self, practice: Entry) -> Presenter:
        """Who of those who come presents a practice: its State; for one of several States, the partner that runs it."""
        partners = [one for one in self.request.partners if self._runs(one.named, practice)]
        own = [code for code in self.coming if code in practice.states]
        of_state = [one for one in self.request.partners if one.state in practice.states]
        if own and (len(practice.states) == 1 or not partners):
            return Presenter(own[0], state(own[0]))
        for partner in (*partners, *of_state):
            name = partner.named
            return Presenter(partner.state or name["en"], name)
        return Presenter("", listed(state(code) for code in practice.states[:3]))

    def _runs(self, name: Words, practice: Entry) -> bool:
        return any(
            re.search(rf"\b{re.escape(name[lang])}\b", " ".join((*practice.labels("implementers", lang),
                                                                 *practice.labels("partners", lang))))
            for lang in LANGUAGES
        )  # fmt: skip

    def chosen(self, practice: Entry, wanted: bool, visited: bool = False) -> Chosen:
        """The practice with its reason."""
        return Chosen(
            practice,
            self.presenter(practice),
            self._reason(practice, wanted, visited),
            self._passage(practice),
            wanted,
            self.answers(practice),
            self.interested(practice),
        )

    def _reason(self, practice: Entry, wanted: bool, visited: bool) -> Words:
        parts = [say("why-visited")] if visited else [say("why-wanted")] if wanted else []
        place = self._places.get(practice.id)
        if place and place <= _NOTABLE:
            parts.append(say("why-near", place=place, of=len(self._places)))
        if answers := self.answers(practice):
            parts.append(say(_for_one("why-need", answers), states=listed(state(code) for code in answers)))
        if interested := self.interested(practice):
            parts.append(say(_for_one("why-interest", interested), states=listed(state(code) for code in interested)))
        parts.append(say("why-evidence", evidence=term("evidence", practice.evidence)))
        return {lang: " ".join(part[lang] for part in parts) for lang in LANGUAGES}

    def _passage(self, practice: Entry) -> Words:
        """What the page says that is nearest to the change sought; its summary where the search shows nothing."""
        if self._passages is None:
            shown = {lang: self._shown(lang) for lang in LANGUAGES}
            self._passages = {
                practice_id: {lang: shown[lang][practice_id] for lang in LANGUAGES}
                for practice_id in shown["en"]
                if practice_id in shown["es"]
            }
        return self._passages.get(practice.id, practice.summary)

    def _shown(self, lang: str) -> dict[str, str]:
        hits = self.knowledge.engine.search(search_request(self._query, lang, page_size=50)).hits
        return {hit.item.id: html.unescape(re.sub(r"</?mark>", "", hit.snippet.html)) for hit in hits}


def rooms_for(request: AgendaRequest, visited: Iterable[str]) -> int:
    """How many practices are presented in rooms: what the organiser says, or all wanted and somewhat more than delegations.

    A longer event shows more of them: one for each two hours beyond the first day that no visit takes.
    """
    if request.practices.count is not None:
        return request.practices.count
    wanted = set(request.practices.wanted) - set(visited)
    hours = sum(minutes(day.end) - minutes(day.start) for day in request.days)
    away = sum(visit.minutes + 2 * visit.travel_minutes + _DEBRIEF for visit in request.visits)
    longer = max(0, hours - away - _FIRST_DAY) // _EACH
    return max(len(wanted), len(request.delegations) + 3 + longer)


def _for_one(key: str, states: Sequence[str]) -> str:
    """The phrase for one State or for several."""
    return key if len(states) == 1 else f"{key}-several"


def fair_share(request: AgendaRequest, visited: Iterable[str]) -> int:
    """Most practices that one State presents in rooms."""
    if request.practices.fair_share:
        return request.practices.fair_share
    return max(1, math.ceil(rooms_for(request, visited) / len(request.delegations)))


def select(candidates: Candidates, visited: Sequence[str], held: Sequence[str] = ()) -> tuple[list[Chosen], list[Left]]:
    """Practices for the rooms, those of one presenter as far apart as can be; and wanted ones that are left out.

    Practices that are visited, or `held` by fixed blocks, are not chosen again; the latter count among those presented.

    Raises:
        NotFoundError: a wanted or excluded id names no practice.
    """
    request, knowledge = candidates.request, candidates.knowledge
    most = fair_share(request, visited)
    room = max(0, rooms_for(request, visited) - len(set(held) - set(visited)))
    excluded = {knowledge.practice(name).id for name in request.practices.excluded} | set(visited) | set(held)
    chosen: list[Chosen] = []
    left: list[Left] = []
    presented: Counter[str] = Counter()
    for name in dict.fromkeys(request.practices.wanted):
        practice = knowledge.practice(name)
        presenter = candidates.presenter(practice)
        if name in visited or name in held:
            continue
        if name in excluded:
            left.append(Left(practice, say("left-excluded")))
        elif presenter.key and presented[presenter.key] >= most:
            left.append(Left(practice, say("left-share", state=presenter.name, share=most)))
        elif len(chosen) >= room:
            left.append(Left(practice, say("left-count", count=room)))
        else:
            presented[presenter.key] += 1
            chosen.append(candidates.chosen(practice, wanted=True))
    pool = [one for one in candidates.pool if one.id not in excluded | set(request.practices.wanted)]
    relevance = {one.id: candidates.relevance(one) for one in pool}
    while len(chosen) < room and pool:
        best = max(pool, key=lambda one: (_marginal(one, relevance[one.id], chosen, candidates, presented), one.id))
        pool.remove(best)
        presenter = candidates.presenter(best)
        if not presenter.key or presented[presenter.key] < most:
            presented[presenter.key] += 1
            chosen.append(candidates.chosen(best, wanted=False))
    return _spread(chosen), left


def _marginal(
    practice: Entry, relevance: float, chosen: Sequence[Chosen], candidates: Candidates, presented: Mapping[str, int]
) -> float:
    presenter = candidates.presenter(practice)
    new = presenter.key in candidates.coming and not presented.get(presenter.key)
    nearest = max((_likeness(practice, presenter, one) for one in chosen), default=0.0)
    answered = {code for one in chosen for code in one.answers}
    answers = bool(set(candidates.answers(practice)) - answered)
    return _RELEVANCE * relevance - (1 - _RELEVANCE) * nearest + _NEW_VOICE * new + _UNANSWERED * answers


def _likeness(practice: Entry, presenter: Presenter, other: Chosen) -> float:
    mine, theirs = practice.themes | practice.populations, other.practice.themes | other.practice.populations
    shared = len(mine & theirs) / max(1, len(mine | theirs))
    same_presenter = presenter.name == other.presenter.name
    return 0.4 * same_presenter + 0.4 * shared + 0.2 * (practice.evidence == other.practice.evidence)


def _spread(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Every presenter's first practice, then every second one: wanted before others, the order kept otherwise."""
    seen: Counter[str] = Counter()
    turns = []
    for one in chosen:
        seen[one.presenter.key] += 1
        turns.append(seen[one.presenter.key] if one.presenter.key else 1)
    order = sorted(range(len(chosen)), key=lambda n: (not chosen[n].wanted, turns[n], n))
    return [chosen[n] for n in order]


def visited_practice(candidates: Candidates, wish: str | None, taken: Iterable[str]) -> Entry | None:
    """The practice of a field visit: the one named, or the host's that fits the change best; None where it has none."""
    if wish is not None:
        return candidates.knowledge.practice(wish)
    host = candidates.request.host
    refused = {*taken, *candidates.request.practices.excluded}
    return next((one for one in candidates.found if one.states == (host,) and one.id not in refused), None)
