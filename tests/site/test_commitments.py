"""Which commitments a practice may answer."""

from __future__ import annotations

from kb.content.library import Library
from kb.site.commitments import MOST, SHARED, by_facts


def test_commitments_named_by_the_practice_come_first(library: Library) -> None:
    found = by_facts(library)("sv-a-tu-lado-support-spaces")
    assert found[0] == "commit-sv-idp-law-implementation"


def test_others_share_themes_and_belong_to_other_states(library: Library) -> None:
    matching = by_facts(library)
    shown = 0
    for practice in library.practices:
        found = matching(practice.id)
        assert len(found) == len(set(found)) <= MOST
        for commitment in (library.entries[one] for one in found):
            if commitment.id in practice.facts.related or practice.id in commitment.facts.related:
                continue
            shown += 1
            assert len(set(practice.facts.themes) & set(commitment.facts.themes)) >= SHARED
            assert set(commitment.facts.countries) - set(practice.facts.countries)
    assert shown > 50
