"""Which practices answer a commitment and which commitments a practice answers, as pages show it.

Both are told by `kb.learning.matching`, as on the pages of peer learning and in the API: nothing here chooses or orders.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.content.library import Library
from kb.learning.matching import Match, Matching
from kb.site.urls import Urls
from kb.site.views import EntryView, view

MOST_ANSWERS = 6
"""Practices that a commitment's page shows."""
MOST_USES = 5
"""Commitments that a practice's page shows."""


@dataclass(frozen=True)
class Peer:
    """A practice that answers a commitment, or the other way round.

    Attributes:
        it: the practice or the commitment, whichever the page is not about.
        states: codes of the States that could learn.
        need: what the practice answers best of what the commitment names, in words; empty where that is the whole.
        themes: what both are about.
        reason: all of it in a sentence.
    """

    it: EntryView
    states: tuple[str, ...]
    need: str
    themes: tuple[str, ...]
    reason: str


def answers(commitment_id: str, matching: Matching | None, library: Library, urls: Urls) -> list[Peer]:
    """The practices of other States that answer a commitment, best first."""
    known = matching and matching.knowledge.commitments.get(commitment_id)
    if not matching or not known:
        return []
    found = ((match, match.practice.id) for match in matching.practices_for(known))
    return _peers(found, library, urls)[:MOST_ANSWERS]


def uses(practice_id: str, matching: Matching | None, library: Library, urls: Urls) -> list[Peer]:
    """The commitments of other States that a practice answers, best first."""
    known = matching and matching.knowledge.practices.get(practice_id)
    if not matching or not known:
        return []
    found = ((match, match.commitment.id) for match in matching.commitments_for(known))
    return _peers(found, library, urls)[:MOST_USES]


def _peers(found: Iterable[tuple[Match, str]], library: Library, urls: Urls) -> list[Peer]:
    """A preview may know less than the index, or more: what it does not show is left out."""
    return [
        Peer(
            view(library.entries[entry_id], urls),
            match.learners,
            "" if match.need.key == "summary" else match.need.words[urls.lang],
            match.shared_themes,
            match.reason[urls.lang],
        )
        for match, entry_id in found
        if entry_id in library.entries
    ]
