"""Questions to put to the presenting State: from what States want to know, and from what its page says or leaves open."""

from __future__ import annotations

import re

from kb.content.sections import LANGUAGES
from kb.learning.knowledge import Entry
from kb.learning.request import AgendaRequest, words_of
from kb.learning.selection import Chosen
from kb.learning.words import Words, say, state

MOST = 4
_QUOTED = (60, 260)
"""Characters that a quotation has at least, where the page says so much, and at most."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def questions_for(chosen: Chosen, request: AgendaRequest) -> tuple[Words, ...]:
    """Up to four questions, those of States first. What they quote stands on the practice's page."""
    practice = chosen.practice
    found = [*_asked(chosen), *_of_needs(chosen, request)][: MOST - 2]
    found.append(_of_obstacles(practice))
    found += _of_gaps(practice)
    found.append(say("ask-who-pays") if practice.document["facts"].get("costs") else say("ask-cost"))
    found.append(say("ask-effect") if practice.evidence == "described" else say("ask-first-step"))
    return tuple(found[:MOST])


def _asked(chosen: Chosen) -> list[Words]:
    """What States said they want to know, in their own words."""
    found = []
    for one in chosen.practice.document.get("interests", ()):
        if one["state"] in chosen.interested:
            for said in one["wants_to_know"]:
                words = {lang: said.get(lang) or next(iter(said.values())) for lang in LANGUAGES}
                found.append(say("ask-interest", state=state(one["state"]), question=words))
    return found


def _of_needs(chosen: Chosen, request: AgendaRequest) -> list[Words]:
    return [
        say("ask-need", state=state(one.state), need=words_of(one.comes_for))
        for one in request.delegations
        if one.state in chosen.answers
    ]


def _of_obstacles(practice: Entry) -> Words:
    said = {lang: practice.said("factors", lang) for lang in LANGUAGES}
    if not all(said.values()):
        return say("ask-obstacles")
    return say("ask-said", quote={lang: quoted(said[lang][0]) for lang in LANGUAGES})


def _of_gaps(practice: Entry) -> list[Words]:
    """The first thing that the page says is not documented, as a question."""
    gaps = {lang: practice.unsaid(lang) for lang in LANGUAGES}
    if all(gaps.values()):
        return [say("ask-gap", gap={lang: quoted(gaps[lang][0]) for lang in LANGUAGES})]
    return [] if practice.said("adapting", practice.lang) else [say("ask-adapting")]


def quoted(text: str) -> str:
    """The first sentences of a paragraph, long enough to mean something, short enough to be read aloud."""
    least, most = _QUOTED
    taken = ""
    for sentence in _SENTENCE.split(text):
        if taken and (len(taken) >= least or len(taken) + len(sentence) > most):
            break
        taken = f"{taken} {sentence}".strip()
    return taken if len(taken) <= most else taken[: taken.rfind(" ", 0, most)] + " …"
